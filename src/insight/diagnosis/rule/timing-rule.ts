/** What only many failures show: that they end after the same time, at the same size, at one route, or at one endpoint. */

import type { CauseId } from '../../../causes/catalogue.ts'
import type { FailureRecord } from '../../../gateway/observe/record.ts'
import { sizeText } from '../../../std/quantity-text.ts'
import { type Case, numberOf, numbersOf } from '../case.ts'
import type { Rule, Sign } from '../rule.ts'
import { spanText } from '../wording.ts'

/** Fewer may be alike by chance. */
const MANY = 3
/** They are the same when none is further from the median. */
const SPREAD = 0.05
const SPREAD_MS = 150
/** What ends sooner has other reasons than a time limit. */
const WATCHDOG_MS_MIN = 900
const SIZE_MIN = 16 * 1024
const SHARE = 0.9
const BROKEN: readonly CauseId[] = ['reset-before-response', 'closed-before-response', 'truncated-body']
const SLOW: readonly CauseId[] = ['response-timeout', 'deadline-exceeded', 'idle-timeout']

/** Time limits that servers and proxies have unless told otherwise, seconds. */
const KNOWN_LIMITS: readonly (readonly [number, string])[] = [
  [10, 'serverless functions'],
  [15, 'Envoy'],
  [30, 'gunicorn, PHP and Heroku'],
  [60, 'nginx, Puma, Apache and most load balancers'],
  [90, 'IIS'],
  [100, 'Cloudflare, formerly'],
  [120, 'Cloudflare'],
  [300, 'Node'],
]

export const TIMING_RULES: readonly Rule[] = [
  {
    name: 'constant-time',
    causes: BROKEN,
    looksAt: 'after how long each of the failures alike ended',
    speaks: 'own',
    strength: 'clear',
    see: (one) => {
      const times = numbersOf(one.alike, 'elapsed_ms')
      const middle = constantOf(times, SPREAD_MS)
      if (middle === null || middle < WATCHDOG_MS_MIN) return null
      const says = `all ${times.length} of them ended after this time: a limit of the server's own${knownLimit(middle)}`
      const summary = `All ${times.length} failures of this kind came after ${spanText(middle)}: the app server itself ends requests that take so long.`
      return { value: `${Math.round(middle)} ms`, says, summary }
    },
  },
  {
    name: 'watchdog',
    causes: BROKEN,
    looksAt: 'whether it ended after the time limit that the recognised server has by default',
    speaks: 'own',
    strength: 'clear',
    see: (one) => {
      const { name, watchdogS } = one.origin?.origin ?? {}
      const elapsedMs = numberOf(one, 'elapsed_ms')
      if (watchdogS === undefined || elapsedMs === null || Math.abs(elapsedMs - watchdogS * 1_000) > 1_500) return null
      const says = `that is the time after which ${name} ends a request unless told otherwise`
      return { value: `${watchdogS} s`, says, summary: `${name} ends requests that take longer than ${watchdogS} s unless told otherwise.` }
    },
  },
  {
    name: 'idle-age',
    causes: ['keepalive-race'],
    looksAt: 'how long the connections had been idle that broke, and how long the server says or is known to keep them',
    speaks: 'own',
    strength: 'clear',
    see: (one) => idleSign(one),
  },
  {
    name: 'one-route',
    causes: [...BROKEN, ...SLOW, 'upstream-5xx', 'malformed-response', 'header-too-large', 'content-length-mismatch'],
    looksAt: 'the paths of the failures alike',
    speaks: 'own',
    strength: 'hint',
    see: ({ alike }) => {
      const path = shared(alike, (one) => one.target.split('?', 1)[0] as string)
      if (path === null || path === '/') return null
      const summary = `Nearly all of these failures are at ${path}: look at what the app does there.`
      return { value: path, says: 'nearly all of the failures alike are at this path', summary }
    },
  },
  {
    name: 'one-method',
    causes: ['request-write-failed', 'keepalive-race', 'upstream-5xx', 'reset-before-response', 'closed-before-response'],
    looksAt: 'the methods of the failures alike',
    speaks: 'own',
    strength: 'hint',
    see: ({ alike }) => {
      const method = shared(alike, (one) => one.method)
      return method === null || method === 'GET' ? null : { value: method, says: 'nearly all of the failures alike have this method' }
    },
  },
  {
    name: 'one-endpoint',
    causes: [...BROKEN, ...SLOW, 'upstream-5xx', 'upstream-overloaded', 'connect-refused', 'connect-timeout', 'malformed-response'],
    looksAt: 'whether other endpoints answered the same requests',
    speaks: 'own',
    strength: 'hint',
    see: ({ attempt, related }) => {
      const bad = attempt?.endpoint ?? ''
      const good = related.find((one) => one.cause === null && one.attempts.at(-1)?.endpoint !== bad)?.attempts.at(-1)?.endpoint
      if (bad === '' || good === undefined) return null
      return { value: good, says: `this endpoint answered what ${bad} did not`, summary: `Only ${bad} is affected: ${good} answers.` }
    },
  },
  {
    name: 'constant-size',
    causes: ['truncated-body', 'request-write-failed'],
    looksAt: 'after how many bytes each of the failures alike broke off',
    speaks: 'own',
    strength: 'clear',
    see: ({ alike, cause }) => {
      const sizes = numbersOf(alike, cause === 'truncated-body' ? 'received_bytes' : 'sent_bytes')
      const middle = constantOf(sizes, 0)
      if (middle === null || middle < SIZE_MIN) return null
      const limit = cause === 'truncated-body' ? 'a buffer or a disk that is full' : 'the largest body that the server takes'
      return { value: sizeText(middle), says: `all ${sizes.length} of them broke off at this size: ${limit}` }
    },
  },
  {
    name: 'default-body-limit',
    causes: ['request-write-failed'],
    looksAt: 'whether the body is larger than the recognised server takes by default',
    speaks: 'own',
    strength: 'clear',
    see: (one) => {
      const { name, bodyBytesMax } = one.origin?.origin ?? {}
      const sent = numberOf(one, 'sent_bytes') ?? 0
      if (bodyBytesMax === undefined || sent < bodyBytesMax) return null
      const says = `unless told otherwise ${name} takes bodies of so much, and this one was larger`
      return {
        value: sizeText(bodyBytesMax),
        says,
        summary: `The body is larger than the ${sizeText(bodyBytesMax)} that ${name} takes by default.`,
      }
    },
  },
  {
    name: 'clients-leave-alike',
    causes: ['client-closed'],
    looksAt: 'after how long clients left',
    speaks: 'own',
    strength: 'clear',
    see: ({ alike }) => {
      const middle = constantOf(numbersOf(alike, 'elapsed_ms'), SPREAD_MS)
      if (middle === null || middle < WATCHDOG_MS_MIN) return null
      const says = `all ${alike.length} clients left after this time: a limit on their side, such as that of a load balancer or CDN in front`
      return {
        value: spanText(middle),
        says,
        summary: `Clients leave after ${spanText(middle)} each time, which is a time limit on their side.`,
      }
    },
  },
]

function idleSign(one: Case): Sign | null {
  const { origin, facts, alike } = one
  const idle = numbersOf(alike, 'idle_ms')
  const shortest = Math.min(...idle)
  const name = origin?.origin.name
  const announcedS = facts.server?.keepAliveS
  if (announcedS !== undefined && shortest > announcedS * 800) {
    return {
      value: `${announcedS} s`,
      says: 'so long, it says itself, the server keeps idle connections',
      summary: keeps(name, announcedS),
    }
  }
  const defaultS = origin?.origin.keepAliveS
  if (defaultS !== undefined && shortest > defaultS * 800 && shortest < defaultS * 1_500) {
    const says = `so long ${name} keeps idle connections unless told otherwise`
    return { value: `${defaultS} s`, says, summary: keeps(name, defaultS) }
  }
  if (idle.length < MANY || shortest < WATCHDOG_MS_MIN) return null
  const says = `none of the ${idle.length} connections that broke had been idle for less`
  return { value: spanText(shortest), says, summary: keeps(name, Math.round(shortest / 1_000)) }
}

function keeps(name: string | undefined, seconds: number): string {
  return `${name ?? 'The server'} closes connections that were idle for about ${seconds} s; Gatewell keeps them for longer unless told otherwise.`
}

/** The median, where all are about the same and there are enough of them. */
function constantOf(values: readonly number[], slack: number): number | null {
  if (values.length < MANY) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted[sorted.length >> 1] as number
  const reach = Math.max(middle * SPREAD, slack)
  return sorted.every((value) => Math.abs(value - middle) <= reach) ? middle : null
}

/** What nearly all have in common, where there are enough of them. */
function shared(alike: readonly FailureRecord[], of: (one: FailureRecord) => string): string | null {
  if (alike.length < MANY) return null
  const counts = new Map<string, number>()
  for (const one of alike) counts.set(of(one), (counts.get(of(one)) ?? 0) + 1)
  const [value = '', count = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? []
  return value !== '' && count >= alike.length * SHARE ? value : null
}

function knownLimit(ms: number): string {
  const known = KNOWN_LIMITS.find(([seconds]) => Math.abs(ms - seconds * 1_000) < 1_000)
  return known === undefined ? '' : `; ${known[0]} s is that of ${known[1]}`
}

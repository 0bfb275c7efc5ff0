/**
 * What to do: for a visitor, who can change nothing but what is his own, and for the owner, from the catalogue and in the words of the
 * server that was recognised. Pure.
 */
import type { Remedy } from '../../causes/cause.ts'
import { KNOWN_CAUSES, type KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { fillCommand } from '../diagnosis/wording.ts'
import type { Origin } from '../dialect/origin.ts'
import { ORIGINS } from '../dialect/origin-table.ts'
import { visitorAdvice } from '../visitor-advice.ts'
import { chartOf, hopOf, hostOfAddress, idleLimitMsOf, pageOf, stepOf } from './chart.ts'
import { type Advice, factOf, type Hop, textOf, type Verdict } from './report.ts'

const WORKS =
  'The site works from here. If it does not for you: reload the page, try another browser or network, and switch a VPN or an ad blocker off for a moment.'

/** Certificates that renew themselves do so a month before. */
const DAYS_LEFT_MIN = 14
const HEAD_BYTES_MAX = 4_096
const SHORT_IDLE_MS = 5_000
const SLOW_MS = 3_000
const REMEDIES_MAX = 6

export function advise(hops: readonly Hop[], verdict: Verdict): Advice {
  const { cause } = verdict
  if (cause === null) return { visitor: [WORKS], owner: hintsOf(hops) }
  return { visitor: visitorAdvice(cause), owner: remediesOf(hops, verdict, cause) }
}

function remediesOf(hops: readonly Hop[], { hop: name }: Verdict, cause: KnownCauseId): Remedy[] {
  const hop = hops.find((one) => one.name === name && one.cause === cause) ?? hops.find((one) => one.name === name)
  const words = hop === undefined ? {} : wordsOf(hop, hops)
  const known: readonly Remedy[] = KNOWN_CAUSES[cause].remedies
  const general = known.filter((remedy) => !isOfGatewell(remedy))
  const all = [...specialsOf(hop, cause), ...general].map((remedy) => fillCommand(remedy, words))
  return all.slice(0, REMEDIES_MAX)
}

/** Who asks the doctor need not run Gatewell. */
function isOfGatewell({ do: deed, command = '' }: Remedy): boolean {
  return /\bGatewell\b/.test(deed) || /^(?:[a-zA-Z]+: [{[]|gatewell )/.test(command)
}

/** Who said the error knows why, and says it in its log. */
function specialsOf(hop: Hop | undefined, cause: KnownCauseId): Remedy[] {
  const speaker = hop === undefined ? null : originCalled(textOf(hop, 'said_by'))
  if (hop === undefined || speaker === null) return []
  const { name, settings, isProxy } = speaker
  const command = settings.behind ?? settings.log
  if (command === undefined) return []
  const own = isProxy && textOf(hop, 'said_page') !== 'relayed'
  return [
    {
      do: own ? `See in the log of ${name} what it met behind it.` : `Read what ${name} logged at that moment.`,
      when: own || cause !== 'upstream-5xx' ? '' : 'if it stands in front of the app',
      command,
    },
  ]
}

function originCalled(name: string): Origin | null {
  return Object.values(ORIGINS).find((one) => one.name === name) ?? null
}

/** What the capitals in commands stand for. */
function wordsOf(hop: Hop, hops: readonly Hop[]): Record<string, string> {
  const page = hop.address.includes('://') && URL.canParse(hop.address) ? new URL(hop.address) : null
  const named = hops.find((one) => stepOf(one) === 'dns')
  const site = page?.hostname ?? (named === undefined ? '' : textOf(named, 'host'))
  const [, port = ''] = /:(\d+)$/.exec(hop.address) ?? []
  const words: Record<string, string> = {}
  const isServer = stepOf(hop) === 'dns'
  const host = isServer ? site || textOf(hop, 'host') : (page?.hostname ?? hostOfAddress(hop.address))
  if (host !== '' && !host.startsWith('/')) words.HOST = host
  if (site !== '') words.SITE = site
  if (site !== '') words.NAME = site
  if (page !== null) words.PORT = page.port || (page.protocol === 'https:' || page.protocol === 'wss:' ? '443' : '80')
  else if (port !== '' && !isServer) words.PORT = port
  if (isServer && !hop.address.startsWith('this machine')) words.SERVER = hop.address
  return words
}

/** Nothing is wrong, and this may be, soon. */
function hintsOf(hops: readonly Hop[]): Remedy[] {
  const { front, back } = chartOf(hops)
  const hints: Remedy[] = []
  const tls = hopOf(front, 'tls')
  const page = pageOf(front)
  const days = tls === null ? undefined : factOf(tls, 'days_left')
  if (typeof days === 'number' && days < DAYS_LEFT_MIN) {
    hints.push({ do: `Renew the certificate: it ends in ${days} ${days === 1 ? 'day' : 'days'}.`, when: '', command: 'certbot renew' })
  }
  const head = Number((page === null ? 0 : factOf(page, 'head_bytes')) ?? 0)
  if (head > HEAD_BYTES_MAX) {
    hints.push({
      do: `Make the header of the answer smaller: it has ${head} bytes, and nginx in front of it takes ${HEAD_BYTES_MAX} unless told otherwise.`,
      when: '',
      command: 'nginx: proxy_buffer_size 16k; proxy_buffers 8 16k;',
    })
  }
  const idleMs = idleLimitMsOf(back.length > 0 ? back : front)
  if (idleMs !== null && idleMs <= SHORT_IDLE_MS) {
    const seconds = Math.max(1, Math.floor(idleMs / 1_000))
    hints.push({
      do: `Let whatever stands in front of this server keep idle connections for less than ${seconds} s, or let the server keep them for longer: it closes them after that time.`,
      when: 'if a proxy or load balancer is in front',
      command: 'nginx: keepalive_timeout 65s; · Node: server.keepAliveTimeout = 65_000 · gunicorn --keep-alive 65',
    })
  }
  if (page !== null && (page.timings.waitMs ?? 0) > SLOW_MS) {
    hints.push({
      do: `Find out what the app waits for: the page took ${((page.timings.waitMs ?? 0) / 1_000).toFixed(1)} s to begin.`,
      when: '',
    })
  }
  return hints
}

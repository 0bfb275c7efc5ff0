/** Rules that compare how long two servers wait for each other. */
import type { GunicornService } from '../../dialect/gunicorn/config-service.ts'
import { type Hop, type Service, type Setting, targetText, valueText, writeSetting } from '../../dialect/hop.ts'
import type { FpmPool } from '../../dialect/php-fpm/config-pool.ts'
import { EDGES } from '../../dialect/setting-default.ts'
import type { Chain, Link } from '../chain.ts'
import { type Change, changeAt, type Hit, type Rule } from '../rule.ts'
import { nameOf, namesOf, said, settingText } from '../wording.ts'

/** What the one behind shall keep longer, and what it shall have less time; seconds. */
const MARGIN_S = 5
/** Beyond that no server behind is told to keep a connection; the one in front shall keep it for less. */
const KEEP_MAX_S = 600

export const CHAIN_TIME_RULES: readonly Rule[] = [
  {
    id: 'keepalive-longer-in-front',
    cause: 'keepalive-race',
    severity: 'warning',
    server: 'chain',
    compares: 'how long a proxy keeps idle connections with how long the server behind does',
    because:
      'The server behind closes a connection at the moment at which the proxy sends a request on it. The request gets no answer, and one that may not be repeated, as most POSTs, fails.',
    find: ({ links }) => links.flatMap(findRace),
  },
  {
    id: 'answer-time-upside-down',
    cause: 'response-timeout',
    severity: 'warning',
    server: 'chain',
    compares: 'how long a proxy waits for an answer with how long the server behind may work on it',
    because:
      'The proxy gives up and says 504 while the server behind is still at work for nobody. Visitors try again, and the work is done twice.',
    find: ({ links }) => links.flatMap(findImpatience),
  },
  {
    id: 'watchdog-before-proxy',
    cause: 'script-timeout',
    severity: 'warning',
    server: 'chain',
    compares: 'the time that a proxy was given for long requests with the watchdog of the server behind',
    because:
      'Long requests were meant to work: the proxy has been told to wait for them. The server behind ends them long before, and the proxy says 502 at always the same second.',
    find: ({ links }) => links.flatMap(findWatchdog),
  },
  {
    id: 'edge-keeps-longer',
    cause: 'keepalive-race',
    severity: 'warning',
    server: 'chain',
    compares: 'how long the load balancer in front keeps idle connections (`--behind`) with how long this server does',
    because: 'The load balancer sends a request on a connection that is being closed, and answers 502 for it.',
    find: findEdgeRace,
  },
  {
    id: 'edge-gives-up-first',
    cause: 'response-timeout',
    severity: 'warning',
    server: 'chain',
    compares: 'how long the load balancer in front waits (`--behind`, or recognised) with the longer time that was set here',
    because: 'The load balancer says 504 (Cloudflare: 524) to the visitor long before the time that was set here is over.',
    find: findEdgeImpatience,
  },
]

function findRace(link: Link): Hit[] {
  const { hop, target, service } = link
  const { front, behind } = namesOf(link)
  const { keep } = hop
  const { offer } = service
  if (keep === null || offer === null || keep.value < offer.value) return []
  const isEndless = keep.value > KEEP_MAX_S
  const goal = isEndless ? Math.max(1, offer.value - 1) : keep.value + MARGIN_S
  const setting = isEndless ? keep : offer
  return [
    {
      place: keep.place,
      other: offer.place,
      message: `${front} keeps idle connections to ${targetText(target)} ${keptText(keep)}; ${behind} closes them after ${said(offer)}.`,
      fix: isEndless
        ? `Let ${front} keep them for less time than ${behind}: ${writeSetting(keep, goal)}`
        : `Let ${behind} keep them longer than ${front}, or ${front} for at most ${valueText(Math.max(1, offer.value - 1), 's')}.`,
      change: changeOf(setting, goal),
    },
  ]
}

function keptText(keep: Setting): string {
  return keep.value === Number.POSITIVE_INFINITY ? `without limit (${settingText(keep)})` : `for ${said(keep)}`
}

/** ProxyPass and its parameters are one line; what to add to it is said in words. */
function changeOf(setting: Setting, value: number): Change | undefined {
  const line = writeSetting(setting, value)
  return line.includes('…') ? undefined : changeAt(setting.place, !setting.isDefault, line)
}

function findImpatience(link: Link): Hit[] {
  const { hop, service } = link
  const { front, behind } = namesOf(link)
  const { answer } = hop
  if (answer === null) return []
  const work = workOf(service)
  const longest = [...(work === null ? [] : [work]), ...answersOf(service)].sort((a, b) => b.value - a.value)[0]
  if (longest === undefined || longest.value <= answer.value || longest.value === Number.POSITIVE_INFINITY) return []
  const goal = longest.value + MARGIN_S
  return [
    {
      place: answer.place,
      other: longest.place,
      message: `${front} gives up after ${said(answer)}; ${behind} goes on for up to ${said(longest)}.`,
      fix: `Let ${front} wait longer than ${behind} works, or ${behind} work for less than ${valueText(answer.value, 's')}.`,
      change: changeOf(answer, goal),
    },
  ]
}

/** When the one behind ends a request by itself, or how long it was told that one may take. */
function workOf(service: Service): Setting | null {
  if (service.server === 'php-fpm') {
    const { work, scriptTime } = service as FpmPool
    return work !== null && work.value !== Number.POSITIVE_INFINITY ? work : scriptTime
  }
  return isWatched(service) || service.work?.isDefault === false ? service.work : null
}

/** gunicorn ends a request only where a worker has one at a time. */
function isWatched(service: Service): boolean {
  return service.server !== 'gunicorn' || (service as GunicornService).workerClass === 'sync'
}

function answersOf(service: Service): Setting[] {
  return service.hops.flatMap(({ answer }) => answer ?? [])
}

function findWatchdog(link: Link): Hit[] {
  const { hop, service } = link
  const { front, behind } = namesOf(link)
  const { answer } = hop
  const work = service.server === 'php-fpm' || isWatched(service) ? service.work : null
  if (answer === null || work === null || answer.isDefault || answer.value === Number.POSITIVE_INFINITY) return []
  if (answer.value <= 2 * work.value) return []
  const goal = Math.max(1, answer.value - MARGIN_S)
  return [
    {
      place: work.place,
      other: answer.place,
      message: `${behind} ends a request after ${said(work)}, although ${front} is told to wait ${valueText(answer.value, 's')} for it (${settingText(answer)}).`,
      fix: `Give ${behind} nearly as long as ${front} waits, or let ${front} wait no longer than ${valueText(work.value + MARGIN_S, 's')}.`,
      change: changeAt(work.place, !work.isDefault, writeSetting(work, goal)),
    },
  ]
}

function findEdgeRace({ facts, services, links }: Chain): Hit[] {
  if (facts.edge === null) return []
  const { name, keepS } = EDGES[facts.edge]
  const inner = new Set(links.map(({ service }) => service))
  return services.flatMap((service) => {
    const { offer } = service
    if (inner.has(service) || offer === null || offer.value > keepS) return []
    const goal = keepS + (keepS >= 600 ? 20 : MARGIN_S)
    return [
      {
        place: offer.place,
        message: `${nameOf(service.server)} closes idle connections after ${said(offer)}; ${name} in front keeps them for ${keepS}s.`,
        fix: `Keep idle connections longer than ${name} does.`,
        change: changeAt(offer.place, !offer.isDefault, writeSetting(offer, goal)),
      },
    ]
  })
}

/** Only what somebody set on purpose: defaults are no promise of long requests. */
function findEdgeImpatience({ facts, hops, nginx }: Chain): Hit[] {
  const isCloudflare = nginx.some(({ root }) => root.mentions('real_ip_header', /^cf-connecting-ip$/i))
  const edge = facts.edge ?? (isCloudflare ? 'cloudflare' : null)
  if (edge === null) return []
  const { name, answerS } = EDGES[edge]
  return hops.flatMap((hop: Hop) => {
    const { answer } = hop
    if (answer === null || answer.isDefault || answer.value <= answerS || answer.value === Number.POSITIVE_INFINITY) return []
    return [
      {
        place: answer.place,
        message: `${nameOf(hop.server)} waits ${valueText(answer.value, 's')} for an answer (${settingText(answer)}); ${name} in front gives up after ${answerS}s.`,
        fix: `Answer at once and let the visitor ask for the result later, or send such requests around ${name}; waiting longer here changes nothing.`,
        change: changeAt(answer.place, true, writeSetting(answer, Math.max(1, answerS - MARGIN_S))),
      },
    ]
  })
}

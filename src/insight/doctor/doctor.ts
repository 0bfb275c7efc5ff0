/**
 * The doctor: looks at the way to a site hop by hop and says where it is broken, whose fault that is and what to do. It sends a few GET
 * requests without a body and changes nothing; after half a minute it is done, whatever it has found.
 */
import type { NamedAddress } from '../../net/address.ts'
import { advise } from './advice.ts'
import { resolveName } from './dns-step.ts'
import { type Entrance, enter, type Prefix } from './entrance.ts'
import type { Answer } from './exchange.ts'
import { askFastcgi } from './fastcgi-step.ts'
import { getPage, visit } from './http-step.ts'
import { getByHttp2 } from './http2-step.ts'
import { watchIdle } from './idle-step.ts'
import { Instruments, LIMITS, type Limits } from './instrument.ts'
import { judge } from './judge.ts'
import { repeat } from './repeat-step.ts'
import type { DoctorReport, Hop, Trouble } from './report.ts'
import type { FastcgiTarget, Target, WebTarget } from './target.ts'
import { askToSwitch } from './websocket-step.ts'

export type DoctorOptions = {
  /** The server behind the site, past whatever is in front. */
  readonly origin?: NamedAddress | null
  /** Name servers, `address` or `address:port`; none: those of this machine, and public ones beside them. */
  readonly resolvers?: readonly string[]
  readonly limits?: Partial<Limits>
  /** Authorities to trust besides those that Node knows, PEM. */
  readonly authorities?: readonly string[]
  /** Hears of hops as they are found. */
  readonly onHops?: (hops: readonly Hop[]) => void
}

export async function examine(target: Target, options: DoctorOptions = {}): Promise<DoctorReport> {
  const { origin = null, resolvers = [], authorities = [], onHops = () => {} } = options
  const limits = { ...LIMITS, ...options.limits }
  const tools = new Instruments({ resolvers, limits, authorities })
  try {
    const hops = target.kind === 'fastcgi' ? await lookAtFastcgi(tools, target) : await lookAtSite(tools, target, origin, onHops)
    const verdict = judge(hops)
    return { target: target.url, verdict, hops, advice: advise(hops, verdict) }
  } finally {
    tools.close()
  }
}

async function lookAtFastcgi(tools: Instruments, target: FastcgiTarget): Promise<Hop[]> {
  const { address } = target
  if (address.kind === 'unix') return [await askFastcgi(tools, target, null)]
  const { hops, places } = await resolveName(tools, address, 'dns')
  const [first] = places
  return first === undefined ? [...hops] : [...hops, await askFastcgi(tools, target, first)]
}

async function lookAtSite(
  tools: Instruments,
  target: WebTarget,
  origin: NamedAddress | null,
  onHops: (hops: readonly Hop[]) => void,
): Promise<Hop[]> {
  const [front, back] = await Promise.all([
    walkFront(tools, target, onHops),
    origin === null ? [] : walkBack(tools, target, origin, onHops),
  ])
  return [...front, ...back]
}

/** As a visitor goes. */
async function walkFront(tools: Instruments, target: WebTarget, onHops: (hops: readonly Hop[]) => void): Promise<Hop[]> {
  const entered = await enter(tools, target, addressOf(target), '')
  onHops(entered.hops)
  const visited = await visit(tools, target, entered)
  onHops(visited.hops.slice(entered.hops.length))
  const { entrance, outcome } = visited
  const page = visited.hops.findLast(({ name }) => name === 'http')
  if (entrance === null || outcome === null || page === undefined) return [...visited.hops]
  const isEnding = visited.hops.at(-1)?.cause === 'redirect-loop'
  const further = isEnding ? [] : await lookCloser(tools, visited.target, target.isWebSocket, entrance, outcome, page)
  onHops(further)
  return [...visited.hops, ...further]
}

/** Side by side, for each is on connections of its own. */
async function lookCloser(
  tools: Instruments,
  target: WebTarget,
  isWebSocket: boolean,
  entrance: Entrance,
  outcome: Answer | Trouble,
  page: Hop,
): Promise<Hop[]> {
  if (tools.isOver) return []
  const isAnswer = outcome.kind === 'answer'
  const looks: readonly (Promise<Hop | null> | null)[] = [
    repeat(tools, target, entrance, page),
    entrance.alpn === 'h2' ? getByHttp2(tools, target, entrance) : null,
    // A WebSocket may have no page to show.
    isAnswer && (page.ok || isWebSocket) ? askToSwitch(tools, { ...target, isWebSocket }, entrance) : null,
    page.ok && isAnswer && outcome.isKeepAlive ? watchIdle(tools, target, entrance, tools.limits.idleMs) : null,
  ]
  return (await Promise.all(looks)).filter((hop) => hop !== null)
}

/** Past what stands in front. Redirects are left alone: the way is what counts. */
async function walkBack(
  tools: Instruments,
  target: WebTarget,
  origin: NamedAddress,
  onHops: (hops: readonly Hop[]) => void,
): Promise<Hop[]> {
  const prefix: Prefix = 'origin-'
  const { hops, entrance } = await enter(tools, target, origin, prefix)
  onHops(hops)
  if (entrance === null) return [...hops]
  const page = await getPage(tools, target, entrance)
  onHops([page.hop])
  const isKept = page.outcome.kind === 'answer' && page.outcome.isKeepAlive
  const idle = isKept ? await watchIdle(tools, target, entrance, tools.limits.originIdleMs) : null
  return [...hops, page.hop, ...(idle === null ? [] : [idle])]
}

/** RFC 2782: names of services begin with an underscore. */
function addressOf({ host, port }: WebTarget): NamedAddress {
  return host.startsWith('_') ? { kind: 'srv', service: host } : { kind: 'tcp', host, port }
}

/** The state of a running gateway as a page for a terminal: what is wrong can be seen at a glance, and why. Pure. */
import type { Paint } from '../config/problem.ts'
import { formatDuration } from '../config/unit.ts'
import type { OutputOf } from '../control/admin/operation-table.ts'
import { agoText, latencyText, spanText } from '../std/quantity-text.ts'
import { wrap } from './wrap.ts'

type Status = OutputOf<'status'>
type Upstream = Status['upstreams'][number]
type Endpoint = Upstream['endpoints'][number]
type Probe = NonNullable<Endpoint['probe']>

export type StatusPage = {
  readonly status: Status
  readonly paint: Paint
  readonly columns: number
  /** Epoch milliseconds. */
  readonly now: number
}

/** A probe that took long stands higher than one that took as long as usual. */
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇']
const FAILED = '×'
const VOID = '·'
/** Workers that begin with the gateway need no such time. */
const REPLACED_MS = 10_000
const INDENT = '    '

export function renderStatus(page: StatusPage): string {
  const { status, paint } = page
  return [
    [paint.strong(`Gatewell ${status.version}`), ...headLines(page)].join('\n'),
    ...status.upstreams.map((one) => renderUpstream(one, page)),
  ].join('\n\n')
}

/** Does everything work? Then no upstream is without an endpoint to send requests to. */
export function isWell({ state, upstreams }: Status): boolean {
  return state === 'serving' && upstreams.every(({ endpoints }) => endpoints.some(isUsed))
}

function headLines({ status, paint }: StatusPage): string[] {
  const { state, workers, uptimeMs, isDrained, switches } = status
  const own = workers.filter(({ pid }) => pid !== null)
  const each = own.map((worker) => {
    const remark = workerRemark(worker, uptimeMs)
    return remark === '' ? String(worker.pid) : paint.doubtful(`${worker.pid} ${remark}`)
  })
  return [
    `${state === 'serving' ? paint.good(state) : paint.doubtful(state)} for ${spanText(uptimeMs)}`,
    ...(own.length === 0 ? [] : [`${own.length === 1 ? '1 worker' : `${own.length} workers`}, pid ${each.join(', ')}`]),
    ...(isDrained ? [paint.doubtful('drained: /readyz says that it is not ready')] : []),
    ...switches.maintenance.map(({ upstream, route }) => paint.doubtful(`maintenance of ${route ?? upstream ?? 'everything'}`)),
  ]
}

/** What is not as usual about it: it does something else than serve, or it has taken the place of one that ended. */
function workerRemark({ state, uptimeMs }: Status['workers'][number], gatewayMs: number): string {
  if (state !== 'serving') return state
  return gatewayMs - uptimeMs > REPLACED_MS ? `for ${spanText(uptimeMs)}` : ''
}

function renderUpstream(upstream: Upstream, page: StatusPage): string {
  const { paint } = page
  const { name, endpoints } = upstream
  const used = endpoints.filter(isUsed).length
  const share = `${used} of ${endpoints.length} ${endpoints.length === 1 ? 'endpoint' : 'endpoints'} usable`
  const colour = used === endpoints.length ? paint.good : used === 0 ? paint.bad : paint.doubtful
  const addressColumns = Math.max(...endpoints.map(({ address }) => address.length))
  return [
    `${paint.strong(name)}  ${colour(share)}`,
    ...remarksOf(upstream).map((remark) => `  ${paint.doubtful(remark)}`),
    ...endpoints.map((endpoint) => renderEndpoint(endpoint, addressColumns, page)),
  ].join('\n')
}

function remarksOf({ isPaused, isLost, isPanicking, queued, held, endpoints }: Upstream): string[] {
  const panic = endpoints.some(isUsed)
    ? 'so few endpoints are usable that all of them are used'
    : 'no endpoint is usable, so requests go to all of them as they are'
  const requests = (count: number): string => (count === 1 ? '1 request waits' : `${count} requests wait`)
  return [
    ...(isPaused ? [`paused by an operator; ${requests(held)}`] : []),
    ...(isLost && !isPaused ? [`nothing can be reached; ${requests(held)} for an endpoint to come back`] : []),
    ...(isPanicking ? [panic] : []),
    ...(queued > 0 ? [`${requests(queued)} for a turn`] : []),
  ]
}

function renderEndpoint(endpoint: Endpoint, addressColumns: number, page: StatusPage): string {
  const { paint, columns, now } = page
  const { address, inflight, probe, isBackup, weight } = endpoint
  const isGood = isUsed(endpoint)
  const mark = isGood ? paint.good('✓') : paint.bad('✗')
  const extras = [isBackup ? 'backup' : '', weight === 1 ? '' : `weight ${weight}`, `${inflight} in flight`].filter((text) => text !== '')
  const state = stateText(endpoint, now)
  const lines = [`  ${mark} ${address.padEnd(addressColumns)}  ${isGood ? state : paint.bad(state)}, ${extras.join(', ')}`]
  if (probe !== null) lines.push(`${INDENT}${historyOf(probe, paint)}`, `${INDENT}${paint.faint(probeText(probe))}`)
  const failure = failureText(endpoint, now)
  if (failure !== '') {
    const text = wrap(failure, columns, INDENT)
    lines.push(isGood ? paint.faint(text) : paint.bad(text))
  }
  return lines.join('\n')
}

/** For how long, where the probes know. */
function stateText({ state, health, isDown, probe }: Endpoint, now: number): string {
  const since = probe === null ? '' : ` for ${spanText(now - probe.since)}`
  if (health === 'unhealthy') return `unhealthy${since}`
  if (isDown) return 'unreachable'
  if (state === 'usable' && health === 'healthy') return `healthy${since}`
  if (state === 'usable' || state === 'unhealthy') return 'usable'
  return state
}

function isUsed({ state, health, isDown }: Endpoint): boolean {
  return (state === 'usable' || state === 'resting') && health !== 'unhealthy' && !isDown
}

function probeText({ asks, intervalMs, p50Ms, p99Ms }: Probe): string {
  const every = `probe: ${asks} every ${formatDuration(intervalMs)}`
  return p50Ms === null || p99Ms === null ? every : `${every}, p50 ${latencyText(p50Ms)}, p99 ${latencyText(p99Ms)}`
}

/** The later one of what its probes and what its requests failed of. */
function failureText(endpoint: Endpoint, now: number): string {
  const { probe, failure } = endpoint
  const seen = probe?.lastFailure ?? null
  if (failure !== null && failure.at > (seen?.at ?? 0)) return `${agoText(now - failure.at)} a request failed: ${failure.cause}`
  if (seen === null) return ''
  return `${agoText(now - seen.at)}${isUsed(endpoint) ? ' a probe failed' : ''}: ${seen.saw}`
}

function historyOf({ history, p50Ms }: Probe, paint: Paint): string {
  const marks = history.map(({ ok, ms }) => {
    if (ok === null) return paint.faint(VOID)
    return ok ? paint.good(barOf(ms, p50Ms ?? ms)) : paint.bad(FAILED)
  })
  return marks.join('')
}

/** Each doubling above the usual is one step; what is under a millisecond is never long. */
function barOf(ms: number, usualMs: number): string {
  const steps = Math.max(0, Math.floor(Math.log2(ms / Math.max(usualMs, 1))))
  return BARS[Math.min(steps, BARS.length - 1)] as string
}

/** What is known of the upstreams, for `/api/status` and `/readyz`: what the workers make of them, and what the probes saw. Pure. */
import type { EndpointStatus, UpstreamStatus } from '../../gateway/upstream/status.ts'
import type { EndpointCheck } from './endpoint-check.ts'

export type ProbeStatus = {
  /** `GET /up`, or `connect`. */
  readonly asks: string
  readonly intervalMs: number
  /** Epoch milliseconds since when the endpoint's health is what it is. */
  readonly since: number
  /** Milliseconds that good probes took, or null without any. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  /** Also where it is no longer among the last 64. */
  readonly lastFailure: { readonly at: number; readonly saw: string } | null
  /** Oldest first, at most 64. `ok` is null where the probe failed on this machine. */
  readonly history: readonly { readonly at: number; readonly ok: boolean | null; readonly ms: number; readonly saw: string }[]
}

export type EndpointReport = EndpointStatus & { readonly probe: ProbeStatus | null }
export type UpstreamReport = Omit<UpstreamStatus, 'endpoints'> & { readonly endpoints: readonly EndpointReport[] }

type FindCheck = (upstream: string, url: string) => EndpointCheck | null

export function reportOf(upstreams: readonly UpstreamStatus[], find: FindCheck): UpstreamReport[] {
  return upstreams.map((upstream) => ({
    ...upstream,
    endpoints: upstream.endpoints.map((endpoint) => {
      const check = find(upstream.name, endpoint.address)
      return check === null ? { ...endpoint, probe: null } : { ...endpoint, health: check.health, probe: probeOf(check) }
    }),
  }))
}

/** A sentence for each upstream that has no usable endpoint. */
export function problemsOf(upstreams: readonly UpstreamReport[]): string[] {
  const lost = upstreams.filter(({ endpoints }) => !endpoints.some(isUsable))
  return lost.map(({ name, endpoints }) => {
    if (endpoints.length === 0) return `Upstream ${name} has no endpoints.`
    return `Upstream ${name} has no usable endpoint: ${endpoints.map((one) => `${one.address} (${reasonOf(one)})`).join(', ')}.`
  })
}

/** Why an endpoint is not in use, as shortly as it can be said; '' where it is. */
function reasonOf(endpoint: EndpointReport): string {
  const { state, failure, probe, health, isDown } = endpoint
  if (state === 'drained') return 'drained by an operator'
  if (health === 'unhealthy') return probe?.lastFailure?.saw ?? 'its probes fail'
  return state === 'ejected' || isDown ? (failure?.cause ?? 'left out after failures') : ''
}

function isUsable({ state, health, isDown }: EndpointReport): boolean {
  return (state === 'usable' || state === 'resting') && health !== 'unhealthy' && !isDown
}

function probeOf({ plan, since, history }: EndpointCheck): ProbeStatus {
  const last = history.lastFailure
  return {
    asks: plan.kind === 'http' ? `GET ${plan.path}` : 'connect',
    intervalMs: plan.intervalMs,
    since,
    p50Ms: history.percentile(0.5),
    p99Ms: history.percentile(0.99),
    lastFailure: last === null ? null : { at: last.at, saw: last.saw },
    history: history.records.map(({ at, ok, ms, saw }) => ({ at, ok, ms, saw })),
  }
}

/** What several workers say of the same upstreams, as one: counts add up, and an endpoint that one of them uses is in use. */
import type { EndpointStatus, UpstreamStatus } from '../gateway/upstream/status.ts'

export function mergeUpstreams(reports: readonly (readonly UpstreamStatus[])[]): UpstreamStatus[] {
  const merged = new Map<string, UpstreamStatus>()
  for (const upstream of reports.flat()) {
    const other = merged.get(upstream.name)
    merged.set(upstream.name, other === undefined ? upstream : together(other, upstream))
  }
  return [...merged.values()]
}

function together(one: UpstreamStatus, other: UpstreamStatus): UpstreamStatus {
  const endpoints = new Map(one.endpoints.map((endpoint) => [endpoint.address, endpoint]))
  for (const endpoint of other.endpoints) {
    const known = endpoints.get(endpoint.address)
    endpoints.set(endpoint.address, known === undefined ? endpoint : better(known, endpoint))
  }
  return {
    ...one,
    isPaused: one.isPaused || other.isPaused,
    isLost: one.isLost && other.isLost,
    isPanicking: one.isPanicking && other.isPanicking,
    inflight: one.inflight + other.inflight,
    queued: one.queued + other.queued,
    held: one.held + other.held,
    endpoints: [...endpoints.values()],
  }
}

function better(one: EndpointStatus, other: EndpointStatus): EndpointStatus {
  const known = (one.failure?.at ?? 0) >= (other.failure?.at ?? 0) ? one.failure : other.failure
  return { ...(one.state === 'usable' ? one : other), inflight: one.inflight + other.inflight, failure: known }
}

/** What several workers say of the same upstreams, as one: requests in flight add up, and an endpoint that one of them uses is in use. */
import type { EndpointStatus, UpstreamStatus } from '../gateway/gateway.ts'

export function mergeUpstreams(reports: readonly (readonly UpstreamStatus[])[]): UpstreamStatus[] {
  const merged = new Map<string, Map<string, EndpointStatus>>()
  for (const { name, endpoints } of reports.flat()) {
    const upstream = merged.get(name) ?? new Map<string, EndpointStatus>()
    merged.set(name, upstream)
    for (const endpoint of endpoints) {
      const other = upstream.get(endpoint.address)
      upstream.set(endpoint.address, other === undefined ? endpoint : better(other, endpoint))
    }
  }
  return [...merged].map(([name, endpoints]) => ({ name, endpoints: [...endpoints.values()] }))
}

function better(one: EndpointStatus, other: EndpointStatus): EndpointStatus {
  return { ...(one.state === 'usable' ? one : other), inflight: one.inflight + other.inflight }
}

/** What `/api/events` tells whoever looks on, as `text/event-stream` (HTML §9.2). Plain data. */
import type { IncidentEvent } from '../incident/incident.ts'
import type { Status } from './status.ts'
import type { TrafficSample } from './traffic.ts'

export type GatewayEvent =
  /** The first one on each connection. `traffic`: since the gateway started. */
  | { readonly kind: 'hello'; readonly status: Status; readonly traffic: TrafficSample }
  /** Once a second. Of each endpoint's probes only those since the one before, so that it stays short. */
  | { readonly kind: 'status'; readonly status: Status }
  /** Once a second: what went through in it. */
  | { readonly kind: 'traffic'; readonly traffic: TrafficSample }
  | { readonly kind: 'incident'; readonly event: IncidentEvent }

/** Without an id it is not asked for again. */
export function eventText({ kind, ...data }: GatewayEvent, id: string | null): string {
  const [value] = Object.values(kind === 'hello' ? { data } : data)
  return `${id === null ? '' : `id: ${id}\n`}event: ${kind}\ndata: ${JSON.stringify(value)}\n\n`
}

/** What was sent before `since` (epoch milliseconds) is known to who is told. */
export function shorten(status: Status, since: number): Status {
  const upstreams = status.upstreams.map((upstream) => ({
    ...upstream,
    endpoints: upstream.endpoints.map((endpoint) => {
      const { probe } = endpoint
      return probe === null ? endpoint : { ...endpoint, probe: { ...probe, history: probe.history.filter(({ at }) => at > since) } }
    }),
  }))
  return { ...status, upstreams }
}

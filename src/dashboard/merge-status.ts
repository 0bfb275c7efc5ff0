/** The state of the gateway put together from what was known and what has been told since: probes come only once. Pure. */
import type { Status } from '../control/admin/status.ts'

const PROBES_MAX = 64

export function mergeStatus(known: Status | null, told: Status): Status {
  if (known === null) return told
  const histories = new Map(
    known.upstreams.flatMap(({ name, endpoints }) =>
      endpoints.map(({ address, probe }) => [`${name} ${address}`, probe?.history ?? []] as const),
    ),
  )
  const upstreams = told.upstreams.map((upstream) => ({
    ...upstream,
    endpoints: upstream.endpoints.map((endpoint) => {
      if (endpoint.probe === null) return endpoint
      const before = histories.get(`${upstream.name} ${endpoint.address}`) ?? []
      const last = before.at(-1)?.at ?? 0
      const history = [...before, ...endpoint.probe.history.filter(({ at }) => at > last)].slice(-PROBES_MAX)
      return { ...endpoint, probe: { ...endpoint.probe, history } }
    }),
  }))
  return { ...told, upstreams }
}

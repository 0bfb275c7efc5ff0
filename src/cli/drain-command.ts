/** `gatewell drain [ENDPOINT]`: no new requests for an endpoint, or for the whole gateway from the load balancer in front of it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DrainReport } from '../control/admin/operation-table.ts'
import type { Status } from '../control/admin/status.ts'
import type { AdminClient } from './admin-client.ts'
import { connect, explainRefusal, type OperateOptions } from './operate.ts'
import { showChanges } from './pause-command.ts'
import { count } from './problem-list.ts'
import type { Terminal } from './terminal.ts'

export type DrainOptions = OperateOptions & {
  readonly upstream?: string
  /** Milliseconds; true: as long as it takes. */
  readonly wait?: number | true
}

const LOOK_MS = 250
const PROBLEM_FOUND = 1

export async function drain(endpoint: string | undefined, options: DrainOptions, terminal: Terminal): Promise<number> {
  const gateway = connect(options, terminal)
  if (typeof gateway === 'number') return gateway
  const reply = await gateway.change('drain', { endpoint, upstream: options.upstream })
  if (!reply.ok) return explainRefusal(reply, options, terminal)
  if (options.json) terminal.print(JSON.stringify(reply.value, null, 2))
  else showChanges(reply.value, 'It was drained already.', terminal)
  if (options.wait === undefined) return 0
  return waitUntilEmpty(gateway, endpoint === undefined ? null : reply.value.endpoints, { ...options, wait: options.wait }, terminal)
}

/** `drained`: those whose requests are waited for; null for all there are. */
async function waitUntilEmpty(
  gateway: AdminClient,
  drained: DrainReport['endpoints'] | null,
  options: OperateOptions & { readonly wait: number | true },
  terminal: Terminal,
): Promise<number> {
  const until = options.wait === true ? Number.POSITIVE_INFINITY : performance.now() + options.wait
  for (;;) {
    const reply = await gateway.read('status', {})
    if (!reply.ok) return explainRefusal(reply, options, terminal)
    const inflight = countInflight(reply.value, drained)
    if (inflight === 0) {
      terminal.say('No request is under way there any more.')
      return 0
    }
    if (performance.now() >= until) {
      terminal.say(`gatewell: ${count(inflight, 'request')} still under way. Nothing was cut off; the drain goes on.`)
      return PROBLEM_FOUND
    }
    await sleep(LOOK_MS)
  }
}

function countInflight({ upstreams }: Status, drained: DrainReport['endpoints'] | null): number {
  const endpoints = upstreams.flatMap(({ name, endpoints }) => endpoints.map((one) => ({ ...one, upstream: name })))
  const waited = endpoints.filter(
    ({ upstream, address }) => drained === null || drained.some((one) => one.upstream === upstream && one.endpoint === address),
  )
  return waited.reduce((sum, { inflight }) => sum + inflight, 0)
}

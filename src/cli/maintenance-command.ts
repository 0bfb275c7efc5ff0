/** `gatewell maintenance on|off`: visitors get a page that says so, with 503 and Retry-After. */
import { connect, explainRefusal, type OperateOptions } from './operate.ts'
import { sayChanges } from './pause-command.ts'
import type { Terminal } from './terminal.ts'

export type MaintenanceOptions = OperateOptions & {
  readonly upstream?: string
  readonly route?: string
  readonly message?: string
  readonly allow?: readonly string[]
  /** Milliseconds. */
  readonly retryAfter?: number
}

export async function maintain(state: 'on' | 'off', options: MaintenanceOptions, terminal: Terminal): Promise<number> {
  const gateway = connect(options, terminal)
  if (typeof gateway === 'number') return gateway
  const { upstream, route, message, allow, retryAfter: retryAfterMs } = options
  const reply = await gateway.change('maintenance', { state, upstream, route, message, allow: allow && [...allow], retryAfterMs })
  if (!reply.ok) return explainRefusal(reply, options, terminal)
  sayChanges(reply.value, 'It was off already.', options, terminal)
  return 0
}

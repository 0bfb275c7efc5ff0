/** `gatewell maintenance on|off`: visitors get a page that says so, with 503 and Retry-After. */
import { type OperateOptions, operate } from './operate.ts'
import { showChanges } from './pause-command.ts'
import type { Terminal } from './terminal.ts'

export type MaintenanceOptions = OperateOptions & {
  readonly upstream?: string
  readonly route?: string
  readonly message?: string
  readonly allow?: readonly string[]
  /** Milliseconds. */
  readonly retryAfter?: number
}

export function maintain(state: 'on' | 'off', options: MaintenanceOptions, terminal: Terminal): Promise<number> {
  const { upstream, route, message, allow, retryAfter: retryAfterMs } = options
  return operate(options, terminal, {
    ask: (gateway) => gateway.change('maintenance', { state, upstream, route, message, allow: allow && [...allow], retryAfterMs }),
    show: (report) => showChanges(report, 'It was off already.', terminal),
  })
}

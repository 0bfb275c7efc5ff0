/** `gatewell pause UPSTREAM`: its requests wait. `gatewell resume [UPSTREAM | ENDPOINT]`: takes a pause or a drain back. */
import type { SwitchReport } from '../control/admin/operation-table.ts'
import { connect, explainRefusal, type OperateOptions } from './operate.ts'
import type { Terminal } from './terminal.ts'

export async function pause(upstream: string, options: OperateOptions, terminal: Terminal): Promise<number> {
  const gateway = connect(options, terminal)
  if (typeof gateway === 'number') return gateway
  const reply = await gateway.change('pause', { upstream })
  if (!reply.ok) return explainRefusal(reply, options, terminal)
  sayChanges(reply.value, 'It was paused already.', options, terminal)
  return 0
}

export async function resume(
  what: string | undefined,
  options: OperateOptions & { readonly upstream?: string },
  terminal: Terminal,
): Promise<number> {
  const gateway = connect(options, terminal)
  if (typeof gateway === 'number') return gateway
  const reply = await gateway.change('resume', { what, upstream: options.upstream })
  if (!reply.ok) return explainRefusal(reply, options, terminal)
  sayChanges(reply.value, what === undefined ? 'The gateway was not drained.' : 'It was neither paused nor drained.', options, terminal)
  return 0
}

/** `otherwise`: where nothing changed. */
export function sayChanges(report: SwitchReport, otherwise: string, { json }: OperateOptions, { print, say }: Terminal): void {
  if (json) print(JSON.stringify(report, null, 2))
  else if (report.changes.length === 0) say(otherwise)
  else for (const change of report.changes) print(change)
}

/** `gatewell pause UPSTREAM`: its requests wait. `gatewell resume [UPSTREAM | ENDPOINT]`: takes a pause or a drain back. */
import type { SwitchReport } from '../control/admin/operation-table.ts'
import { type OperateOptions, operate } from './operate.ts'
import type { Terminal } from './terminal.ts'

export function pause(upstream: string, options: OperateOptions, terminal: Terminal): Promise<number> {
  return operate(options, terminal, {
    ask: (gateway) => gateway.change('pause', { upstream }),
    show: (report) => showChanges(report, 'It was paused already.', terminal),
  })
}

export function resume(
  what: string | undefined,
  options: OperateOptions & { readonly upstream?: string },
  terminal: Terminal,
): Promise<number> {
  const otherwise = what === undefined ? 'The gateway was not drained.' : 'It was neither paused nor drained.'
  return operate(options, terminal, {
    ask: (gateway) => gateway.change('resume', { what, upstream: options.upstream }),
    show: (report) => showChanges(report, otherwise, terminal),
  })
}

/** `otherwise`: where nothing changed. */
export function showChanges({ changes }: SwitchReport, otherwise: string, { print, say }: Terminal): void {
  if (changes.length === 0) say(otherwise)
  else for (const change of changes) print(change)
}

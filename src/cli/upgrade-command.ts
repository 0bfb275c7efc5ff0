/** `gatewell upgrade`: puts the program as it is on disk now in the place of the running one, without a gap. */
import { type OperateOptions, operate } from './operate.ts'
import type { Terminal } from './terminal.ts'

export function upgrade(options: OperateOptions, terminal: Terminal): Promise<number> {
  return operate(options, terminal, {
    ask: (gateway) => gateway.change('upgrade', {}),
    show: ({ pid, version }) =>
      terminal.print(`Upgraded: process ${pid} (version ${version}) serves. The old one finishes what it has and ends.`),
  })
}

/** `gatewell status`: how a running gateway is, its workers, upstreams and endpoints, with what the last probes saw. */
import { type OperateOptions, operate } from './operate.ts'
import { isWell, renderStatus } from './status-page.ts'
import type { Terminal } from './terminal.ts'

/** The exit code: 1 where an upstream has no usable endpoint. */
export function showStatus(options: OperateOptions, terminal: Terminal): Promise<number> {
  const { print, paint, columns } = terminal
  return operate(options, terminal, {
    ask: (gateway) => gateway.read('status', {}),
    show: (status) => print(renderStatus({ status, paint, columns, now: Date.now() })),
    judge: (status) => (isWell(status) ? 0 : 1),
  })
}

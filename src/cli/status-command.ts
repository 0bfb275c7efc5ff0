/** `gatewell status`: how a running gateway is, its workers, upstreams and endpoints, with what the last probes saw. */
import { connect, explainRefusal, type OperateOptions } from './operate.ts'
import { isWell, renderStatus } from './status-page.ts'
import type { Terminal } from './terminal.ts'

/** The exit code: 1 where an upstream has no usable endpoint. */
export async function showStatus(options: OperateOptions, terminal: Terminal): Promise<number> {
  const client = connect(options, terminal)
  if (typeof client === 'number') return client
  const reply = await client.read('status', {})
  if (!reply.ok) return explainRefusal(reply, options, terminal)
  const { print, paint, columns } = terminal
  const status = reply.value
  print(options.json ? JSON.stringify(status, null, 2) : renderStatus({ status, paint, columns, now: Date.now() }))
  return isWell(status) ? 0 : 1
}

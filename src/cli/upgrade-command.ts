/** `gatewell upgrade`: puts the program as it is on disk now in the place of the running one, without a gap. */
import { connect, explainRefusal, type OperateOptions } from './operate.ts'
import type { Terminal } from './terminal.ts'

export async function upgrade(options: OperateOptions, terminal: Terminal): Promise<number> {
  const gateway = connect(options, terminal)
  if (typeof gateway === 'number') return gateway
  const reply = await gateway.change('upgrade', {})
  if (!reply.ok) return explainRefusal(reply, options, terminal)
  const { pid, version } = reply.value
  if (options.json) terminal.print(JSON.stringify(reply.value, null, 2))
  else terminal.print(`Upgraded: process ${pid} (version ${version}) serves. The old one finishes what it has and ends.`)
  return 0
}

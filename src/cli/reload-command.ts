/** `gatewell reload`: has the running gateway read its configuration anew, and says what is different or what is wrong with it. */
import { connect, explainRefusal, type OperateOptions } from './operate.ts'
import { renderProblems } from './problem-list.ts'
import type { Terminal } from './terminal.ts'

export async function reload(options: OperateOptions, terminal: Terminal): Promise<number> {
  const gateway = connect(options, terminal)
  if (typeof gateway === 'number') return gateway
  const reply = await gateway.change('reload', {})
  if (!reply.ok) return explainRefusal(reply, options, terminal)
  const { changes, problems } = reply.value
  const { print, say, paint } = terminal
  if (options.json) print(JSON.stringify(reply.value, null, 2))
  else {
    if (problems.length > 0) print(renderProblems(problems, paint))
    for (const change of changes) print(change)
    say(changes.length === 0 ? 'Reloaded. Nothing is different.' : 'Reloaded. Nothing else is different.')
  }
  return 0
}

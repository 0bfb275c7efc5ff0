/** `gatewell reload`: has the running gateway read its configuration anew, and says what is different or what is wrong with it. */
import { type OperateOptions, operate } from './operate.ts'
import { renderProblems } from './problem-list.ts'
import type { Terminal } from './terminal.ts'

export function reload(options: OperateOptions, terminal: Terminal): Promise<number> {
  const { print, say, paint } = terminal
  return operate(options, terminal, {
    ask: (gateway) => gateway.change('reload', {}),
    show: ({ changes, problems }) => {
      if (problems.length > 0) print(renderProblems(problems, paint))
      for (const change of changes) print(change)
      say(changes.length === 0 ? 'Reloaded. Nothing is different.' : 'Reloaded. Nothing else is different.')
    },
  })
}

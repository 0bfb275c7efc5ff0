/** `gatewell incidents`: what went wrong at a running gateway, and what is wrong now. */
import { renderIncidents } from './incidents-page.ts'
import { type OperateOptions, operate } from './operate.ts'
import type { Terminal } from './terminal.ts'

/** The exit code: 1 while one is open. */
export function listIncidents(options: OperateOptions & { readonly all?: true }, terminal: Terminal): Promise<number> {
  const { print, say, paint, columns } = terminal
  return operate(options, terminal, {
    ask: (gateway) => gateway.read('incidents', options.all ? { all: 'true' } : {}),
    show: (incidents) => {
      const [latest] = incidents
      print(renderIncidents({ incidents, paint, columns, now: Date.now() }))
      if (latest !== undefined) say(`\n\`gatewell why ${latest.id}\` explains one.`)
      else if (!options.all) say('Nor has one ended within a day; `gatewell incidents --all` shows older ones.')
    },
    judge: (incidents) => (incidents.some(({ state }) => state === 'open') ? 1 : 0),
  })
}

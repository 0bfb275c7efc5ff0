/** `gatewell incidents`: what went wrong at a running gateway, and what is wrong now. */
import { renderIncidents } from './incidents-page.ts'
import { connect, explainRefusal, type OperateOptions } from './operate.ts'
import type { Terminal } from './terminal.ts'

/** The exit code: 1 while one is open. */
export async function listIncidents(options: OperateOptions & { readonly all?: true }, terminal: Terminal): Promise<number> {
  const client = connect(options, terminal)
  if (typeof client === 'number') return client
  const reply = await client.read('incidents', options.all ? { all: 'true' } : {})
  if (!reply.ok) return explainRefusal(reply, options, terminal)
  const { print, say, paint, columns } = terminal
  const incidents = reply.value
  const [latest] = incidents
  if (options.json) print(JSON.stringify(incidents, null, 2))
  else {
    print(renderIncidents({ incidents, paint, columns, now: Date.now() }))
    if (latest !== undefined) say(`\n\`gatewell why ${latest.id}\` explains one.`)
    else if (!options.all) say('Nor has one ended within a day; `gatewell incidents --all` shows older ones.')
  }
  return incidents.some(({ state }) => state === 'open') ? 1 : 0
}

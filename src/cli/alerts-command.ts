/** `gatewell alerts`: who is told of incidents, and whether that works. `gatewell alerts test [CHANNEL]`: sends each a message. */
import type { AlertState, AlertTestReport } from '../control/admin/alert-state.ts'
import { connect, explainRefusal, type OperateOptions } from './operate.ts'
import type { Terminal } from './terminal.ts'

const NOBODY = `Nobody is told of incidents. Add channels to gatewell.yaml, for example:

  alerts:
    channels:
      - { slack: "\${SLACK_WEBHOOK}" }
      - { email: ops@example.com }`

/** The exit code: 1 where a channel does not work. */
export async function showAlerts(options: OperateOptions, terminal: Terminal): Promise<number> {
  const client = connect(options, terminal)
  if (typeof client === 'number') return client
  const reply = await client.read('alerts', {})
  if (!reply.ok) return explainRefusal(reply, options, terminal)
  const { channels, isQuiet } = reply.value
  const { print, say } = terminal
  if (options.json) print(JSON.stringify(reply.value, null, 2))
  else if (channels.length === 0) say(NOBODY)
  else {
    for (const channel of channels) print(renderChannel(channel, terminal))
    if (isQuiet) say('It is quiet hours: only what is critical is told at once.')
  }
  return channels.some(({ state }) => state === 'failing') ? 1 : 0
}

/** The exit code: 1 where a message did not arrive. */
export async function testAlerts(name: string | undefined, options: OperateOptions, terminal: Terminal): Promise<number> {
  const client = connect(options, terminal)
  if (typeof client === 'number') return client
  const reply = await client.change('alerts-test', name === undefined ? {} : { channel: name })
  if (!reply.ok) return explainRefusal(reply, options, terminal)
  const { channels } = reply.value
  const { print, say } = terminal
  if (options.json) print(JSON.stringify(reply.value, null, 2))
  else if (channels.length === 0) say(NOBODY)
  else for (const channel of channels) print(renderTest(channel, terminal))
  return channels.length > 0 && channels.every(({ isDelivered }) => isDelivered) ? 0 : 1
}

function renderChannel(channel: AlertState['channels'][number], { paint }: Terminal): string {
  const { name, where, state, waiting, sent, dropped, lastMessage, lastError } = channel
  const colour = { unused: paint.faint, working: paint.good, failing: paint.bad }[state]
  const counts = [`${sent} sent`, waiting > 0 ? `${waiting} waiting` : '', dropped > 0 ? `${dropped} given up` : '']
    .filter(Boolean)
    .join(', ')
  const lines = [`${paint.strong(name)}  ${where}  ${colour(state)}  ${counts}`]
  if (lastMessage !== null) lines.push(`  last message  ${moment(lastMessage.at)}  ${lastMessage.subject}`)
  if (lastError !== null) lines.push(`  last error    ${moment(lastError.at)}  ${lastError.says}`)
  return lines.join('\n')
}

function renderTest(channel: AlertTestReport['channels'][number], { paint }: Terminal): string {
  const { name, where, isDelivered, says, ms } = channel
  const verdict = isDelivered ? paint.good('delivered') : paint.bad('not delivered')
  return `${paint.strong(name)}  ${where}  ${verdict} in ${ms} ms: ${says}`
}

function moment(ms: number): string {
  return new Date(ms).toLocaleString('sv-SE')
}

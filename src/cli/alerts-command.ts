/** `gatewell alerts`: who is told of incidents, and whether that works. `gatewell alerts test [CHANNEL]`: sends each a message. */
import type { AlertState, AlertTestReport } from '../control/admin/alert-state.ts'
import { type OperateOptions, operate } from './operate.ts'
import type { Terminal } from './terminal.ts'

const NOBODY = `Nobody is told of incidents. Add channels to gatewell.yaml, for example:

  alerts:
    channels:
      - { slack: "\${SLACK_WEBHOOK}" }
      - { email: ops@example.com }`

/** The exit code: 1 where a channel does not work. */
export function showAlerts(options: OperateOptions, terminal: Terminal): Promise<number> {
  const { print, say } = terminal
  return operate(options, terminal, {
    ask: (gateway) => gateway.read('alerts', {}),
    show: ({ channels, isQuiet }) => {
      if (channels.length === 0) return say(NOBODY)
      for (const channel of channels) print(renderChannel(channel, terminal))
      if (isQuiet) say('It is quiet hours: only what is critical is told at once.')
    },
    judge: ({ channels }) => (channels.some(({ state }) => state === 'failing') ? 1 : 0),
  })
}

/** The exit code: 1 where a message did not arrive. */
export function testAlerts(name: string | undefined, options: OperateOptions, terminal: Terminal): Promise<number> {
  return operate(options, terminal, {
    ask: (gateway) => gateway.change('alerts-test', name === undefined ? {} : { channel: name }),
    show: ({ channels }) => {
      if (channels.length === 0) return terminal.say(NOBODY)
      for (const channel of channels) terminal.print(renderTest(channel, terminal))
    },
    judge: ({ channels }) => (channels.length > 0 && channels.every(({ isDelivered }) => isDelivered) ? 0 : 1),
  })
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

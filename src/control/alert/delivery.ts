/** How a message gets to each kind of channel, and what may be shown of where that is. */
import type { AlertTarget } from '../../config/alert-plan.ts'
import type { AlertMessage } from './alert-message.ts'
import { discordForm } from './form/discord-form.ts'
import { jsonForm } from './form/json-form.ts'
import { ntfyForm, splitTopic } from './form/ntfy-form.ts'
import { pagerdutyForm } from './form/pagerduty-form.ts'
import { slackForm } from './form/slack-form.ts'
import { teamsForm } from './form/teams-form.ts'
import { sendMail } from './mail.ts'
import { post } from './post.ts'
import { runProgram } from './program.ts'
import { delivered, type Receipt } from './receipt.ts'
import { wordingOf } from './wording.ts'

export async function deliver(target: AlertTarget, message: AlertMessage): Promise<Receipt> {
  const wording = wordingOf(message)
  switch (target.kind) {
    case 'webhook':
      return post({ url: target.url, token: target.token, body: jsonForm(message, wording) })
    case 'slack':
      return post({ url: target.url, body: slackForm(message, wording) })
    case 'discord':
      return post({ url: target.url, body: discordForm(message, wording) })
    case 'teams':
      return post({ url: target.url, body: teamsForm(message, wording) })
    case 'ntfy': {
      const { server, topic } = splitTopic(target.url)
      return post({ url: server, token: target.token, body: ntfyForm(message, wording, topic) })
    }
    case 'pagerduty':
      return deliverEach(target.url, pagerdutyForm(message, wording, target.key))
    case 'email':
      return sendMail(target, message, wording)
    case 'command':
      return runProgram(target.words, JSON.stringify(jsonForm(message, wording)))
  }
}

/** One after the other, up to the first that fails. All are sent again then, which changes nothing for those that had arrived. */
async function deliverEach(url: string, events: readonly object[]): Promise<Receipt> {
  let last = delivered('nothing to tell')
  for (const body of events) {
    last = await post({ url, body })
    if (!last.isDelivered) return last
  }
  return last
}

/** The path and query of a webhook are a secret, and so is whatever a command is called with. */
export function placeOf(target: AlertTarget): string {
  switch (target.kind) {
    case 'email':
      return `${target.to.join(', ')} by ${new URL(target.smtp).host}`
    case 'command':
      return target.words[0] as string
    default:
      return new URL(target.url).host
  }
}

/**
 * An incoming webhook of Slack: `text` for notifications, Block Kit for the rest.
 * https://docs.slack.dev/messaging/formatting-message-text, https://docs.slack.dev/reference/block-kit/blocks
 */
import { type AlertMessage, isGoodNews, severityOfMessage } from '../alert-message.ts'
import { cut } from '../plain-text.ts'
import type { Story, Wording } from '../wording.ts'

/** Of the text of a section, and of a header. */
const SECTION_MAX = 3_000
const HEADER_MAX = 150

export function slackForm(message: AlertMessage, { subject, stories, notes }: Wording): object {
  const icon = isGoodNews(message) ? ':white_check_mark:' : severityOfMessage(message) === 'critical' ? ':rotating_light:' : ':warning:'
  const isAlone = stories.length === 1
  return {
    text: `${icon} ${escapeText(subject)}`,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(`${icon} ${subject}`, HEADER_MAX), emoji: true } },
      ...stories.map((story) => section(markdownOf(story, isAlone))),
      ...notes.map((note) => ({ type: 'context', elements: [text(escapeText(note))] })),
    ],
    unfurl_links: false,
    unfurl_media: false,
  }
}

function section(markdown: string): object {
  return { type: 'section', text: text(cut(markdown, SECTION_MAX)) }
}

/** `verbatim`: names and addresses in it are not made into mentions and links. */
function text(markdown: string): object {
  return { type: 'mrkdwn', text: markdown, verbatim: true }
}

function markdownOf({ title, paragraphs, command, why, link }: Story, isAlone: boolean): string {
  return [
    ...(isAlone ? [] : [`*${escapeText(title)}*`]),
    ...paragraphs.map(({ label, text }) => `*${label}*  ${escapeText(text)}`),
    ...(command === null ? [] : [`\`\`\`${escapeCode(command)}\`\`\``]),
    `\`${why}\`${link === null ? '' : `  <${link}|Open it>`}`,
  ].join('\n')
}

/** Slack knows three escapes. What else could format has none, so a character that looks alike stands in for it. */
function escapeText(text: string): string {
  return escapeCode(text).replaceAll('*', '∗').replaceAll('~', '∼')
}

function escapeCode(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('`', 'ˋ')
}

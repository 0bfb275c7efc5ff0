/** Execute Webhook of Discord: an embed for each incident, and nobody is pinged. https://discord.com/developers/docs/resources/webhook */
import { type AlertMessage, isGoodNews, severityOfMessage } from '../alert-message.ts'
import { cut } from '../plain-text.ts'
import type { Story, Wording } from '../wording.ts'

const TITLE_MAX = 256
const CONTENT_MAX = 2_000
/** All embeds of a message together may have 6,000. */
const EMBEDS_MAX = 5_500
const RED = 0xd92d20
const YELLOW = 0xf79009
const GREEN = 0x12b76a

export function discordForm(message: AlertMessage, { subject, stories, notes }: Wording): object {
  const color = isGoodNews(message) ? GREEN : severityOfMessage(message) === 'critical' ? RED : YELLOW
  const description = Math.floor(EMBEDS_MAX / Math.max(1, stories.length)) - TITLE_MAX
  return {
    content: cut(
      [stories.length === 1 ? '' : `**${escapeText(subject)}**`, ...notes.map(escapeText)].filter(Boolean).join('\n'),
      CONTENT_MAX,
    ),
    embeds: stories.map((story) => ({
      title: cut(escapeText(story.title), TITLE_MAX),
      description: cut(markdownOf(story), description),
      color,
      ...(story.link !== null && { url: story.link }),
      timestamp: new Date(message.at).toISOString(),
    })),
    allowed_mentions: { parse: [] },
  }
}

function markdownOf({ paragraphs, command, why }: Story): string {
  return [
    ...paragraphs.map(({ label, text }) => `**${label}**  ${escapeText(text)}`),
    ...(command === null ? [] : [`\`\`\`\n${command.replaceAll('`', 'ˋ')}\n\`\`\``]),
    `\`${why}\``,
  ].join('\n')
}

/** A backslash before whatever formats or links. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_~|>[\]()#<@-]/g, '\\$&').replaceAll('://', ':\\/\\/')
}

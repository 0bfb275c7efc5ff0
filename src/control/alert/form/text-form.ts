/** A message as lines of text, for e-mail and for ntfy. */
import type { Story, Wording } from '../wording.ts'

/** Without the subject. */
export function textForm({ stories, notes }: Wording): string {
  const isAlone = stories.length === 1
  return [...stories.map((story) => [...(isAlone ? [] : [story.title]), ...linesOf(story)].join('\n')), ...notes].join('\n\n')
}

function linesOf({ paragraphs, command, why, link }: Story): string[] {
  return [
    ...paragraphs.map(({ label, text }) => `${label}: ${text}`),
    ...(command === null ? [] : command.split('\n').map((line) => `    ${line}`)),
    `More: ${why}${link === null ? '' : `\n${link}`}`,
  ]
}

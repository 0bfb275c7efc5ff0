/** ntfy, published as JSON to the root of the server. https://docs.ntfy.sh/publish/#publish-as-json */
import { type AlertMessage, isGoodNews, severityOfMessage } from '../alert-message.ts'
import { cutBytes } from '../plain-text.ts'
import type { Wording } from '../wording.ts'
import { textForm } from './text-form.ts'

/** A longer one would become an attachment. */
const MESSAGE_BYTES_MAX = 4_000

export function ntfyForm(message: AlertMessage, wording: Wording, topic: string): object {
  const isOver = isGoodNews(message)
  const isCritical = severityOfMessage(message) === 'critical'
  const [story] = wording.stories
  return {
    topic,
    title: wording.subject,
    message: cutBytes(textForm(wording), MESSAGE_BYTES_MAX),
    priority: isCritical ? 5 : isOver || story === undefined ? 3 : 4,
    tags: [isOver ? 'white_check_mark' : isCritical ? 'rotating_light' : 'warning'],
    ...(story !== undefined && story.link !== null && { click: story.link }),
  }
}

/** `https://ntfy.sh/topic` → the address that takes JSON, and the topic. */
export function splitTopic(url: string): { readonly server: string; readonly topic: string } {
  const { origin, pathname } = new URL(url)
  const at = pathname.lastIndexOf('/')
  return { server: `${origin}${pathname.slice(0, at + 1)}`, topic: pathname.slice(at + 1) }
}

/** Text that may have come from strangers' requests, made fit for a message: on one line, nothing invisible, no longer than it may be. */

/** Control characters, and those that turn the direction of writing or cannot be seen. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g

export function plain(text: string, charactersMax: number): string {
  return cut(text.replace(UNSEEN, ' ').replace(/ {2,}/g, ' ').trim(), charactersMax)
}

/** Never in the middle of a character. */
export function cut(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text
  return `${text.slice(0, charactersMax - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** As `cut`, by the length in UTF-8. */
export function cutBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text
  const bytes = Buffer.from(text).subarray(0, bytesMax - 3)
  return `${bytes.toString().replace(/\ufffd+$/, '')}…`
}

/** Parts that the lines of many servers have in common: request lines, numbers that may be missing, lists of attempts. */

export type RequestLine = { readonly method?: string; readonly target?: string }

const REQUEST = /^([!#$%&'*+.^_`|~\w-]{1,32}) (\S.*?)(?: HTTP\/[\d.]+)?$/

/** `GET /cart?id=1 HTTP/1.1`; nothing for what is no request line, as for a TLS hello on a plain port. */
export function readRequest(text: string): RequestLine {
  const match = REQUEST.exec(text)
  return match === null ? {} : { method: match[1] as string, target: match[2] as string }
}

/** `-` and what is no number are undefined. */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '' || text === '-') return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

/** `0.123` seconds as milliseconds. */
export function secondsOf(text: string | undefined): number | undefined {
  const seconds = numberOf(text)
  return seconds === undefined ? undefined : Math.round(seconds * 1_000_000) / 1_000
}

/** `-` and '' are undefined. */
export function textOf(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text === '-' ? undefined : text
}

/** nginx's lists of attempts: `502, 200 : 504`. `-` becomes `missing`; undefined where nothing is given. */
export function listOf(text: string | undefined, missing: number, scale = 1): number[] | undefined {
  if (text === undefined || text === '') return undefined
  return text.split(/, | : /).map((part) => (part === '-' || part === '' ? missing : Number(part) * scale))
}

/** The last of a list: where the last attempt went. */
export function lastOf(text: string | undefined): string | undefined {
  return textOf(text?.split(/, | : /).at(-1))
}

/** `10.0.0.1:3000` → `10.0.0.1`, `[::1]:80` → `::1`. */
export function addressOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const bracketed = /^\[([^\]]+)\]/.exec(text)
  if (bracketed !== null) return bracketed[1]
  return textOf(text.replace(/^([^:]+):\d+$/, '$1'))
}

/** Shorter ones are copied when they are cut out. */
const SLICED_CHARACTERS_MIN = 13

/** The same text in memory of its own: what was cut out of a line keeps all of the line in memory. */
export function ownCopy(text: string): string {
  return text.length < SLICED_CHARACTERS_MIN ? text : JSON.parse(JSON.stringify(text))
}

/** What is left of it when a longer text is not worth its memory. */
export function cut(text: string, charactersMax: number): string {
  return text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text
}

/** An entry without the fields that say nothing. */
export function defined<T extends object>(entry: T): T {
  const said: Partial<T> = {}
  for (const key in entry) if (entry[key] !== undefined) said[key] = entry[key]
  return said as T
}

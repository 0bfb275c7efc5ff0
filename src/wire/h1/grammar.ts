/** Character classes of RFC 9110 §5.6 and RFC 3986 as tables over one byte (latin1). */

function table(isMember: (code: number) => boolean): Uint8Array {
  const classes = new Uint8Array(256)
  for (let code = 0; code < 256; code++) classes[code] = isMember(code) ? 1 : 0
  return classes
}

const isAlphanumeric = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
const isOneOf = (characters: string, code: number): boolean => code > 0 && characters.includes(String.fromCharCode(code))

/** tchar, RFC 9110 §5.6.2. */
export const TOKEN = table((code) => isAlphanumeric(code) || isOneOf("!#$%&'*+-.^_`|~", code))
/** What may stand in a field value: HTAB, SP, VCHAR, obs-text. RFC 9110 §5.5. */
export const VALUE = table((code) => code === 0x09 || (code >= 0x20 && code <= 0x7e) || code >= 0x80)
/** What may stand in a request target: VCHAR, except the fragment's mark, which is never sent. RFC 9112 §3.2. */
export const TARGET = table((code) => code > 0x20 && code < 0x7f && code !== 0x23)
/** reg-name and the digits of a port, RFC 3986 §3.2.2. */
const HOST = table((code) => isAlphanumeric(code) || isOneOf("-._~%!$&'()*+,;=", code))
export const HEX = table((code) => (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66))

export const CR = 0x0d
export const LF = 0x0a
export const SP = 0x20
export const HTAB = 0x09
export const COLON = 0x3a

/** Are the bytes from `start` those of `lower` but for case? `lower` is lower case letters, digits and `-`. */
export function equalsIgnoringCase(bytes: Uint8Array, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    const code = bytes[start + i] as number
    const wanted = lower.charCodeAt(i)
    if (code !== wanted && (code | 0x20) !== wanted) return false
  }
  return true
}

/** Without optional whitespace around it, RFC 9110 §5.6.3. `String.trim` takes more away, NBSP among it, and others would not. */
export function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

export function isBlank(code: number): boolean {
  return code === SP || code === HTAB
}

/** Are the bytes from `start` those of `ascii`? */
export function startsWith(bytes: Uint8Array, start: number, ascii: string): boolean {
  for (let i = 0; i < ascii.length; i++) if (bytes[start + i] !== ascii.charCodeAt(i)) return false
  return true
}

/** `uri-host [ ":" port ]` with a host that is not empty. RFC 9110 §7.2, RFC 3986 §3.2. */
export function isAuthority(text: string): boolean {
  let at = 0
  if (text.charCodeAt(0) === 0x5b) {
    const close = text.indexOf(']')
    let colons = 0
    for (at = 1; at < close; at++) {
      const code = text.charCodeAt(at)
      if (code === COLON) colons++
      else if (HEX[code] !== 1 && code !== 0x2e) return false
    }
    if (colons < 2) return false
    at = close + 1
  } else {
    while (at < text.length && HOST[text.charCodeAt(at)] === 1) at++
    if (at === 0) return false
  }
  if (at === text.length) return true
  if (text.charCodeAt(at) !== COLON || text.length - at > 6) return false
  for (at++; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x30 || code > 0x39) return false
  }
  return true
}

/** Bytes declared by a Content-Length, or -1 when it is not plain digits within what a number can count. RFC 9110 §8.6. */
export function parseLength(text: string): number {
  if (text.length === 0 || text.length > 16) return -1
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return -1
    length = length * 10 + (code - 0x30)
  }
  return length <= Number.MAX_SAFE_INTEGER ? length : -1
}

/** RFC 9112 §2.2: empty lines before a request line are ignored, `linesMax` of them; old clients send one behind a body. */
export function skipEmptyLines(bytes: Uint8Array, start: number, end: number, linesMax: number): number {
  let at = start
  for (let lines = 0; lines < linesMax && at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF; lines++) at += 2
  return at
}

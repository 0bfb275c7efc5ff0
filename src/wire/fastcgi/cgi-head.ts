/**
 * The head of what a CGI program or a FastCGI server writes (RFC 3875 §6) → the head of an HTTP answer, as bytes, so that one parser
 * with one set of rules (wire/h1/response-head.ts) judges both. Lines may end with LF alone; `Status` says the status.
 */
import { INCOMPLETE } from '../h1/field-scanner.ts'
import { CR, LF } from '../h1/grammar.ts'

const STATUS = /^status:[ \t]*(\d{3})(?: ([^\r\n]*))?[ \t]*$/i
const LOCATION = /^location:/i

/** The offset behind the empty line that ends the head, or `INCOMPLETE`. */
export function findHeadEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = bytes.indexOf(LF, start); at >= 0 && at < end; at = bytes.indexOf(LF, at + 1)) {
    if (at === start || (at === start + 1 && bytes[start] === CR)) return at + 1
    const next = bytes[at + 1]
    if (at + 1 < end && next === LF) return at + 2
    if (at + 2 < end && next === CR && bytes[at + 2] === LF) return at + 3
  }
  return INCOMPLETE
}

/** `bytes` up to `findHeadEnd`. Null where it says its status in a way that nobody can read. */
export function httpHeadOf(bytes: Buffer, start: number, headEnd: number): Buffer | null {
  let status = ''
  let isRedirect = false
  const kept: string[] = []
  for (const line of bytes.latin1Slice(start, headEnd).split(/\r?\n/)) {
    if (line === '') break
    if (/^status[ \t]*:/i.test(line)) {
      const [, code, reason = ''] = STATUS.exec(line) ?? []
      // A second one would be a second answer.
      if (code === undefined || status !== '') return null
      status = `${code} ${reason.trim()}`
    } else {
      if (LOCATION.test(line)) isRedirect = true
      kept.push(line)
    }
  }
  // RFC 3875 §6.2.3 and §6.3.3.
  if (status === '') status = isRedirect ? '302 Found' : '200 OK'
  return Buffer.from(`HTTP/1.1 ${status}\r\n${kept.map((line) => `${line}\r\n`).join('')}\r\n`, 'latin1')
}

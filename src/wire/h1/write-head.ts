/**
 * Heads → text. Always written anew from the parsed message, never copied, so that the next hop reads exactly what this one read.
 * RFC 9112 §3, §4, §6. Strings only, for one latin1 write takes head and small body together.
 */
import type { Fields, RequestHead, ResponseHead } from '../../http/message.ts'

/** `hostText`: all from the version to the end of Host. `hop`: lines of this gateway's own and the empty line. */
export function writeRequestHead(head: RequestHead, hostText: string, hop: string): string {
  let text = `${head.method} ${head.target}${hostText}${head.fieldText}`
  if (head.isChunked) text += 'Transfer-Encoding: chunked\r\n'
  else if (head.length >= 0) text += `Content-Length: ${head.length}\r\n`
  if (head.upgrade !== '') text += `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n`
  else if (head.isAcceptingTrailers) text += 'Connection: TE\r\nTE: trailers\r\n'
  if (head.isExpectingContinue) text += 'Expect: 100-continue\r\n'
  return text + hop
}

/** `framing`: lines, each ended by CRLF. `hop`: such lines and the empty one. */
export function writeResponseHead(head: ResponseHead, framing: string, hop: string): string {
  return `HTTP/1.1 ${head.statusText}${head.fieldText}${framing}${hop}`
}

/** The line that says how long the body is, where it must be written because it does not pass by itself. */
export function lengthText(head: ResponseHead): string {
  // RFC 9110 §8.6: a 204 has none.
  return head.length < 0 || head.isLengthPassed || head.status === 204 ? '' : `Content-Length: ${head.length}\r\n`
}

export function fieldText(fields: Fields): string {
  let text = ''
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`
  return text
}

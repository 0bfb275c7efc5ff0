/**
 * Heads → text. Always written anew from the parsed message, never copied, so that the next hop reads exactly what this one read.
 * RFC 9112 §3, §4, §6. Strings only, for one latin1 write takes head and small body together.
 */
import type { Fields, RequestHead, ResponseHead } from '../../http/message.ts'

/** `host`: what Host says. `hop`: lines of this gateway's own, each ended by CRLF. */
export function writeRequestHead(head: RequestHead, host: string, hop: string): string {
  let text = `${head.method} ${head.target} HTTP/1.1\r\nHost: ${host}\r\n${head.fieldText}`
  if (head.isChunked) text += 'Transfer-Encoding: chunked\r\n'
  else if (head.length >= 0) text += `Content-Length: ${head.length}\r\n`
  if (head.upgrade !== '') text += `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n`
  else if (head.isAcceptingTrailers) text += 'Connection: TE\r\nTE: trailers\r\n'
  if (head.isExpectingContinue) text += 'Expect: 100-continue\r\n'
  return `${text}${hop}\r\n`
}

/** `framing` and `hop`: lines, each ended by CRLF. */
export function writeResponseHead(head: ResponseHead, framing: string, hop: string): string {
  return `HTTP/1.1 ${head.status} ${head.reason}\r\n${head.fieldText}${framing}${hop}\r\n`
}

export function fieldText(fields: Fields): string {
  let text = ''
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`
  return text
}

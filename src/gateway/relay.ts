/** What the retry loop needs of the pipeline around it: the request's text, and somewhere for the outcome to go. */
import type { Failure } from '../causes/failure.ts'
import type { Fields, ResponseHead } from '../http/message.ts'
import type { Channel } from '../net/channel.ts'

export interface Relay {
  /** The request's head as it goes upstream, with the attempt of that ordinal. */
  requestText(host: string, ordinal: number): string
  isCrawler(): boolean
  readonly isEventStream: boolean
  inform(head: ResponseHead): void
  head(head: ResponseHead): void
  /** False means pause; the attempt's `resume()` follows. */
  content(bytes: Buffer): boolean
  end(trailers: Fields): void
  flush(): void
  /** No answer came of it, and the client has seen none yet. */
  fail(failure: Failure): void
  /** The answer the client is reading cannot be finished. */
  breakOff(): void
  switchTo(head: ResponseHead, channel: Channel, rest: Buffer): void
}

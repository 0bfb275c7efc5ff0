/**
 * What stands behind an upstream connection and in front of a downstream one: the two interfaces between which an exchange runs.
 * HTTP/1.1, HTTP/2 and FastCGI differ only behind them. Calls return false to say "pause": the bytes given are still needed.
 */
import type { Failure } from '../../causes/failure.ts'
import type { Fields, ResponseHead } from '../../http/message.ts'
import type { Channel } from '../../net/channel.ts'

/** Takes the answer of one attempt. A connection calls it from inside one read; nothing comes after `onEnd` or `onFailure`. */
export interface Sink {
  /** 100 or 103: another head follows. */
  onInform(head: ResponseHead): void
  /**
   * `isWhole`: the body is here already, all of it, and follows within this call stack. True in return asks the connection to keep
   * a body of declared length until it is whole, and give it in one piece; `onHoldEnd` says that it cannot.
   */
  onHead(head: ResponseHead, isWhole: boolean): boolean
  onHoldEnd(): void
  onContent(bytes: Buffer): boolean
  onEnd(trailers: Fields): void
  onFailure(failure: Failure): void
  /** Everything that came with one read has been handed on. */
  onPause(): void
  /** 101: the channel and what was read behind the head now belong to the sink. */
  onSwitch(head: ResponseHead, channel: Channel, rest: Buffer): void
}

/** Takes the answer that the client gets. `hop`: lines of this gateway's own, each ended by CRLF. */
export interface Downstream {
  inform(head: ResponseHead): void
  /** Nothing is sent before the first content, `end()` or `flush()`, so that a small answer leaves in one piece. */
  head(head: ResponseHead, hop: string): void
  content(bytes: Buffer): boolean
  end(trailers: Fields): void
  flush(): void
  /** An answer of the gateway's own, whole. */
  answer(status: number, fields: Fields, body: Buffer, hop: string): void
  /** The answer cannot be finished: the client must not take what it has for the whole. */
  reset(): void
  switchTo(head: ResponseHead, hop: string, upstream: Channel, rest: Buffer): void
  /** The exchange is over and recorded. */
  next(): void
}

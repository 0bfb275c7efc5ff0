/**
 * One HTTP/1.1 connection to an endpoint: sends a request, reads its answer, is reused. RFC 9112 as a client.
 * It knows no retries and no clients: what happens goes to a sink, a failure with what the wire proves about it.
 */
import type { CauseId } from '../../causes/catalogue.ts'
import { failure, type Phase } from '../../causes/failure.ts'
import { type Fields, type RequestHead, ResponseHead } from '../../http/message.ts'
import type { Channel, ChannelOwner } from '../../net/channel.ts'
import { BodyReader } from '../../wire/h1/body-reader.ts'
import { INCOMPLETE, REFUSED } from '../../wire/h1/field-scanner.ts'
import { HEX } from '../../wire/h1/grammar.ts'
import { ResponseHeadParser } from '../../wire/h1/response-head.ts'
import { fieldText } from '../../wire/h1/write-head.ts'
import type { Attempt } from '../exchange/attempt.ts'
import type { BodyWriter, RequestBody } from '../exchange/request-body.ts'
import type { Sink } from '../exchange/sink.ts'
import { recognise } from './foreign-protocol.ts'
import type { Pool } from './pool.ts'
import { excerptOf, type Facts, factsOf, replayOf } from './wire-fact.ts'

const parser = new ResponseHeadParser()

export class H1Connection implements ChannelOwner, BodyWriter {
  readonly #pool: Pool
  #channel: Channel | null = null
  readonly #head = new ResponseHead()
  readonly #reader = new BodyReader()
  #sink: Sink | null = null
  #attempt: Attempt | null = null
  #body: RequestBody | null = null
  #isHeadRequest = false
  /** The protocols that the request asks to switch to, or ''. */
  #upgrade = ''
  #isChunkedRequest = false
  #isRequestSent = false
  #isHeadDone = false
  #isPinned = false
  /** What the channel reads into. */
  #buffer: Buffer
  /** Where in the buffer a held body begins and ends so far; -1 when none is held. */
  #holdFrom = -1
  #holdTo = 0
  /** The start of a head that came in pieces. */
  #early: Buffer | null = null
  /** Requests served. */
  served = 0
  /** Monotonic milliseconds since when it is idle. */
  idleSince = 0
  isIdle = false
  /** Monotonic milliseconds since when the last request is sent: the server cannot take it for idle any longer than that. */
  sentAt = 0

  constructor(pool: Pool) {
    this.#pool = pool
    this.#buffer = Buffer.allocUnsafeSlow(pool.bufferBytes)
  }

  /** What the channel is to read into. */
  get buffer(): Buffer {
    return this.#buffer
  }

  /** The channel it runs on; given once, when it is connected. */
  attach(channel: Channel): void {
    this.#channel = channel
  }

  /** `head` is the request's head as text; the body follows as it comes. */
  send(attempt: Attempt, head: string, body: RequestBody, request: RequestHead, sink: Sink): void {
    const channel = this.#channel as Channel
    this.#sink = sink
    this.#attempt = attempt
    this.#isHeadRequest = request.method === 'HEAD'
    this.#upgrade = request.upgrade
    this.#isChunkedRequest = request.isChunked
    this.#isHeadDone = false
    this.#holdFrom = -1
    this.#early = null
    attempt.phase = 'send-head'
    attempt.isReused = this.served > 0
    attempt.bytesSent = head.length
    if (body.isEnded && body.bytes === 0 && !request.isChunked) {
      this.#isRequestSent = true
      attempt.phase = 'await-head'
      channel.writeText(head)
      if (channel.writeError !== null) this.#onFirstWriteError(channel, attempt)
    } else this.#sendWithBody(channel, head, body, attempt)
  }

  /** The sink can take content again. */
  resume(): void {
    if (!this.#isPinned) return
    this.#isPinned = false
    this.#channel?.resume()
  }

  /** Ends the attempt without an outcome: the client left, or another answer is wanted. Only a new connection is as good as new. */
  abandon(): void {
    this.#sink = null
    this.#body?.detach()
    this.#body = null
    this.#channel?.destroy()
  }

  close(): void {
    this.#channel?.destroy()
  }

  writeContent(bytes: Buffer): boolean {
    const channel = this.#channel as Channel
    const attempt = this.#attempt as Attempt
    attempt.bytesSent += bytes.length
    const isTaken = this.#isChunkedRequest ? channel.writeFramed(`${bytes.length.toString(16)}\r\n`, bytes, '\r\n') : channel.write(bytes)
    if (channel.writeError !== null) this.#onWriteError(channel)
    return isTaken
  }

  endContent(trailers: Fields): void {
    this.#isRequestSent = true
    if (this.#isChunkedRequest) (this.#channel as Channel).writeText(`0\r\n${fieldText(trailers)}\r\n`)
    const attempt = this.#attempt as Attempt
    if (attempt.phase === 'send-body' || attempt.phase === 'send-head') attempt.phase = 'await-head'
    attempt.sentAt = this.#pool.clock.now()
    this.#body = null
  }

  onDrain(): void {
    this.#body?.resume()
  }

  onBytes(bytes: Buffer, length: number): void {
    const sink = this.#sink
    if (sink === null) return this.#onUnasked()
    const attempt = this.#attempt as Attempt
    // Everything that follows from this read happens now.
    this.#pool.clock.now()
    attempt.bytesReceived += length
    if (this.#holdFrom >= 0) return this.#hold(bytes, 0, length)
    let at = 0
    let end = length
    let source = bytes
    if (!this.#isHeadDone) {
      if (this.#early !== null) {
        source = Buffer.concat([this.#early, bytes.subarray(0, length)])
        this.#early = null
        end = source.length
      }
      at = this.#readHeads(source, end)
      if (at < 0) return
      if (this.#holdFrom >= 0) return this.#hold(source, at, end)
    }
    if (at < end) {
      at = this.#reader.read(source, at, end, this)
      if (this.#reader.isBroken) return this.#failBody()
    }
    if (this.#reader.isDone && this.#isHeadDone) return this.#finish(end - at)
    this.#sink?.onPause()
  }

  /** Called by the body reader. */
  onContent(bytes: Buffer): void {
    const sink = this.#sink
    if (sink === null || sink.onContent(bytes)) return
    this.#isPinned = true
    this.#channel?.pause()
  }

  onEnd(): void {
    if (this.#sink === null) {
      if (this.isIdle) this.#pool.onIdleClosed(this)
      this.#channel?.destroy()
      return
    }
    if (this.#isHeadDone && this.#reader.isUntilClose) return this.#finish(0)
    this.#fail(this.#isHeadDone ? 'truncated-body' : this.#causeOfClose('closed-before-response'), null)
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    this.#pool.onGone()
    if (this.isIdle) this.#pool.onIdleClosed(this)
    if (this.#sink !== null) this.#fail(this.#isHeadDone ? 'truncated-body' : this.#causeOfClose('reset-before-response'), error)
  }

  #sendWithBody(channel: Channel, head: string, body: RequestBody, attempt: Attempt): void {
    const whole = this.#isChunkedRequest ? null : body.whole()
    if (whole !== null) {
      this.#isRequestSent = true
      attempt.phase = 'await-head'
      attempt.bytesSent += whole.length
      const both = body.wholeWith(head)
      const isTaken = both === null ? channel.writeBoth(head, whole) : channel.write(both)
      if (!isTaken) body.lend()
      if (channel.writeError !== null) this.#onFirstWriteError(channel, attempt)
      return
    }
    this.#isRequestSent = false
    this.#body = body
    channel.writeText(head)
    if (channel.writeError !== null) return this.#onFirstWriteError(channel, attempt)
    attempt.phase = 'send-body'
    body.attach(this)
  }

  /** Reads heads until the one that ends it all: 1xx before it are handed on. Returns where content begins, -1 to stop. */
  #readHeads(bytes: Buffer, end: number): number {
    let at = 0
    for (;;) {
      const next = this.#parseHead(bytes, at, end)
      if (next === REFUSED) return REFUSED
      if (next === INCOMPLETE) {
        this.#early = Buffer.from(bytes.subarray(at, end))
        return REFUSED
      }
      const head = this.#head
      if (head.status === 101) return this.#switch(bytes.subarray(next, end))
      if (head.status >= 200) {
        this.#beginBody(head, bytes, next, end)
        // The sink may have ended the attempt over what the head says.
        return this.#sink === null ? REFUSED : next
      }
      this.#sink?.onInform(head)
      at = next
      if (at === end || this.#sink === null) return REFUSED
    }
  }

  #parseHead(bytes: Buffer, at: number, end: number): number {
    const next = parser.parse(bytes, at, end, this.#head)
    if (next !== REFUSED) return next
    const foreign = recognise(bytes.subarray(at, end))
    const facts = { rule: parser.fault.rule, first_bytes: excerptOf(bytes, at, end), protocol: foreign?.protocol }
    this.#fail(foreign?.cause ?? parser.fault.cause, null, facts)
    return REFUSED
  }

  #beginBody(head: ResponseHead, bytes: Buffer, at: number, end: number): void {
    const reader = this.#reader
    const attempt = this.#attempt as Attempt
    this.#isHeadDone = true
    attempt.answeredAt = this.#pool.clock.recent()
    attempt.status = head.status
    attempt.phase = 'receive-body'
    if (head.keepAliveMs > 0) this.#pool.idleLimit.announce(head.keepAliveMs)
    if (attempt.isReused) this.#pool.idleLimit.prove(attempt.idleMs)
    if (this.#isHeadRequest || head.status === 204 || head.status === 304) reader.beginNone()
    else if (head.isChunked) {
      // Seen before the head has gone on, it can still become an answer that says so: an app that forgot to write chunks.
      if (at < end && HEX[bytes[at] as number] !== 1) return this.#fail('malformed-response', null, { rule: 'chunk-size' })
      reader.beginChunked()
    } else if (head.length >= 0) reader.beginLength(head.length)
    else reader.beginUntilClose()
    const isWhole = reader.isDone || (head.length >= 0 && end - at >= head.length)
    const isHeld = (this.#sink as Sink).onHead(head, isWhole)
    if (!isHeld || isWhole || this.#sink === null) return
    // Held where it was read, so that nothing need be copied; a head that came in pieces was put together elsewhere.
    const from = bytes.buffer === this.#buffer.buffer ? at : 0
    if (from + head.length <= this.#buffer.length) this.#holdFrom = this.#holdTo = from
    else this.#sink.onHoldEnd()
  }

  /** Reads on behind what is held, until the body is whole. */
  #hold(bytes: Buffer, start: number, end: number): void {
    const buffer = this.#buffer
    const length = Math.min(end - start, this.#head.length - (this.#holdTo - this.#holdFrom))
    const isInPlace = bytes.buffer === buffer.buffer && bytes.byteOffset + start === buffer.byteOffset + this.#holdTo
    if (!isInPlace) bytes.copy(buffer, this.#holdTo, start, start + length)
    this.#holdTo += length
    if (this.#holdTo - this.#holdFrom < this.#head.length) return this.#channel?.switchBuffer(buffer.subarray(this.#holdTo))
    const surplus = end - start - length
    this.#reader.beginNone()
    this.#channel?.switchBuffer(buffer)
    this.#giveHeld()
    this.#finish(surplus)
  }

  /** The sink will not wait for the whole: what is here goes on, the rest follows as it comes. */
  endHold(): void {
    if (this.#holdFrom < 0) return
    this.#reader.beginLength(this.#head.length - (this.#holdTo - this.#holdFrom))
    this.#giveHeld()
    // The next read still goes behind what was held; from then on there is a buffer nobody needs.
    this.#renewBuffer()
  }

  #giveHeld(): void {
    const held = this.#buffer.subarray(this.#holdFrom, this.#holdTo)
    this.#holdFrom = -1
    if (held.length > 0) this.onContent(held)
  }

  #renewBuffer(): void {
    this.#buffer = Buffer.allocUnsafeSlow(this.#pool.bufferBytes)
    this.#channel?.switchBuffer(this.#buffer)
  }

  #switch(rest: Buffer): number {
    const sink = this.#sink as Sink
    const channel = this.#channel as Channel
    if (this.#upgrade === '') {
      this.#fail('malformed-response', null, { rule: 'unasked-101' })
      return REFUSED
    }
    // RFC 9110 §7.8: a server switches to nothing that it was not asked for.
    if (!isOffered(this.#head.upgrade, this.#upgrade)) {
      const rule = this.#head.upgrade === '' ? '101-without-upgrade' : '101-to-another-protocol'
      this.#fail('upgrade-failed', null, { rule })
      return REFUSED
    }
    this.#sink = null
    this.#isHeadDone = true
    sink.onSwitch(this.#head, channel, rest)
    return REFUSED
  }

  /** The answer is complete. `surplus` bytes behind it belong to nothing that was asked. */
  #finish(surplus: number): void {
    const sink = this.#sink as Sink
    const attempt = this.#attempt as Attempt
    this.#sink = null
    attempt.surplusBytes = surplus
    const isReusable = this.#head.isKeepAlive && this.#isRequestSent && surplus === 0 && !this.#reader.isUntilClose
    this.served++
    this.sentAt = attempt.sentAt
    if (isReusable) {
      if (this.#isPinned) {
        // The client's socket still needs what was read: leave it that buffer.
        this.#isPinned = false
        this.#renewBuffer()
        this.#channel?.resume()
      }
      this.#pool.put(this)
    } else {
      this.#body?.detach()
      this.#body = null
      this.#channel?.destroy()
    }
    sink.onEnd(this.#reader.trailers)
  }

  #failBody(): void {
    const facts = { rule: this.#reader.fault, received_bytes: (this.#attempt as Attempt).bytesReceived }
    this.#fail('malformed-response', null, facts)
  }

  /** Bytes nobody asked for on an idle connection: it cannot be trusted with another request. */
  #onUnasked(): void {
    if (this.isIdle) this.#pool.onIdleClosed(this)
    this.#channel?.destroy()
  }

  /** The server stopped reading. It may have answered first, and that answer says more than the error: look before the socket goes. */
  #onWriteError(channel: Channel): void {
    for (let rest = channel.readLast(); rest !== null && this.#sink !== null; rest = channel.readLast()) this.onBytes(rest, rest.length)
    if (this.#sink !== null && !this.#isHeadDone) this.#fail(this.#causeOfClose('request-write-failed'), channel.writeError)
  }

  /** The kernel took nothing of the request: whatever its method, it may be sent again. */
  #onFirstWriteError(channel: Channel, attempt: Attempt): void {
    attempt.bytesSent = 0
    this.#onWriteError(channel)
  }

  #causeOfClose(otherwise: CauseId): CauseId {
    const attempt = this.#attempt as Attempt
    if (attempt.bytesReceived > 0) return 'closed-before-response'
    if (attempt.isReused) return 'keepalive-race'
    return this.#isRequestSent ? otherwise : 'request-write-failed'
  }

  #fail(cause: CauseId, error: NodeJS.ErrnoException | null, facts: Facts = {}): void {
    const sink = this.#sink as Sink
    const attempt = this.#attempt as Attempt
    const now = this.#pool.clock.now()
    this.#sink = null
    this.#body?.detach()
    this.#body = null
    if (cause === 'keepalive-race') this.#pool.idleLimit.learnClose(now, attempt.idleMs)
    const expectedBytes = this.#isHeadDone ? this.#head.length : -1
    // Of this answer, or of the one before on this connection.
    const server = this.#head.server || undefined
    const proof = { ...facts, ...factsOf(attempt, now, expectedBytes, error), server }
    const outcome = failure(cause, this.#phaseOf(cause), replayOf(cause, attempt), proof, error)
    this.#channel?.destroy()
    sink.onFailure(outcome)
  }

  #phaseOf(cause: CauseId): Phase {
    if (this.#isHeadDone) return 'receive-body'
    return cause === 'request-write-failed' ? 'send-body' : (this.#attempt as Attempt).phase
  }
}

function isOffered(protocol: string, offer: string): boolean {
  const names = offer.split(',').map((name) => name.trim().toLowerCase())
  return protocol !== '' && names.includes(protocol.trim().toLowerCase())
}

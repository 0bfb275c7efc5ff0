/**
 * One client's HTTP/1.1 connection: reads its requests one after the other, writes their answers in order, keeps it alive or
 * closes it so that nothing is lost. RFC 9112 as a server. What happens to a request is the pipeline's business.
 */
import { type Failure, failure } from '../../causes/failure.ts'
import type { Fields, RequestHead, ResponseHead } from '../../http/message.ts'
import type { Accepted } from '../../net/acceptor.ts'
import { plainAddress } from '../../net/address.ts'
import { acceptChannel, type Channel, type ChannelOwner } from '../../net/channel.ts'
import { Deadline } from '../../std/deadline.ts'
import { BodyReader } from '../../wire/h1/body-reader.ts'
import { INCOMPLETE, REFUSED } from '../../wire/h1/field-scanner.ts'
import { CR, LF, skipEmptyLines } from '../../wire/h1/grammar.ts'
import type { Context } from '../context.ts'
import { Hop } from '../hop.ts'
import type { Client, Pipeline } from '../pipeline.ts'
import { AnswerWriter } from './answer-writer.ts'
import { Linger } from './linger.ts'
import { Tenure } from './tenure.ts'
import { Tunnel } from './tunnel.ts'

const UPLOAD_BUFFER_BYTES = 64 * 1024
const PIPELINED_BYTES_MAX = 16 * 1024
/** So many empty lines before a request line are no attack. */
const EMPTY_LINES_MAX = 4

type State = 'head' | 'busy' | 'closing' | 'tunnel' | 'closed'

export type H1DownstreamOptions = {
  readonly context: Context
  readonly accepted: Accepted
  /** Read into by all connections that are between requests. */
  readonly sharedBuffer: Buffer
  readonly onClosed: (connection: H1Downstream) => void
}

export class H1Downstream implements ChannelOwner, Client {
  readonly hop: Hop
  readonly #context: Context
  readonly #channel: Channel
  readonly #sharedBuffer: Buffer
  readonly #onClosed: (connection: H1Downstream) => void
  readonly #reader = new BodyReader()
  readonly #writer: AnswerWriter
  readonly #deadline: Deadline
  /** From the first byte of a request to its record; a connection between requests needs none. */
  #pipeline: Pipeline | null = null
  #state: State = 'head'
  /** When the head now being read began. */
  #beganAt: number
  readonly #tenure: Tenure
  /** Bytes that came too early, or the start of a head. */
  #pending: Buffer | null = null
  #isLooping = false
  #isHeadBegun = false
  #emptyLines = 0
  #isPrivateBuffer = false
  #isBodyPaused = false
  #tunnel: Tunnel | null = null

  constructor(options: H1DownstreamOptions) {
    const { context } = options
    this.#context = context
    this.#sharedBuffer = options.sharedBuffer
    this.#onClosed = options.onClosed
    this.#beganAt = context.clock.now()
    this.#tenure = new Tenure(this.#beganAt)
    this.#channel = acceptChannel(this, options.sharedBuffer, options.accepted)
    this.#writer = new AnswerWriter(this.#channel)
    const address = plainAddress(this.#channel.remoteAddress)
    this.hop = new Hop({ address, isTrusted: context.site.isTrusted(address) })
    this.#deadline = new Deadline(context.wheel, context.clock, () => this.#expired())
    this.#deadline.set(this.#beganAt, context.site.limits.headerMs)
  }

  /** It could be told to go, and nobody would miss it. */
  get isIdle(): boolean {
    return this.#state === 'head' && this.#pending === null && !this.#tenure.isDraining
  }

  get isWebSocket(): boolean {
    return this.#tunnel?.isWebSocket === true
  }

  /** Ends it with the next answer, or after a moment without a request. A WebSocket is told to connect again in `delayMs`. */
  drain(delayMs: number): void {
    const now = this.#context.clock.now()
    if (this.isIdle) this.#deadline.set(now, this.#tenure.patienceMs(now))
    this.#tenure.isDraining = true
    this.#tunnel?.drain(delayMs)
  }

  /** Its next answer is its last one, whenever that is wanted. False where it was so already. */
  retire(): boolean {
    const { isRetired, isDraining } = this.#tenure
    this.#tenure.isRetired = true
    return !isRetired && !isDraining && this.#tunnel === null
  }

  /** The exchange in flight has had its time: it fails with `outcome`, which is answered if nothing was yet. */
  expel(outcome: Failure): void {
    this.#tenure.isDraining = true
    if (this.#state === 'busy') this.#pipeline?.abort(outcome)
  }

  destroy(): void {
    this.#channel.destroy()
  }

  // ── what comes from the client ──

  onBytes(bytes: Buffer, length: number): void {
    if (this.#state === 'head') return this.#readRequests(bytes, 0, length)
    if (this.#state !== 'busy') return
    if (this.#reader.isDone) this.#keepForLater(bytes, 0, length)
    else this.#readBody(bytes, 0, length)
  }

  onDrain(): void {
    if (this.#state === 'busy') this.#pipeline?.resume()
    else if (this.#state === 'head') this.#channel.resume()
  }

  /** FIN. A client that closed and one that only finished sending look alike; like nginx we take it that nobody waits any more. */
  onEnd(): void {
    if (this.#state === 'busy') this.#clientGone(null)
    else this.#channel.destroy()
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    if (this.#state === 'busy') this.#clientGone(error)
    this.#state = 'closed'
    this.#deadline.cancel()
    this.#givePipeline()
    this.#onClosed(this)
  }

  pauseBody(): void {
    if (this.#state !== 'busy') return
    this.#isBodyPaused = true
    this.#channel.pause()
  }

  resumeBody(): void {
    if (!this.#isBodyPaused) return
    this.#isBodyPaused = false
    this.#armBodyIdle()
    this.#channel.resume()
  }

  // ── what goes to the client ──

  inform(head: ResponseHead): void {
    this.#writer.inform(head, this.#request)
  }

  head(head: ResponseHead, hop: string): void {
    this.#writer.head(head, this.#request, hop, !this.#mayKeepAlive(head.status))
  }

  content(bytes: Buffer): boolean {
    return this.#writer.content(bytes)
  }

  end(trailers: Fields): void {
    this.#writer.end(trailers)
  }

  flush(): void {
    this.#writer.flush()
  }

  answer(status: number, fields: Fields, body: Buffer, hop: string): void {
    this.#writer.whole(status, fields, body, this.#request, hop, !this.#reader.isDone || !this.#mayKeepAlive(status))
  }

  reset(): void {
    this.#state = 'closing'
    this.#channel.reset()
  }

  switchTo(head: ResponseHead, hop: string, upstream: Channel, rest: Buffer): void {
    this.#state = 'tunnel'
    this.#deadline.cancel()
    const pipeline = this.#pipeline as Pipeline
    const onClosed = (bytesIn: number, bytesOut: number): void => {
      pipeline.finishTunnel(bytesIn, bytesOut)
      this.#givePipeline()
      this.#onClosed(this)
    }
    this.#tunnel = new Tunnel({ context: this.#context, downstream: this.#channel, upstream, idleMs: pipeline.tunnelMs, onClosed })
    this.#tunnel.begin(head, hop, rest, this.#pending)
    if (this.#tenure.isDraining) this.#tunnel.drain(0)
    this.#pending = null
  }

  /** The exchange is over and recorded: the next one, or the end. */
  next(): void {
    if (this.#state === 'closed' || this.#state === 'closing') return
    if (this.#writer.isLast || !this.#reader.isDone) return this.#close()
    this.#state = 'head'
    this.#givePipeline()
    const now = this.#context.clock.recent()
    this.#beganAt = now
    this.#deadline.set(now, this.#tenure.waitMs(now, this.#context.site.limits))
    if (this.#isBodyPaused) {
      this.#isBodyPaused = false
      this.#channel.resume()
    }
    // A client that does not take its answers gets no further ones.
    if (!this.#channel.isFlushed) this.#channel.pause()
    if (this.#pending !== null && !this.#isLooping) this.#readPending()
  }

  // ── reading ──

  #readPending(): void {
    const pending = this.#pending as Buffer
    this.#pending = null
    this.#channel.resume()
    this.#readRequests(pending, 0, pending.length)
  }

  /** One request after the other, as long as each is answered at once and another one is here. */
  #readRequests(bytes: Buffer, start: number, end: number): void {
    let source = bytes
    let at = start
    let stop = end
    if (this.#pending !== null) {
      const isLineComplete = bytes.subarray(start, end).includes(LF)
      source = Buffer.concat([this.#pending, bytes.subarray(start, end)])
      at = 0
      stop = source.length
      this.#pending = null
      if (!isLineComplete && stop <= this.#context.site.limits.headBytesMax) return this.#keepForLater(source, 0, stop)
    }
    this.#isLooping = true
    while (at < stop && this.#state === 'head') at = this.#readRequest(source, at, stop)
    this.#isLooping = false
    if (at < stop && (this.#state === 'busy' || this.#state === 'tunnel')) this.#keepForLater(source, at, stop)
  }

  /** Reads a head, and as much of its body as is here. Returns the offset behind it. */
  #readRequest(bytes: Buffer, start: number, end: number): number {
    const at = bytes[start] === CR ? skipEmptyLines(bytes, start, end, EMPTY_LINES_MAX - this.#emptyLines) : start
    this.#emptyLines += (at - start) / 2
    if (at === end) return end
    const pipeline = this.#takePipeline()
    const { parser } = this.#context.site
    parser.isPeerTrusted = this.hop.peer.isTrusted
    const next = parser.parse(bytes, at, end, pipeline.exchange.request)
    const now = this.#context.clock.now()
    if (next === INCOMPLETE || (at + 1 === end && bytes[at] === CR && this.#emptyLines < EMPTY_LINES_MAX)) {
      this.#pending = Buffer.from(bytes.subarray(at, end))
      // The time for a head runs from its first byte, however many pieces follow.
      if (this.#tenure.served > 0 && !this.#isHeadBegun) {
        this.#beganAt = now
        this.#deadline.set(now, this.#context.site.limits.headerMs)
      }
      this.#isHeadBegun = true
      return end
    }
    if (this.#tenure.served > 0 && !this.#isHeadBegun) this.#beganAt = now
    this.#isHeadBegun = false
    this.#emptyLines = 0
    this.#tenure.served++
    this.#state = 'busy'
    this.#tenure.isLost = next === REFUSED
    if (next === REFUSED) {
      this.#reader.beginUntilClose()
      pipeline.reject(parser.failure as Failure, this.#beganAt, now)
      return end
    }
    return this.#beginExchange(pipeline, bytes, next, end, now)
  }

  #beginExchange(pipeline: Pipeline, bytes: Buffer, at: number, end: number, now: number): number {
    const { request } = pipeline.exchange
    this.#deadline.clear()
    if (request.isChunked) this.#reader.beginChunked()
    else if (request.length > 0) this.#reader.beginLength(request.length)
    else {
      this.#reader.beginNone()
      if (pipeline.begin(this.#beganAt, now)) pipeline.run()
      return at
    }
    if (!pipeline.begin(this.#beganAt, now)) return end
    const next = this.#readContent(bytes, at, end)
    if (!this.#reader.isDone && this.#isRunning) {
      this.#isPrivateBuffer = true
      this.#channel.switchBuffer(Buffer.allocUnsafeSlow(UPLOAD_BUFFER_BYTES))
      this.#armBodyIdle()
    }
    if (this.#isRunning) pipeline.run()
    return next
  }

  #readBody(bytes: Buffer, start: number, end: number): void {
    const at = this.#readContent(bytes, start, end)
    if (!this.#isRunning) return
    if (!this.#reader.isDone) {
      if (!this.#isBodyPaused) this.#armBodyIdle()
      return
    }
    this.#deadline.clear()
    if (at < end) this.#keepForLater(bytes, at, end)
  }

  /** Hands content to the pipeline and closes the body when it is complete. Returns the offset behind what was used. */
  #readContent(bytes: Buffer, start: number, end: number): number {
    const at = this.#reader.read(bytes, start, end, this)
    if (this.#reader.isBroken) {
      this.#tenure.isLost = true
      this.#pipeline?.abort(failure('request-framing', 'receive', 'never', { rule: this.#reader.fault }))
    } else if (this.#reader.isDone && this.#isRunning) {
      if (this.#isPrivateBuffer) {
        this.#isPrivateBuffer = false
        this.#channel.switchBuffer(this.#sharedBuffer)
      }
      this.#pipeline?.body.end(this.#reader.trailers)
    }
    return at
  }

  /** Called by the body reader. */
  onContent(bytes: Buffer): void {
    if (this.#isRunning) this.#pipeline?.receive(bytes, !this.#isPrivateBuffer)
  }

  /** What comes while an exchange is in flight waits for its end. So much is read all the same, to see whether the client leaves. */
  #keepForLater(bytes: Buffer, start: number, end: number): void {
    const piece = Buffer.from(bytes.subarray(start, end))
    this.#pending = this.#pending === null ? piece : Buffer.concat([this.#pending, piece])
    if (this.#state === 'busy' && this.#pending.length >= PIPELINED_BYTES_MAX) this.#channel.pause()
  }

  // ── beginning and end ──

  #takePipeline(): Pipeline {
    this.#pipeline ??= this.#context.pipelines.take(this)
    return this.#pipeline
  }

  #givePipeline(): void {
    if (this.#pipeline === null) return
    this.#context.pipelines.give(this.#pipeline)
    this.#pipeline = null
  }

  get #isRunning(): boolean {
    return this.#pipeline?.isRunning === true
  }

  get #request(): RequestHead {
    return this.#takePipeline().exchange.request
  }

  #mayKeepAlive(status: number): boolean {
    const { site, pressure } = this.#context
    if (!this.#request.isKeepAlive || this.#tenure.isOver(site.limits) || pressure.isCrowded) return false
    // The client may not send the rest of a body that it knows to be refused.
    return this.#reader.isDone || status < 400
  }

  #close(): void {
    this.#state = 'closing'
    this.#pending = null
    this.#deadline.cancel()
    new Linger({ channel: this.#channel, context: this.#context, onClosed: () => this.onClose(null) })
  }

  #clientGone(error: NodeJS.ErrnoException | null): void {
    const elapsedMs = Math.round(this.#context.clock.now() - this.#beganAt)
    this.#pipeline?.abort(failure('client-closed', 'relay', 'never', { elapsed_ms: elapsedMs, code: error?.code }, error))
  }

  #armBodyIdle(): void {
    const now = this.#context.clock.now()
    if (this.#pipeline !== null) this.#pipeline.body.progressAt = now
    this.#deadline.set(now, this.#context.site.limits.bodyIdleMs)
  }

  #expired(): void {
    const now = this.#context.clock.now()
    const { limits } = this.#context.site
    if (this.#state === 'busy') {
      if (this.#isBodyPaused || this.#reader.isDone) return
      this.#tenure.isLost = true
      return this.#pipeline?.abort(failure('request-body-timeout', 'receive', 'never', { limit_ms: limits.bodyIdleMs }))
    }
    if (this.#state !== 'head') return
    // Nobody began a request: nobody needs an answer.
    if (this.#pending === null) return this.#close()
    this.#state = 'busy'
    this.#tenure.isLost = true
    this.#request.reset()
    this.#reader.beginUntilClose()
    this.#takePipeline().reject(failure('request-header-timeout', 'receive', 'never', { limit_ms: limits.headerMs }), this.#beganAt, now)
  }
}

/**
 * A second attempt at another endpoint while the first is silent for unusually long: whichever is answered first is the answer.
 * Until its head comes it keeps to itself; from then on, or when the first attempt fails, all it gets goes to the retry loop.
 */
import type { Failure } from '../causes/failure.ts'
import type { Fields, RequestHead, ResponseHead } from '../http/message.ts'
import type { Channel } from '../net/channel.ts'
import type { Dialing } from '../net/dial.ts'
import type { Clock } from '../std/clock.ts'
import { Attempt } from './exchange/attempt.ts'
import type { RequestBody } from './exchange/request-body.ts'
import type { Sink } from './exchange/sink.ts'
import { isBlameless } from './judge.ts'
import type { H1Connection } from './pool/h1-connection.ts'
import type { Endpoint } from './upstream/endpoint.ts'

export interface HedgeOwner {
  /** It is answered, and the first attempt is not: it counts from now on, and `sink` gets the head next. */
  onHedgeAnswer(hedge: Hedge): void
  /** It came to nothing. */
  onHedgeFailure(): void
}

export type HedgeOptions = {
  readonly owner: HedgeOwner
  readonly sink: Sink
  readonly endpoint: Endpoint
  /** Empty and ended. */
  readonly body: RequestBody
  readonly request: RequestHead
  readonly clock: Clock
}

export class Hedge implements Sink {
  readonly attempt = new Attempt()
  readonly #options: HedgeOptions
  #text = ''
  #connection: H1Connection | null = null
  #dialing: Dialing | null = null
  #isAdopted = false

  constructor(options: HedgeOptions) {
    this.#options = options
    this.attempt.ordinal = 2
  }

  get connection(): H1Connection | null {
    return this.#connection
  }

  /** `text`: the request's head. */
  begin(now: number, text: string): void {
    const { attempt } = this
    const { endpoint } = this.#options
    this.#text = text
    attempt.endpoint = endpoint
    attempt.beganAt = now
    attempt.phase = 'connect'
    endpoint.inflight++
    const connection = endpoint.pool.take(now, true)
    if (connection !== null) {
      attempt.idleMs = now - connection.idleSince
      return this.#send(connection, now)
    }
    this.#dialing = endpoint.pool.dial((outcome) => {
      this.#dialing = null
      if (!('kind' in outcome)) return this.#send(outcome, this.#options.clock.now())
      attempt.phase = outcome.phase
      this.onFailure(outcome)
    })
  }

  /** It is the exchange's attempt from now on. */
  adopt(): void {
    this.#isAdopted = true
  }

  /** It is not wanted any more. */
  cancel(now: number): void {
    this.stop()
    this.#end(now)
  }

  stop(): void {
    if (this.#dialing !== null) this.#options.endpoint.pool.cancel(this.#dialing)
    this.#dialing = null
    this.#connection?.abandon()
  }

  onInform(head: ResponseHead): void {
    if (this.#isAdopted) this.#options.sink.onInform(head)
  }

  onHead(head: ResponseHead, isWhole: boolean): boolean {
    const { owner, sink } = this.#options
    if (!this.#isAdopted) owner.onHedgeAnswer(this)
    return sink.onHead(head, isWhole)
  }

  onHoldEnd(): void {
    this.#options.sink.onHoldEnd()
  }

  onContent(bytes: Buffer): boolean {
    return this.#options.sink.onContent(bytes)
  }

  onEnd(trailers: Fields): void {
    this.#options.sink.onEnd(trailers)
  }

  onFailure(outcome: Failure): void {
    const { owner, sink, endpoint, clock } = this.#options
    if (this.#isAdopted) return sink.onFailure(outcome)
    const now = clock.now()
    if (!isBlameless(outcome.cause)) endpoint.observeFailure(now, now - this.attempt.beganAt, outcome)
    this.#end(now)
    owner.onHedgeFailure()
  }

  onPause(): void {
    if (this.#isAdopted) this.#options.sink.onPause()
  }

  onSwitch(head: ResponseHead, channel: Channel, rest: Buffer): void {
    const { owner, sink } = this.#options
    if (!this.#isAdopted) owner.onHedgeAnswer(this)
    sink.onSwitch(head, channel, rest)
  }

  #send(connection: H1Connection, now: number): void {
    const { body, request } = this.#options
    this.#connection = connection
    this.attempt.connectedAt = this.attempt.sentAt = now
    connection.send(this.attempt, this.#text, body, request, this)
  }

  #end(now: number): void {
    if (this.attempt.endedAt !== 0) return
    this.attempt.endedAt = now
    this.#options.endpoint.inflight--
  }
}

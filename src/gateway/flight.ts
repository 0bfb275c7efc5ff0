/**
 * What is under way for an exchange: an attempt with its connection, and sometimes a second one (a hedge). Knows no policy: what comes of
 * it goes to the retry loop.
 */
import type { Failure } from '../causes/failure.ts'
import type { Dialing } from '../net/dial.ts'
import type { Context } from './context.ts'
import { Attempt } from './exchange/attempt.ts'
import type { Exchange } from './exchange/exchange.ts'
import type { RequestBody } from './exchange/request-body.ts'
import type { Sink } from './exchange/sink.ts'
import { Hedge, type HedgeOwner } from './hedge.ts'
import { Mark } from './observe/mark.ts'
import type { H1Connection } from './pool/h1-connection.ts'
import type { Relay } from './relay.ts'
import type { Endpoint } from './upstream/endpoint.ts'
import type { Upstream } from './upstream/upstream.ts'

/** Hears of the attempt that counts. */
export interface FlightOwner extends Sink {
  /** The request goes out now. */
  onSend(attempt: Attempt, now: number): void
}

export class Flight implements HedgeOwner {
  readonly #context: Context
  readonly #exchange: Exchange
  readonly #body: RequestBody
  readonly #relay: Relay
  readonly #owner: FlightOwner
  readonly #first = new Attempt()
  readonly #onDialed = (outcome: H1Connection | Failure): void => this.#dialed(outcome)
  #upstream: Upstream | null = null
  #isIdempotent = true
  #connection: H1Connection | null = null
  #dialing: Dialing | null = null
  #hedge: Hedge | null = null
  /** The second attempt, when it has become the one that counts. */
  #adopted: Hedge | null = null

  constructor(options: { context: Context; exchange: Exchange; body: RequestBody; relay: Relay; owner: FlightOwner }) {
    this.#context = options.context
    this.#exchange = options.exchange
    this.#body = options.body
    this.#relay = options.relay
    this.#owner = options.owner
  }

  begin(upstream: Upstream, isIdempotent: boolean): void {
    this.#upstream = upstream
    this.#isIdempotent = isIdempotent
  }

  /** True when it found a connection that is open already; else it is being made. */
  launch(ordinal: number, endpoint: Endpoint, now: number): boolean {
    const exchange = this.#exchange
    const attempt = this.#record(ordinal, endpoint, now)
    exchange.marks[Mark.pick] = now
    endpoint.inflight++
    // A connection from the pool died under this request once: the others there may be as dead.
    const isPoolTrusted = exchange.earlier === null || exchange.earlier.at(-1)?.failure?.cause !== 'keepalive-race'
    const connection = isPoolTrusted ? endpoint.pool.take(now, this.#isIdempotent) : null
    if (connection === null) {
      attempt.phase = 'connect'
      this.#dialing = endpoint.pool.dial(this.#onDialed)
      return false
    }
    attempt.idleMs = now - connection.idleSince
    this.#send(connection, attempt, endpoint, now)
    return true
  }

  /** A second attempt at `endpoint`. The request has no body, and may be repeated. */
  hedge(endpoint: Endpoint, now: number): void {
    const { request } = this.#exchange
    const hedge = new Hedge({ owner: this, sink: this.#owner, endpoint, body: this.#body, request, clock: this.#context.clock })
    this.#hedge = hedge
    hedge.begin(now, this.#relay.requestText(this.#hostFor(endpoint), hedge.attempt.ordinal))
  }

  get isHedged(): boolean {
    return this.#hedge !== null
  }

  /** The attempt's answer is complete, or it failed, or goes on without being waited for. */
  land(now: number): void {
    const attempt = this.#exchange.attempt
    if (attempt === null || attempt.endedAt !== 0) return
    attempt.endedAt = now
    if (attempt.endpoint !== null) attempt.endpoint.inflight--
  }

  /** Ends the attempt, silently; a connection that is in the middle of something goes with it. */
  abort(now: number): void {
    this.land(now)
    this.#stop()
  }

  /** The same, for an attempt whose failure is still to be told. */
  abandon(): void {
    this.#stop()
  }

  /** The first attempt failed. True when a second one is under way: that is the attempt now. */
  promote(): boolean {
    if (this.#hedge === null) return false
    this.#adopt(this.#hedge)
    return true
  }

  /** The server's answer can go on. */
  resume(): void {
    this.#current?.resume()
  }

  /** What was held of the answer goes on, and the rest as it comes. */
  endHold(): void {
    this.#current?.endHold()
  }

  /** It is over; what the connection still does is no longer this exchange's. */
  clear(now: number): void {
    this.settle(now)
    this.#connection = this.#dialing = this.#adopted = null
  }

  onHedgeAnswer(hedge: Hedge): void {
    this.abort(this.#context.clock.now())
    this.#adopt(hedge)
  }

  onHedgeFailure(): void {
    this.#hedge = null
  }

  /** The attempt that counts was answered: another is not wanted any more. */
  settle(now: number): void {
    if (this.#hedge === null) return
    this.#hedge.cancel(now)
    this.#hedge = null
  }

  /** One object is used again and again for first attempts, which nearly all are. */
  #record(ordinal: number, endpoint: Endpoint, now: number): Attempt {
    let attempt = this.#first
    if (ordinal === 1) attempt.reset()
    else {
      this.#keepEarlier()
      attempt = new Attempt()
    }
    attempt.ordinal = ordinal
    attempt.endpoint = endpoint
    attempt.beganAt = now
    this.#exchange.attempt = attempt
    return attempt
  }

  #keepEarlier(): void {
    const exchange = this.#exchange
    if (exchange.attempt === null) return
    exchange.earlier ??= []
    exchange.earlier.push(exchange.attempt)
  }

  #dialed(outcome: H1Connection | Failure): void {
    const attempt = this.#exchange.attempt as Attempt
    const endpoint = attempt.endpoint as Endpoint
    this.#dialing = null
    if ('kind' in outcome) {
      attempt.phase = outcome.phase
      return this.#owner.onFailure(outcome)
    }
    const now = this.#context.clock.now()
    endpoint.observeConnected(now)
    this.#send(outcome, attempt, endpoint, now)
  }

  #send(connection: H1Connection, attempt: Attempt, endpoint: Endpoint, now: number): void {
    const { marks, request } = this.#exchange
    this.#connection = connection
    attempt.connectedAt = attempt.sentAt = now
    marks[Mark.connected] = marks[Mark.sent] = now
    this.#owner.onSend(attempt, now)
    connection.send(attempt, this.#relay.requestText(this.#hostFor(endpoint), attempt.ordinal), this.#body, request, this.#owner)
  }

  #hostFor(endpoint: Endpoint): string {
    const { host } = this.#exchange.request
    return (this.#upstream as Upstream).plan.isHostKept && host !== '' ? host : endpoint.authority
  }

  #adopt(hedge: Hedge): void {
    this.#hedge = null
    this.#keepEarlier()
    this.#exchange.attempt = hedge.attempt
    this.#connection = this.#dialing = null
    this.#adopted = hedge
    hedge.adopt()
  }

  #stop(): void {
    if (this.#dialing !== null) this.#exchange.attempt?.endpoint?.pool.cancel(this.#dialing)
    this.#dialing = null
    this.#connection?.abandon()
    this.#adopted?.stop()
    this.#connection = this.#adopted = null
  }

  get #current(): H1Connection | null {
    return this.#connection ?? this.#adopted?.connection ?? null
  }
}

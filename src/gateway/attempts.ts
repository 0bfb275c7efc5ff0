/**
 * ★ The only retry loop. Takes an exchange to an endpoint, and to another one while the wire, the method, the policy, the budget
 * and the deadline allow; what comes back goes to the client at once, or is held until it is whole where that is cheap.
 * One object serves one exchange at a time and is used again, so that a request that goes well allocates next to nothing.
 */
import { type Failure, failure, type Phase } from '../causes/failure.ts'
import { type Fields, isIdempotent, type ResponseHead } from '../http/message.ts'
import type { Channel } from '../net/channel.ts'
import type { Dialing } from '../net/dial.ts'
import { Deadline } from '../std/deadline.ts'
import type { Waiter } from './admit/gate.ts'
import type { Context } from './context.ts'
import { Attempt } from './exchange/attempt.ts'
import type { Exchange } from './exchange/exchange.ts'
import type { RequestBody } from './exchange/request-body.ts'
import type { Sink } from './exchange/sink.ts'
import { exceeded, idleFailure, lateFailure } from './expiry.ts'
import { Hedge, type HedgeOwner } from './hedge.ts'
import {
  failureOfAnswer,
  isBlameless,
  isElsewhereOnly,
  isOverload,
  isRefusingRetries,
  isRetried,
  isStatusBad,
  isStatusRetried,
  restMsOf,
} from './judge.ts'
import { Mark } from './observe/mark.ts'
import { speaksTls } from './pool/foreign-protocol.ts'
import type { H1Connection } from './pool/h1-connection.ts'
import type { Relay } from './relay.ts'
import { keyOf, stickyIdOf } from './upstream/affinity.ts'
import type { Endpoint } from './upstream/endpoint.ts'
import type { Held } from './upstream/hold.ts'
import type { Upstream } from './upstream/upstream.ts'

/** Full jitter between nothing and this, doubled for each further try at the same endpoint, up to the cap. */
const BACKOFF_MS = 25
const BACKOFF_MS_MAX = 250
/** Before it is looked again for an endpoint that is not full. */
const FULL_MS = 25

type Stage =
  | 'over'
  /** Behind the upstream's gate; until there is an endpoint; for one that is not full. */
  | 'queued'
  | 'held'
  | 'pausing'
  | 'connecting'
  | 'waiting'
  | 'keeping'
  | 'relaying'
  | 'discarding'
  | 'refused'

export class Attempts implements Sink, Waiter, Held, HedgeOwner {
  readonly exchange: Exchange
  readonly #context: Context
  readonly #body: RequestBody
  readonly #relay: Relay
  readonly #deadline: Deadline
  readonly #first = new Attempt()
  readonly #onDialed = (outcome: H1Connection | Failure): void => this.#dialed(outcome)
  #upstream: Upstream | null = null
  #connection: H1Connection | null = null
  #dialing: Dialing | null = null
  #hedge: Hedge | null = null
  #stage: Stage = 'over'
  /** The ordinal of the next attempt. */
  #next = 1
  #tried: Endpoint[] | null = null
  #isIdempotent = true
  /** It has passed the upstream's gate, and counts there. */
  #isInside = false
  /** When it first had to wait for an endpoint, or 0. */
  #heldAt = 0
  #totalAt = 0
  #lastAt = 0
  #isBlocked = false
  #keptHead: ResponseHead | null = null

  constructor(options: { context: Context; exchange: Exchange; body: RequestBody; relay: Relay }) {
    this.exchange = options.exchange
    this.#context = options.context
    this.#body = options.body
    this.#relay = options.relay
    this.#deadline = new Deadline(options.context.wheel, options.context.clock, () => this.#expired())
  }

  /** Begins the first attempt. The exchange's request is complete but for its body. */
  begin(upstream: Upstream): void {
    const now = this.#context.clock.recent()
    this.#upstream = upstream
    this.#tried = null
    this.#isIdempotent = isIdempotent(this.exchange.request.method)
    this.#totalAt = now + upstream.plan.timeouts.totalMs
    this.#heldAt = 0
    this.#next = 1
    upstream.budget.deposit(now)
    this.#enter(now)
  }

  /** The client has gone, or the gateway gives the exchange up: ends what is under way, silently. */
  cancel(): void {
    if (this.#stage === 'over') return
    const now = this.#context.clock.now()
    const upstream = this.#upstream as Upstream
    if (this.#stage === 'queued') upstream.gate.leave(this)
    if (this.#stage === 'held') upstream.loss.hold.leave(this)
    this.#endAttempt(now)
    this.#cancelDial()
    this.#connection?.abandon()
    this.#leaveGate(now, -1, true)
    this.#conclude()
  }

  /** The client can take more of the answer. */
  resume(): void {
    if (!this.#isBlocked) return
    this.#isBlocked = false
    this.#lastAt = this.#context.clock.now()
    this.#connection?.resume()
  }

  admitted(now: number): void {
    this.#isInside = true
    this.#attempt(now)
  }

  refused(outcome: Failure): void {
    this.#giveUp(outcome)
  }

  released(now: number): void {
    this.#enter(now)
  }

  onInform(head: ResponseHead): void {
    if (this.#stage === 'waiting') this.#relay.inform(head)
  }

  onHead(head: ResponseHead, isWhole: boolean): boolean {
    const exchange = this.exchange
    const upstream = this.#upstream as Upstream
    const attempt = exchange.attempt as Attempt
    const now = attempt.answeredAt
    exchange.marks[Mark.answer] = now
    if (this.#hedge !== null) this.#dropHedge()
    const { retry, hedge } = upstream.plan
    // One that answers "busy" at once must not look quick.
    if (isStatusBad(head.status, retry)) this.#observeBadAnswer(head, attempt, now)
    else attempt.endpoint?.observeAnswer(now, now - attempt.beganAt)
    if (hedge.isOn) upstream.slowness.observe(now - attempt.sentAt)
    this.#lastAt = now
    if (head.status >= 500 && this.#isTriedAgain(head, isWhole)) return false
    const isHoldable = !isWhole && retry.isHolding && head.length > 0 && head.length <= retry.holdBytesMax
    if (isHoldable || (isWhole && head.status === 400)) {
      this.#stage = 'keeping'
      this.#keptHead = head
      this.#deadline.set(now, retry.holdMs)
      return true
    }
    this.#stage = 'relaying'
    this.#relayHead(head)
    if (!isWhole) this.#deadline.set(now, this.#idleMs)
    // A stream is no work in progress: it may last for hours.
    if (this.#relay.isEventStream) this.#leaveGate(now, now - attempt.sentAt, true)
    return false
  }

  onHoldEnd(): void {
    this.#release()
    this.#deadline.set(this.#context.clock.recent(), this.#idleMs)
  }

  onContent(bytes: Buffer): boolean {
    this.#lastAt = this.#context.clock.recent()
    if (this.#stage === 'keeping' && !this.#isRefused(bytes)) this.#release()
    if (this.#stage !== 'relaying' || this.#relay.content(bytes)) return true
    this.#isBlocked = true
    return false
  }

  onEnd(trailers: Fields): void {
    const attempt = this.exchange.attempt as Attempt
    const now = this.#context.clock.recent()
    this.#endAttempt(now)
    if (this.#stage === 'discarding') return this.#tryAgain(attempt.failure as Failure)
    if (this.#stage === 'refused') return this.#giveUp(attempt.failure as Failure)
    if (this.#stage === 'keeping') this.#release()
    if (attempt.surplusBytes > 0) this.#recordSurplus(attempt)
    if (this.#isInside) this.#leaveGate(now, attempt.answeredAt - attempt.sentAt, attempt.failure === null || !isOverload(attempt.failure))
    this.#conclude()
    this.#relay.end(trailers)
  }

  onFailure(outcome: Failure): void {
    const attempt = this.exchange.attempt as Attempt
    const upstream = this.#upstream as Upstream
    const now = this.#context.clock.now()
    attempt.failure = outcome
    if (!isBlameless(outcome.cause)) attempt.endpoint?.observeFailure(now, now - attempt.beganAt, outcome)
    this.#endAttempt(now)
    if (this.#stage === 'relaying') {
      this.#leaveGate(now, -1, true)
      this.#conclude()
      this.exchange.failure = outcome
      return this.#relay.breakOff()
    }
    if (this.#hedge !== null) return this.#promote(this.#hedge)
    if (!upstream.loss.isOpen && this.#mayWait(outcome)) return this.#startOver(attempt, now)
    if (isRetried(outcome, upstream.plan.retry, this.#isIdempotent, attempt.ordinal)) this.#tryAgain(outcome)
    else this.#giveUp(outcome)
  }

  onPause(): void {
    if (this.#stage === 'relaying') this.#relay.flush()
  }

  onSwitch(head: ResponseHead, channel: Channel, rest: Buffer): void {
    const attempt = this.exchange.attempt as Attempt
    const now = this.#context.clock.now()
    if (this.#hedge !== null) this.#dropHedge()
    this.#endAttempt(now)
    this.#leaveGate(now, now - attempt.sentAt, true)
    this.#conclude()
    this.exchange.isHeadSent = true
    this.#relay.switchTo(head, channel, rest)
  }

  /** The second attempt was answered first: the first one ends here. */
  onHedgeAnswer(hedge: Hedge): void {
    const now = this.#context.clock.now()
    this.#endAttempt(now)
    this.#cancelDial()
    this.#connection?.abandon()
    this.#adopt(hedge)
  }

  onHedgeFailure(): void {
    this.#hedge = null
  }

  /** Passes the gate, now or when its turn comes. */
  #enter(now: number): void {
    const { gate, loss } = this.#upstream as Upstream
    if (!loss.isOpen) return this.#hold(now)
    if (this.#isInside || gate.tryEnter()) {
      this.#isInside = true
      return this.#attempt(now)
    }
    this.#stage = 'queued'
    this.#deadline.set(now, this.#totalAt - now)
    gate.wait(this, now)
  }

  /** Waits until the upstream can be reached, or says why it does not. */
  #hold(now: number): void {
    const upstream = this.#upstream as Upstream
    const { loss } = upstream
    this.#leaveGate(now, -1, true)
    if (this.#heldAt === 0) this.#heldAt = now
    const until = Math.min(loss.waitsUntil(now, this.#heldAt, this.#isIdempotent), this.#totalAt)
    if (until <= now || !loss.hold.enter(this)) return this.#giveUp(upstream.explainLoss(now, this.exchange.attempt?.failure ?? null))
    this.#stage = 'held'
    this.#deadline.set(now, until - now)
  }

  /** Nothing of it can have been done, or it may be done again: it waits, and begins anew when there is an endpoint. */
  #startOver(attempt: Attempt, now: number): void {
    this.#connection = null
    this.#body.detach()
    this.#tried = null
    this.#next = attempt.ordinal + 1
    this.#hold(now)
  }

  #attempt(now: number): void {
    const upstream = this.#upstream as Upstream
    if (!upstream.loss.isOpen) return this.#hold(now)
    const endpoint = upstream.isKeyed ? this.#pickByKey(upstream, now) : upstream.pick(now, this.#tried)
    if (endpoint === null) return this.#pickAgain(upstream, now)
    const exchange = this.exchange
    const attempt = this.#record(this.#next, endpoint, now)
    exchange.marks[Mark.pick] = now
    endpoint.inflight++
    // A connection from the pool died under this request once: the others there may be as dead.
    const isPoolTrusted = exchange.earlier === null || exchange.earlier.at(-1)?.failure?.cause !== 'keepalive-race'
    const connection = isPoolTrusted ? endpoint.pool.take(now, this.#isIdempotent) : null
    if (connection === null) {
      this.#stage = 'connecting'
      attempt.phase = 'connect'
      this.#deadline.set(now, this.#totalAt - now)
      this.#dialing = endpoint.pool.dial(this.#onDialed)
      return
    }
    attempt.idleMs = now - connection.idleSince
    this.#send(connection, attempt, endpoint, now)
  }

  #pickByKey(upstream: Upstream, now: number): Endpoint | null {
    const { plan } = upstream
    return upstream.pick(now, this.#tried, keyOf(plan, this.exchange), stickyIdOf(plan, this.exchange))
  }

  /** There is none, or all are full: that one passes. */
  #pickAgain(upstream: Upstream, now: number): void {
    if (!upstream.isFull || now >= this.#totalAt) return this.#giveUp(upstream.explain())
    this.#stage = 'pausing'
    this.#deadline.set(now, FULL_MS)
  }

  /** The attempt's record: one object used again and again for first attempts, which nearly all are. */
  #record(ordinal: number, endpoint: Endpoint, now: number): Attempt {
    const exchange = this.exchange
    let attempt = this.#first
    if (ordinal === 1) attempt.reset()
    else {
      exchange.earlier ??= []
      exchange.earlier.push(exchange.attempt as Attempt)
      attempt = new Attempt()
    }
    attempt.ordinal = ordinal
    attempt.endpoint = endpoint
    attempt.beganAt = now
    exchange.attempt = attempt
    return attempt
  }

  #dialed(outcome: H1Connection | Failure): void {
    this.#dialing = null
    const attempt = this.exchange.attempt as Attempt
    if ('kind' in outcome) {
      attempt.phase = outcome.phase
      return this.onFailure(outcome)
    }
    const now = this.#context.clock.now()
    attempt.endpoint?.observeConnected(now)
    this.#send(outcome, attempt, attempt.endpoint as Endpoint, now)
  }

  #send(connection: H1Connection, attempt: Attempt, endpoint: Endpoint, now: number): void {
    const { marks, request } = this.exchange
    const { plan } = this.#upstream as Upstream
    this.#connection = connection
    this.#stage = 'waiting'
    attempt.connectedAt = attempt.sentAt = now
    marks[Mark.connected] = marks[Mark.sent] = now
    const hedgeMs = plan.hedge.isOn ? this.#hedgeMs() : 0
    this.#deadline.set(now, hedgeMs || Math.min(plan.timeouts.responseMs, this.#totalAt - now))
    connection.send(attempt, this.#relay.requestText(this.#hostFor(endpoint)), this.#body, request, this)
  }

  /** How long the first attempt is waited for alone; 0: there will be no second one. */
  #hedgeMs(): number {
    const { plan, slowness } = this.#upstream as Upstream
    if (!this.#isIdempotent || this.#body.bytes > 0 || !this.#body.isEnded || this.#next > 1) return 0
    return plan.hedge.afterMs || slowness.value
  }

  #beginHedge(attempt: Attempt, now: number): void {
    const upstream = this.#upstream as Upstream
    const { plan, budget } = upstream
    const hedgeMs = plan.hedge.isOn ? this.#hedgeMs() : 0
    if (hedgeMs === 0 || now < attempt.sentAt + hedgeMs) return
    const tried = [attempt.endpoint as Endpoint]
    const endpoint = upstream.hasUntried(tried) && budget.take() ? upstream.pick(now, tried) : null
    if (endpoint === null || endpoint === attempt.endpoint) return
    const { request } = this.exchange
    this.#hedge = new Hedge({ owner: this, sink: this, endpoint, body: this.#body, request, clock: this.#context.clock })
    this.#hedge.begin(now, this.#relay.requestText(this.#hostFor(endpoint)))
  }

  #hostFor(endpoint: Endpoint): string {
    const { host } = this.exchange.request
    return (this.#upstream as Upstream).plan.isHostKept && host !== '' ? host : endpoint.authority
  }

  /** The first attempt failed while a second is under way: that one is the attempt now. */
  #promote(hedge: Hedge): void {
    const now = this.#context.clock.now()
    const { timeouts } = (this.#upstream as Upstream).plan
    this.#adopt(hedge)
    this.#deadline.set(now, Math.max(1, Math.min(hedge.attempt.beganAt + timeouts.responseMs, this.#totalAt) - now))
  }

  #adopt(hedge: Hedge): void {
    const exchange = this.exchange
    this.#hedge = null
    exchange.earlier ??= []
    exchange.earlier.push(exchange.attempt as Attempt)
    exchange.attempt = hedge.attempt
    this.#connection = hedge.connection
    this.#dialing = null
    this.#stage = 'waiting'
    hedge.adopted()
  }

  #dropHedge(): void {
    this.#hedge?.cancel()
    this.#hedge = null
  }

  /** The head says that the server failed. Is there another try? Then this answer goes nowhere. */
  #isTriedAgain(head: ResponseHead, isWhole: boolean): boolean {
    const exchange = this.exchange
    const attempt = exchange.attempt as Attempt
    const { plan, budget } = this.#upstream as Upstream
    const outcome = failureOfAnswer(head)
    attempt.failure = outcome
    const isRetryable = isStatusRetried(head.status, plan.retry, this.#isIdempotent, attempt.ordinal)
    if (isRetryable && !isRefusingRetries(head) && this.#mayTryAgain(outcome) && budget.balance >= 1) {
      this.#stage = 'discarding'
      // An answer that is here already is read to its end, and the connection stays good; any other costs the connection.
      if (isWhole) return true
      this.#dropConnection()
      this.#tryAgain(outcome)
      return true
    }
    if ((head.status === 502 || head.status === 504) && this.#relay.isCrawler()) {
      this.#dropConnection()
      this.#giveUp(outcome)
      return true
    }
    exchange.failure = outcome
    return false
  }

  /** RFC 9112 §6.3: the declared length stands and what is behind it must not be used, so the answer is good, and its server is told on. */
  #recordSurplus(attempt: Attempt): void {
    const exchange = this.exchange
    const facts = { surplus_bytes: attempt.surplusBytes, received_bytes: attempt.bytesReceived, method: exchange.request.method }
    exchange.failure ??= attempt.failure = failure('content-length-mismatch', 'receive-body', 'never', facts)
  }

  #dropConnection(): void {
    this.#endAttempt(this.#context.clock.now())
    this.#connection?.abandon()
    this.#connection = null
  }

  #mayTryAgain(outcome: Failure): boolean {
    const { attempt, isHeadSent } = this.exchange
    if (isHeadSent || !this.#body.isReplayable || this.#context.clock.now() >= this.#totalAt) return false
    return !isElsewhereOnly(outcome.cause) || (this.#upstream as Upstream).hasUntried(this.#tried ?? [], attempt?.endpoint)
  }

  #tryAgain(outcome: Failure): void {
    const upstream = this.#upstream as Upstream
    const attempt = this.exchange.attempt as Attempt
    this.#connection = null
    this.#body.detach()
    // A race that the server could not know of costs no budget: its next try goes on a new connection and ends it.
    const isFree = outcome.cause === 'keepalive-race'
    if (!this.#mayTryAgain(outcome) || (!isFree && !upstream.budget.take())) return this.#giveUp(outcome)
    if (!isFree && attempt.endpoint !== null) {
      this.#tried ??= []
      this.#tried.push(attempt.endpoint)
    }
    const now = this.#context.clock.now()
    this.#next = attempt.ordinal + 1
    if (isFree || upstream.hasUntried(this.#tried ?? [])) return this.#enter(now)
    this.#stage = 'pausing'
    const ceiling = Math.min(BACKOFF_MS * 2 ** (attempt.ordinal - 1), BACKOFF_MS_MAX)
    this.#deadline.set(now, Math.max(1, this.#context.random.fraction() * ceiling))
  }

  /** May it wait until there is an endpoint, and be sent then? */
  #mayWait({ replay }: Failure): boolean {
    if (this.exchange.isHeadSent || !this.#body.isReplayable) return false
    return replay === 'safe' || (replay === 'if-idempotent' && this.#isIdempotent)
  }

  #giveUp(outcome: Failure): void {
    const now = this.#context.clock.now()
    const attempt = this.exchange.attempt
    this.#leaveGate(now, attempt === null || attempt.sentAt === 0 ? -1 : now - attempt.sentAt, !isOverload(outcome))
    this.#conclude()
    this.exchange.failure = outcome
    this.#relay.fail(outcome)
  }

  #relayHead(head: ResponseHead): void {
    this.exchange.isHeadSent = true
    // Nothing can be sent again from here on, so nothing need be kept for it.
    if (this.#body.isEnded) this.#body.release()
    this.#relay.head(head)
  }

  /** Lets go what was kept; the rest flows. */
  #release(): void {
    const head = this.#keptHead as ResponseHead
    this.#keptHead = null
    this.#stage = 'relaying'
    this.#relayHead(head)
  }

  /** A server that expects TLS says so in a 400 of its own, which is no answer to the client's request. */
  #isRefused(bytes: Buffer): boolean {
    const head = this.#keptHead as ResponseHead
    if (head.status !== 400 || !speaksTls(bytes)) return false
    const attempt = this.exchange.attempt as Attempt
    this.#stage = 'refused'
    attempt.failure = failure('plaintext-to-tls-port', 'await-head', 'never', { status: 400, server: head.server })
    return true
  }

  /** It makes no one quick; and where it says for how long it is busy, others go first until then. */
  #observeBadAnswer(head: ResponseHead, attempt: Attempt, now: number): void {
    attempt.endpoint?.observeFailure(now, now - attempt.beganAt, failureOfAnswer(head), 'error')
    const restMs = restMsOf(head, this.#context.clock.epoch())
    if (restMs > 0) attempt.endpoint?.restFor(now, restMs)
  }

  #endAttempt(now: number): void {
    const attempt = this.exchange.attempt
    if (attempt === null || attempt.endedAt !== 0) return
    attempt.endedAt = now
    if (attempt.endpoint !== null) attempt.endpoint.inflight--
  }

  #leaveGate(now: number, waitedMs: number, isGood: boolean): void {
    if (!this.#isInside) return
    this.#isInside = false
    ;(this.#upstream as Upstream).gate.exit(now, waitedMs, isGood)
  }

  #cancelDial(): void {
    if (this.#dialing !== null) this.exchange.attempt?.endpoint?.pool.cancel(this.#dialing)
    this.#dialing = null
  }

  #conclude(): void {
    if (this.#hedge !== null) this.#dropHedge()
    this.#stage = 'over'
    this.#deadline.clear()
    this.#connection = null
    this.#dialing = null
    this.#isBlocked = false
    this.#body.detach()
  }

  /** Of the answer that is being relayed. */
  get #idleMs(): number {
    const { timeouts } = (this.#upstream as Upstream).plan
    return this.#relay.isEventStream ? timeouts.tunnelMs : timeouts.idleMs
  }

  #expired(): void {
    const now = this.#context.clock.now()
    const upstream = this.#upstream as Upstream
    const { timeouts } = upstream.plan
    switch (this.#stage) {
      case 'queued':
        upstream.gate.leave(this)
        return this.#giveUp(exceeded(this.exchange.attempt, now, 'admit', timeouts))
      case 'held':
        upstream.loss.hold.leave(this)
        return this.#giveUp(upstream.explainLoss(now, this.exchange.attempt?.failure ?? null))
      case 'connecting':
        this.#cancelDial()
        return this.#exceed(now, 'connect')
      case 'pausing':
        if (now >= this.#totalAt) return this.#exceed(now, 'pick')
        return this.#enter(now)
      case 'waiting':
        return this.#expiredWaiting(now)
      case 'keeping':
        this.#connection?.endHold()
        if (this.#stage === 'keeping') this.#release()
        this.#relay.flush()
        return this.#deadline.set(now, this.#idleMs)
      case 'relaying':
        return this.#expiredRelaying(now)
      default:
    }
  }

  /** The time of the whole request is over. */
  #exceed(now: number, phase: Phase): void {
    const attempt = this.exchange.attempt
    const outcome = exceeded(attempt, now, phase, (this.#upstream as Upstream).plan.timeouts)
    const last = attempt?.failure ?? null
    this.#endAttempt(now)
    if (attempt !== null && last === null) attempt.failure = outcome
    // Of an attempt that failed before, its own failure says more.
    this.#giveUp(phase === 'pick' ? (last ?? outcome) : outcome)
  }

  #expiredWaiting(now: number): void {
    const { timeouts } = (this.#upstream as Upstream).plan
    const attempt = this.exchange.attempt as Attempt
    // While the client still uploads, the server is not late; that the client is not is its listener's business.
    const from = attempt.phase === 'send-body' ? Math.max(attempt.sentAt, this.#body.progressAt) : attempt.sentAt
    const totalAt = Math.max(this.#totalAt, this.#body.progressAt + timeouts.totalMs)
    const dueAt = Math.min(from + timeouts.responseMs, totalAt)
    if (now < dueAt) {
      if (this.#hedge === null) this.#beginHedge(attempt, now)
      return this.#deadline.set(now, dueAt - now)
    }
    this.#connection?.abandon()
    if (now >= totalAt) return this.#exceed(now, 'await-head')
    this.onFailure(lateFailure(attempt, now, timeouts))
  }

  #expiredRelaying(now: number): void {
    const idleMs = this.#idleMs
    if (now < this.#lastAt + idleMs) return this.#deadline.set(now, this.#lastAt + idleMs - now)
    this.#connection?.abandon()
    this.onFailure(idleFailure(this.exchange.attempt as Attempt, now - this.#lastAt, idleMs, this.#isBlocked))
  }
}

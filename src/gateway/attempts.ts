/**
 * ★ The only retry loop. Takes an exchange to an endpoint, and to another one while the wire, the method, the policy, the budget
 * and the deadline allow; what comes back goes to the client at once, or is kept until it is whole where that is cheap.
 * One object serves one exchange at a time and is used again, so that a request that goes well allocates next to nothing.
 */
import type { Failure, Phase } from '../causes/failure.ts'
import { type Fields, isIdempotent, type ResponseHead } from '../http/message.ts'
import type { Channel } from '../net/channel.ts'
import { Deadline } from '../std/deadline.ts'
import type { Context } from './context.ts'
import { Delivery } from './delivery.ts'
import { Entry, type EntryOwner } from './entry.ts'
import type { Attempt } from './exchange/attempt.ts'
import type { Exchange } from './exchange/exchange.ts'
import type { RequestBody } from './exchange/request-body.ts'
import { exceeded, lateFailure } from './expiry.ts'
import { Flight, type FlightOwner } from './flight.ts'
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
  surplusFailure,
  triesOf,
} from './judge.ts'
import { Mark } from './observe/mark.ts'
import type { Relay } from './relay.ts'
import { keyOf, stickyIdOf } from './upstream/affinity.ts'
import type { Endpoint } from './upstream/endpoint.ts'
import type { Upstream } from './upstream/upstream.ts'

/** Full jitter between nothing and this, doubled for each further try at the same endpoint, up to the cap. */
const BACKOFF_MS = 25
const BACKOFF_MS_MAX = 250
/** Before it is looked again for an endpoint that is not full. */
const FULL_MS = 25

/** `entering`: it waits for its turn or an endpoint. `pausing`: before the next attempt. `discarding`: it reads an answer to its end. */
type Stage = 'over' | 'entering' | 'pausing' | 'connecting' | 'waiting' | 'delivering' | 'discarding' | 'refused'

export class Attempts implements FlightOwner, EntryOwner {
  readonly #context: Context
  readonly #exchange: Exchange
  readonly #body: RequestBody
  readonly #relay: Relay
  readonly #deadline: Deadline
  readonly #entry: Entry
  readonly #flight: Flight
  readonly #delivery: Delivery
  #upstream: Upstream | null = null
  #stage: Stage = 'over'
  /** The ordinal of the next attempt. */
  #next = 1
  #tried: Endpoint[] | null = null
  #isIdempotent = true
  #totalAt = 0

  constructor(options: { context: Context; exchange: Exchange; body: RequestBody; relay: Relay }) {
    const { context, exchange } = options
    this.#context = context
    this.#exchange = exchange
    this.#body = options.body
    this.#relay = options.relay
    this.#deadline = new Deadline(context.wheel, context.clock, () => this.#expired())
    this.#entry = new Entry(exchange, this)
    this.#flight = new Flight({ ...options, owner: this })
    this.#delivery = new Delivery(options)
  }

  /** Begins the first attempt. The exchange's request is complete but for its body. */
  begin(upstream: Upstream): void {
    const now = this.#context.clock.recent()
    this.#upstream = upstream
    this.#tried = null
    this.#next = 1
    this.#isIdempotent = isIdempotent(this.#exchange.request.method)
    this.#totalAt = now + upstream.plan.timeouts.totalMs
    this.#entry.begin(upstream, this.#isIdempotent, this.#totalAt)
    this.#flight.begin(upstream, this.#isIdempotent)
    upstream.budget.deposit(now)
    this.#entry.enter(now)
  }

  /** The client has gone, or the gateway gives the exchange up: ends what is under way, silently. */
  cancel(): void {
    if (this.#stage === 'over') return
    const now = this.#context.clock.now()
    this.#entry.cancel(now)
    this.#flight.abort(now)
    this.#conclude(now)
  }

  /** The client can take more of the answer. */
  resume(): void {
    if (this.#delivery.unblock(this.#context.clock.now())) this.#flight.resume()
  }

  waitsUntil(now: number, until: number): void {
    this.#stage = 'entering'
    this.#deadline.set(now, until - now)
  }

  /** Makes the next attempt. */
  entered(now: number): void {
    const upstream = this.#upstream as Upstream
    const endpoint = upstream.isKeyed
      ? upstream.pick(now, this.#tried, keyOf(upstream.plan, this.#exchange), stickyIdOf(upstream.plan, this.#exchange))
      : upstream.pick(now, this.#tried)
    if (endpoint === null) return this.#pickLater(upstream, now)
    if (this.#flight.launch(this.#next, endpoint, now)) return
    this.#stage = 'connecting'
    this.#deadline.set(now, this.#totalAt - now)
  }

  onSend(attempt: Attempt, now: number): void {
    const { plan } = this.#upstream as Upstream
    this.#stage = 'waiting'
    const hedgeMs = plan.hedge.isOn && attempt.ordinal === 1 ? this.#hedgeMs() : 0
    this.#deadline.set(now, hedgeMs || Math.min(plan.timeouts.responseMs, this.#totalAt - now))
  }

  onInform(head: ResponseHead): void {
    if (this.#stage === 'waiting') this.#relay.inform(head)
  }

  onHead(head: ResponseHead, isWhole: boolean): boolean {
    const upstream = this.#upstream as Upstream
    const attempt = this.#exchange.attempt as Attempt
    const now = attempt.answeredAt
    const { retry, hedge } = upstream.plan
    this.#exchange.marks[Mark.answer] = now
    // One that answers "busy" at once must not look quick.
    if (isStatusBad(head.status, retry)) this.#observeBadAnswer(head, attempt, now)
    else attempt.endpoint?.observeAnswer(now, now - attempt.beganAt)
    if (hedge.isOn) {
      this.#flight.settle(now)
      upstream.slowness.observe(now - attempt.sentAt)
    }
    if (head.status >= 500 && this.#isTriedAgain(head, isWhole)) return false
    this.#stage = 'delivering'
    const isHoldable = !isWhole && retry.isHolding && head.length > 0 && head.length <= retry.holdBytesMax
    if (isHoldable || (isWhole && head.status === 400)) {
      this.#delivery.keep(head, now)
      this.#deadline.set(now, retry.holdMs)
      return true
    }
    this.#delivery.relay(head, now)
    if (!isWhole) this.#deadline.set(now, this.#idleMs)
    // A stream is no work in progress: it may last for hours.
    if (this.#relay.isEventStream) this.#entry.leave(now, now - attempt.sentAt, true)
    return false
  }

  onHoldEnd(): void {
    this.#delivery.release()
    this.#deadline.set(this.#context.clock.recent(), this.#idleMs)
  }

  onContent(bytes: Buffer): boolean {
    const isTaken = this.#delivery.content(bytes, this.#context.clock.recent())
    if (typeof isTaken === 'boolean') return isTaken
    const attempt = this.#exchange.attempt as Attempt
    attempt.failure = isTaken
    this.#stage = 'refused'
    return true
  }

  onEnd(trailers: Fields): void {
    const attempt = this.#exchange.attempt as Attempt
    const now = this.#context.clock.recent()
    this.#flight.land(now)
    if (this.#stage === 'discarding') return this.#tryAgain(attempt.failure as Failure)
    if (this.#stage === 'refused') return this.giveUp(attempt.failure as Failure)
    if (attempt.surplusBytes > 0) this.#exchange.failure ??= attempt.failure = surplusFailure(attempt, this.#exchange.request.method)
    this.#entry.leave(now, attempt.answeredAt - attempt.sentAt, attempt.failure === null || !isOverload(attempt.failure))
    this.#stage = 'over'
    this.#deadline.clear()
    this.#flight.clear(now)
    this.#body.detach()
    this.#delivery.end(trailers)
  }

  onFailure(outcome: Failure): void {
    const attempt = this.#exchange.attempt as Attempt
    const upstream = this.#upstream as Upstream
    const now = this.#context.clock.now()
    attempt.failure = outcome
    if (!isBlameless(outcome.cause)) attempt.endpoint?.observeFailure(now, now - attempt.beganAt, outcome)
    this.#flight.land(now)
    if (this.#delivery.isRelaying) {
      this.#entry.leave(now, -1, true)
      this.#conclude(now)
      this.#exchange.failure = outcome
      return this.#relay.breakOff()
    }
    // A second attempt is under way, and has its own time.
    if (this.#flight.promote()) return this.#deadline.set(now, 1)
    if (!upstream.loss.isOpen && this.#mayWait(outcome)) return this.#startOver(attempt, now)
    if (isRetried(outcome, upstream.plan.retry, this.#isIdempotent, triesOf(this.#exchange))) this.#tryAgain(outcome)
    else this.giveUp(outcome)
  }

  onPause(): void {
    this.#delivery.flush()
  }

  onSwitch(head: ResponseHead, channel: Channel, rest: Buffer): void {
    const attempt = this.#exchange.attempt as Attempt
    const now = this.#context.clock.now()
    this.#flight.land(now)
    this.#entry.leave(now, now - attempt.sentAt, true)
    this.#conclude(now)
    this.#exchange.isHeadSent = true
    this.#relay.switchTo(head, channel, rest)
  }

  /** There is none, or all are full: that one passes. */
  #pickLater(upstream: Upstream, now: number): void {
    if (!upstream.isFull || now >= this.#totalAt) return this.giveUp(upstream.explain())
    this.#stage = 'pausing'
    this.#deadline.set(now, FULL_MS)
  }

  /** How long the first attempt is waited for alone; 0: there will be no second one. */
  #hedgeMs(): number {
    const { plan, slowness } = this.#upstream as Upstream
    if (!this.#isIdempotent || this.#body.bytes > 0 || !this.#body.isEnded) return 0
    return plan.hedge.afterMs || slowness.value
  }

  #hedge(attempt: Attempt, now: number): void {
    const upstream = this.#upstream as Upstream
    if (!upstream.plan.hedge.isOn || attempt.ordinal > 1 || this.#flight.isHedged || this.#hedgeMs() === 0) return
    const tried = [attempt.endpoint as Endpoint]
    const endpoint = upstream.hasUntried(tried) && upstream.budget.take() ? upstream.pick(now, tried) : null
    if (endpoint !== null && endpoint !== attempt.endpoint) this.#flight.hedge(endpoint, now)
  }

  /** Nothing of it can have been done, or it may be done again: it waits, and begins anew when there is an endpoint. */
  #startOver(attempt: Attempt, now: number): void {
    this.#drop(now)
    this.#tried = null
    this.#next = attempt.ordinal + 1
    this.#entry.hold(now)
  }

  /** The head says that the server failed. Is there another try? Then this answer goes nowhere. */
  #isTriedAgain(head: ResponseHead, isWhole: boolean): boolean {
    const exchange = this.#exchange
    const attempt = exchange.attempt as Attempt
    const { plan, budget } = this.#upstream as Upstream
    const outcome = failureOfAnswer(head)
    attempt.failure = outcome
    const isRetryable = isStatusRetried(head.status, plan.retry, this.#isIdempotent, triesOf(exchange)) && !isRefusingRetries(head)
    if (isRetryable && this.#mayTryAgain(outcome) && budget.balance >= 1) {
      this.#stage = 'discarding'
      // An answer that is here already is read to its end, and the connection stays good; any other costs the connection.
      if (isWhole) return true
      this.#flight.abort(this.#context.clock.now())
      this.#tryAgain(outcome)
      return true
    }
    if ((head.status === 502 || head.status === 504) && this.#relay.isCrawler()) {
      this.#flight.abort(this.#context.clock.now())
      this.giveUp(outcome)
      return true
    }
    exchange.failure = outcome
    return false
  }

  /** It makes no one quick; and where it says for how long it is busy, others go first until then. */
  #observeBadAnswer(head: ResponseHead, attempt: Attempt, now: number): void {
    attempt.endpoint?.observeFailure(now, now - attempt.beganAt, failureOfAnswer(head), 'error')
    const restMs = restMsOf(head, this.#context.clock.epoch())
    if (restMs > 0) attempt.endpoint?.restFor(now, restMs)
  }

  #mayTryAgain(outcome: Failure): boolean {
    const { attempt, isHeadSent } = this.#exchange
    if (isHeadSent || !this.#body.isReplayable || this.#context.clock.now() >= this.#totalAt) return false
    return !isElsewhereOnly(outcome.cause) || (this.#upstream as Upstream).hasUntried(this.#tried ?? [], attempt?.endpoint)
  }

  /** May it wait until there is an endpoint, and be sent then? */
  #mayWait({ replay }: Failure): boolean {
    if (this.#exchange.isHeadSent || !this.#body.isReplayable) return false
    return replay === 'safe' || (replay === 'if-idempotent' && this.#isIdempotent)
  }

  #tryAgain(outcome: Failure): void {
    const upstream = this.#upstream as Upstream
    const attempt = this.#exchange.attempt as Attempt
    const now = this.#context.clock.now()
    this.#drop(now)
    // A race that the server could not know of costs no budget: its next try goes on a new connection and ends it.
    const isFree = outcome.cause === 'keepalive-race'
    if (!this.#mayTryAgain(outcome) || (!isFree && !upstream.budget.take())) return this.giveUp(outcome)
    if (!isFree && attempt.endpoint !== null) {
      this.#tried ??= []
      this.#tried.push(attempt.endpoint)
    }
    this.#next = attempt.ordinal + 1
    if (isFree || upstream.hasUntried(this.#tried ?? [])) return this.#entry.enter(now)
    this.#stage = 'pausing'
    const ceiling = Math.min(BACKOFF_MS * 2 ** (attempt.ordinal - 1), BACKOFF_MS_MAX)
    this.#deadline.set(now, Math.max(1, this.#context.random.fraction() * ceiling))
  }

  /** No answer comes of it. */
  giveUp(outcome: Failure): void {
    const now = this.#context.clock.now()
    const attempt = this.#exchange.attempt
    this.#entry.leave(now, attempt === null || attempt.sentAt === 0 ? -1 : now - attempt.sentAt, !isOverload(outcome))
    this.#conclude(now)
    this.#exchange.failure = outcome
    this.#relay.fail(outcome)
  }

  #conclude(now: number): void {
    this.#stage = 'over'
    this.#deadline.clear()
    this.#drop(now)
  }

  #drop(now: number): void {
    this.#flight.clear(now)
    this.#delivery.clear()
    this.#body.detach()
  }

  /** Of the answer that is being relayed. */
  get #idleMs(): number {
    const { timeouts } = (this.#upstream as Upstream).plan
    return this.#relay.isEventStream ? timeouts.tunnelMs : timeouts.idleMs
  }

  #expired(): void {
    const now = this.#context.clock.now()
    switch (this.#stage) {
      case 'entering':
        return this.#entry.expired(now)
      case 'connecting':
        this.#flight.abort(now)
        return this.#exceed(now, 'connect')
      case 'pausing':
        return now >= this.#totalAt ? this.#exceed(now, 'pick') : this.#entry.enter(now)
      case 'waiting':
        return this.#expiredWaiting(now)
      case 'delivering':
        return this.#expiredDelivering(now)
      default:
    }
  }

  /** The time of the whole request is over. What its last attempt failed of, if it did, says more. */
  #exceed(now: number, phase: Phase): void {
    const attempt = this.#exchange.attempt
    const last = phase === 'pick' ? (attempt?.failure ?? null) : null
    const outcome = last ?? exceeded(attempt, now, phase, (this.#upstream as Upstream).plan.timeouts)
    this.#flight.land(now)
    if (attempt !== null) attempt.failure ??= outcome
    this.giveUp(outcome)
  }

  #expiredWaiting(now: number): void {
    const { timeouts } = (this.#upstream as Upstream).plan
    const attempt = this.#exchange.attempt as Attempt
    // While the client still uploads, the server is not late; that the client is not is its listener's business.
    const from = attempt.phase === 'send-body' ? Math.max(attempt.sentAt, this.#body.progressAt) : attempt.sentAt || attempt.beganAt
    const totalAt = Math.max(this.#totalAt, this.#body.progressAt + timeouts.totalMs)
    const dueAt = Math.min(from + timeouts.responseMs, totalAt)
    if (now < dueAt) {
      this.#hedge(attempt, now)
      return this.#deadline.set(now, dueAt - now)
    }
    this.#flight.abandon()
    if (now >= totalAt) return this.#exceed(now, 'await-head')
    this.onFailure(lateFailure(attempt, now, timeouts))
  }

  #expiredDelivering(now: number): void {
    const idleMs = this.#idleMs
    if (this.#delivery.isKeeping) {
      this.#flight.endHold()
      this.#delivery.release()
      this.#delivery.flush()
      return this.#deadline.set(now, idleMs)
    }
    const remainingMs = this.#delivery.remainingMs(now, idleMs)
    if (remainingMs > 0) return this.#deadline.set(now, remainingMs)
    this.#flight.abandon()
    this.onFailure(this.#delivery.explainSilence(now, idleMs))
  }
}

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
import type { Context } from './context.ts'
import { Attempt } from './exchange/attempt.ts'
import type { Exchange } from './exchange/exchange.ts'
import type { RequestBody } from './exchange/request-body.ts'
import type { Sink } from './exchange/sink.ts'
import { failureOfAnswer, isBlameless, isElsewhereOnly, isRetried, isStatusBad, isStatusRetried } from './judge.ts'
import { Mark } from './observe/mark.ts'
import { speaksTls } from './pool/foreign-protocol.ts'
import type { H1Connection } from './pool/h1-connection.ts'
import type { Relay } from './relay.ts'
import type { Endpoint } from './upstream/endpoint.ts'
import type { Upstream } from './upstream/upstream.ts'

/** Full jitter between nothing and this, doubled for each further try at the same endpoint, up to the cap. */
const BACKOFF_MS = 25
const BACKOFF_MS_MAX = 250

type Stage = 'over' | 'connecting' | 'waiting' | 'pausing' | 'holding' | 'relaying' | 'discarding' | 'refused'

export class Attempts implements Sink {
  readonly #context: Context
  readonly #exchange: Exchange
  readonly #body: RequestBody
  readonly #relay: Relay
  readonly #deadline: Deadline
  readonly #first = new Attempt()
  readonly #onDialed = (outcome: H1Connection | Failure): void => this.#dialed(outcome)
  #upstream: Upstream | null = null
  #connection: H1Connection | null = null
  #dialing: Dialing | null = null
  #stage: Stage = 'over'
  #tried: Endpoint[] | null = null
  #isIdempotent = true
  #totalAt = 0
  #lastAt = 0
  #isBlocked = false
  #heldHead: ResponseHead | null = null

  constructor(options: { context: Context; exchange: Exchange; body: RequestBody; relay: Relay }) {
    this.#context = options.context
    this.#exchange = options.exchange
    this.#body = options.body
    this.#relay = options.relay
    this.#deadline = new Deadline(options.context.wheel, options.context.clock, () => this.#expired())
  }

  /** Begins the first attempt. The exchange's request is complete but for its body. */
  begin(upstream: Upstream): void {
    const now = this.#context.clock.recent()
    this.#upstream = upstream
    this.#tried = null
    this.#isIdempotent = isIdempotent(this.#exchange.request.method)
    this.#totalAt = now + upstream.plan.timeouts.totalMs
    upstream.budget.deposit(now)
    this.#attempt(1, now)
  }

  /** The client has gone, or the gateway gives the exchange up: ends what is under way, silently. */
  cancel(): void {
    if (this.#stage === 'over') return
    this.#endAttempt(this.#context.clock.now())
    this.#dialing?.cancel()
    this.#connection?.abandon()
    this.#conclude()
  }

  /** The client can take more of the answer. */
  resume(): void {
    if (!this.#isBlocked) return
    this.#isBlocked = false
    this.#lastAt = this.#context.clock.now()
    this.#connection?.resume()
  }

  onInform(head: ResponseHead): void {
    if (this.#stage === 'waiting') this.#relay.inform(head)
  }

  onHead(head: ResponseHead, isWhole: boolean): boolean {
    const exchange = this.#exchange
    const upstream = this.#upstream as Upstream
    const attempt = exchange.attempt as Attempt
    const now = attempt.answeredAt
    exchange.marks[Mark.answer] = now
    const retry = upstream.plan.retry
    // One that answers "busy" at once must not look quick.
    if (isStatusBad(head.status, retry)) attempt.endpoint?.observeFailure(now, now - attempt.beganAt)
    else attempt.endpoint?.observeAnswer(now, now - attempt.beganAt)
    this.#lastAt = now
    if (head.status >= 500 && this.#isTriedAgain(head, isWhole)) return false
    const isHoldable = !isWhole && retry.isHolding && head.length > 0 && head.length <= retry.holdBytesMax
    if (isHoldable || (isWhole && head.status === 400)) {
      this.#stage = 'holding'
      this.#heldHead = head
      this.#deadline.set(now, retry.holdMs)
      return true
    }
    this.#stage = 'relaying'
    this.#relayHead(head)
    if (!isWhole) this.#deadline.set(now, this.#idleMs)
    return false
  }

  onHoldEnd(): void {
    this.#release()
    this.#deadline.set(this.#context.clock.recent(), this.#idleMs)
  }

  onContent(bytes: Buffer): boolean {
    this.#lastAt = this.#context.clock.recent()
    if (this.#stage === 'holding' && !this.#isRefused(bytes)) this.#release()
    if (this.#stage !== 'relaying' || this.#relay.content(bytes)) return true
    this.#isBlocked = true
    return false
  }

  onEnd(trailers: Fields): void {
    const attempt = this.#exchange.attempt as Attempt
    this.#endAttempt(this.#context.clock.recent())
    if (this.#stage === 'discarding') return this.#tryAgain(attempt.failure as Failure)
    if (this.#stage === 'refused') return this.#giveUp(attempt.failure as Failure)
    if (this.#stage === 'holding') this.#release()
    if (attempt.surplusBytes > 0) this.#recordSurplus(attempt)
    this.#conclude()
    this.#relay.end(trailers)
  }

  onFailure(outcome: Failure): void {
    const attempt = this.#exchange.attempt as Attempt
    const now = this.#context.clock.now()
    attempt.failure = outcome
    if (!isBlameless(outcome.cause)) attempt.endpoint?.observeFailure(now, now - attempt.beganAt)
    this.#endAttempt(now)
    if (this.#stage === 'relaying') {
      this.#conclude()
      this.#exchange.failure = outcome
      return this.#relay.breakOff()
    }
    if (isRetried(outcome, (this.#upstream as Upstream).plan.retry, this.#isIdempotent, attempt.ordinal)) this.#tryAgain(outcome)
    else this.#giveUp(outcome)
  }

  onPause(): void {
    if (this.#stage === 'relaying') this.#relay.flush()
  }

  onSwitch(head: ResponseHead, channel: Channel, rest: Buffer): void {
    this.#endAttempt(this.#context.clock.now())
    this.#conclude()
    this.#exchange.isHeadSent = true
    this.#relay.switchTo(head, channel, rest)
  }

  #attempt(ordinal: number, now: number): void {
    const exchange = this.#exchange
    const upstream = this.#upstream as Upstream
    const endpoint = upstream.pick(now, this.#tried)
    const attempt = this.#enter(ordinal, endpoint, now)
    if (endpoint === null) return this.#giveUp(failure('no-endpoints', 'pick', 'never', { upstream: upstream.name }))
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

  /** The attempt's record: one object used again and again for first attempts, which nearly all are. */
  #enter(ordinal: number, endpoint: Endpoint | null, now: number): Attempt {
    const exchange = this.#exchange
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
    const attempt = this.#exchange.attempt as Attempt
    if ('kind' in outcome) {
      attempt.phase = outcome.phase
      return this.onFailure(outcome)
    }
    this.#send(outcome, attempt, attempt.endpoint as Endpoint, this.#context.clock.now())
  }

  #send(connection: H1Connection, attempt: Attempt, endpoint: Endpoint, now: number): void {
    const { marks, request } = this.#exchange
    const { plan } = this.#upstream as Upstream
    this.#connection = connection
    this.#stage = 'waiting'
    attempt.connectedAt = attempt.sentAt = now
    marks[Mark.connected] = marks[Mark.sent] = now
    this.#deadline.set(now, Math.min(plan.timeouts.responseMs, this.#totalAt - now))
    const host = plan.isHostKept && request.host !== '' ? request.host : endpoint.authority
    connection.send(attempt, this.#relay.requestText(host), this.#body, request, this)
  }

  /** The head says that the server failed. Is there another try? Then this answer goes nowhere. */
  #isTriedAgain(head: ResponseHead, isWhole: boolean): boolean {
    const exchange = this.#exchange
    const attempt = exchange.attempt as Attempt
    const { plan, budget } = this.#upstream as Upstream
    const outcome = failureOfAnswer(head)
    attempt.failure = outcome
    const isRetryable = isStatusRetried(head.status, plan.retry, this.#isIdempotent, attempt.ordinal)
    if (isRetryable && this.#mayTryAgain(outcome) && budget.balance >= 1) {
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
    const exchange = this.#exchange
    const facts = { surplus_bytes: attempt.surplusBytes, received_bytes: attempt.bytesReceived, method: exchange.request.method }
    exchange.failure ??= attempt.failure = failure('content-length-mismatch', 'receive-body', 'never', facts)
  }

  #dropConnection(): void {
    this.#endAttempt(this.#context.clock.now())
    this.#connection?.abandon()
    this.#connection = null
  }

  #mayTryAgain(outcome: Failure): boolean {
    const { attempt, isHeadSent } = this.#exchange
    if (isHeadSent || !this.#body.isReplayable || this.#context.clock.now() >= this.#totalAt) return false
    return !isElsewhereOnly(outcome.cause) || (this.#upstream as Upstream).hasUntried(this.#tried ?? [], attempt?.endpoint)
  }

  #tryAgain(outcome: Failure): void {
    const upstream = this.#upstream as Upstream
    const attempt = this.#exchange.attempt as Attempt
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
    if (isFree || upstream.hasUntried(this.#tried ?? [])) return this.#attempt(attempt.ordinal + 1, now)
    this.#stage = 'pausing'
    const ceiling = Math.min(BACKOFF_MS * 2 ** (attempt.ordinal - 1), BACKOFF_MS_MAX)
    this.#deadline.set(now, Math.max(1, this.#context.random.fraction() * ceiling))
  }

  #giveUp(outcome: Failure): void {
    this.#conclude()
    this.#exchange.failure = outcome
    this.#relay.fail(outcome)
  }

  #relayHead(head: ResponseHead): void {
    this.#exchange.isHeadSent = true
    // Nothing can be sent again from here on, so nothing need be kept for it.
    if (this.#body.isEnded) this.#body.release()
    this.#relay.head(head)
  }

  /** Lets go what was held; the rest flows. */
  #release(): void {
    const head = this.#heldHead as ResponseHead
    this.#heldHead = null
    this.#stage = 'relaying'
    this.#relayHead(head)
  }

  /** A server that expects TLS says so in a 400 of its own, which is no answer to the client's request. */
  #isRefused(bytes: Buffer): boolean {
    const head = this.#heldHead as ResponseHead
    if (head.status !== 400 || !speaksTls(bytes)) return false
    const attempt = this.#exchange.attempt as Attempt
    this.#stage = 'refused'
    attempt.failure = failure('plaintext-to-tls-port', 'await-head', 'never', { status: 400, server: head.server })
    return true
  }

  #endAttempt(now: number): void {
    const attempt = this.#exchange.attempt
    if (attempt === null || attempt.endedAt !== 0) return
    attempt.endedAt = now
    if (attempt.endpoint !== null) attempt.endpoint.inflight--
  }

  #conclude(): void {
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
    const attempt = this.#exchange.attempt as Attempt
    switch (this.#stage) {
      case 'connecting':
        this.#dialing?.cancel()
        return this.#exceed(now, 'connect', {})
      case 'pausing':
        if (now >= this.#totalAt) return this.#giveUp(attempt.failure as Failure)
        return this.#attempt(attempt.ordinal + 1, now)
      case 'waiting':
        return this.#expiredWaiting(now)
      case 'holding':
        this.#connection?.endHold()
        if (this.#stage === 'holding') this.#release()
        this.#relay.flush()
        return this.#deadline.set(now, this.#idleMs)
      case 'relaying':
        return this.#expiredRelaying(now)
      default:
    }
  }

  /** The time of the whole request is over. */
  #exceed(now: number, phase: Phase, facts: Readonly<Record<string, number | undefined>>): void {
    const attempt = this.#exchange.attempt as Attempt
    const { totalMs } = (this.#upstream as Upstream).plan.timeouts
    this.#endAttempt(now)
    attempt.failure = failure('deadline-exceeded', phase, 'never', { ...facts, limit_ms: totalMs })
    this.#giveUp(attempt.failure)
  }

  #expiredWaiting(now: number): void {
    const { timeouts } = (this.#upstream as Upstream).plan
    const attempt = this.#exchange.attempt as Attempt
    // While the client still uploads, the server is not late; that the client is not is its listener's business.
    const from = attempt.phase === 'send-body' ? Math.max(attempt.sentAt, this.#body.progressAt) : attempt.sentAt
    const totalAt = Math.max(this.#totalAt, this.#body.progressAt + timeouts.totalMs)
    const dueAt = Math.min(from + timeouts.responseMs, totalAt)
    if (now < dueAt) return this.#deadline.set(now, dueAt - now)
    const facts = { elapsed_ms: Math.round(now - attempt.sentAt), sent_bytes: attempt.bytesSent, inflight: attempt.endpoint?.inflight }
    this.#connection?.abandon()
    if (now >= totalAt) return this.#exceed(now, 'await-head', facts)
    const cause = attempt.phase === 'send-body' ? 'request-write-timeout' : 'response-timeout'
    this.onFailure(failure(cause, attempt.phase, 'if-idempotent', { ...facts, limit_ms: timeouts.responseMs }))
  }

  #expiredRelaying(now: number): void {
    const attempt = this.#exchange.attempt as Attempt
    const idleMs = this.#idleMs
    if (now < this.#lastAt + idleMs) return this.#deadline.set(now, this.#lastAt + idleMs - now)
    const facts = { elapsed_ms: Math.round(now - this.#lastAt), limit_ms: idleMs, received_bytes: attempt.bytesReceived }
    this.#connection?.abandon()
    // When the client takes nothing, the server's silence is not its fault.
    const cause = this.#isBlocked ? 'client-closed' : 'idle-timeout'
    this.onFailure(failure(cause, this.#isBlocked ? 'relay' : 'receive-body', 'never', { ...facts, is_client_stalled: this.#isBlocked }))
  }
}

/** The connections of one endpoint: idle ones on a stack, the freshest on top, because it is the likeliest to be alive. */
import type { Failure } from '../../causes/failure.ts'
import type { UpstreamPlan } from '../../config/plan.ts'
import type { Dialer, Dialing } from '../../net/dial.ts'
import type { Clock } from '../../std/clock.ts'
import { Timer, type Wheel } from '../../std/wheel.ts'
import type { Endpoint } from '../upstream/endpoint.ts'
import { H1Connection } from './h1-connection.ts'
import { IdleLimit } from './idle-limit.ts'

const SWEEP_MS = 500
/** So many connections may idle while requests get new ones because none of these is proven to be safe. */
const UNPROVEN_MAX = 8
/** An answer that is held has its head in the same buffer; larger heads are rare, and then it is not held. */
const HEAD_BYTES = 8 * 1024
const BUFFER_BYTES_MIN = 64 * 1024

export type PoolOptions = {
  readonly endpoint: Endpoint
  readonly plan: UpstreamPlan
  readonly clock: Clock
  readonly wheel: Wheel
  readonly dialer: Dialer
}

export class Pool {
  readonly clock: Clock
  readonly idleLimit: IdleLimit
  /** What each connection reads into. */
  bufferBytes: number
  readonly #endpoint: Endpoint
  #plan: UpstreamPlan
  readonly #wheel: Wheel
  readonly #dialer: Dialer
  readonly #idle: H1Connection[] = []
  readonly #sweep = new Timer(() => this.#sweepIdle())
  #sweptAt = 0
  #isClosed = false
  /** Connections that are open or being opened, those that became tunnels included. */
  #open = 0

  constructor(options: PoolOptions) {
    this.clock = options.clock
    this.#endpoint = options.endpoint
    this.#plan = options.plan
    this.#wheel = options.wheel
    this.#dialer = options.dialer
    this.bufferBytes = bufferBytesOf(options.plan)
    this.idleLimit = new IdleLimit(options.plan.keepAliveMs)
  }

  update(plan: UpstreamPlan): void {
    this.#plan = plan
    this.bufferBytes = bufferBytesOf(plan)
    this.idleLimit.update(plan.keepAliveMs)
  }

  /** Connections that are not idle. */
  get busy(): number {
    return this.#open - this.#idle.length
  }

  get idle(): number {
    return this.#idle.length
  }

  /** An idle connection fit for the request, or null. One that must not be sent twice gets only a connection proven to be safe. */
  take(now: number, isIdempotent: boolean): H1Connection | null {
    const idle = this.#idle
    const top = idle[idle.length - 1]
    if (top === undefined) return null
    if (isIdempotent) {
      if (now - top.idleSince >= this.idleLimit.limitMs(now)) return null
    } else if (!this.idleLimit.isProvenFor(now, now - top.sentAt)) {
      this.#makeRoom()
      return null
    }
    idle.pop()
    top.isIdle = false
    return top
  }

  put(connection: H1Connection): void {
    if (this.#isClosed || this.#idle.length >= this.#plan.keepAliveMax) return connection.close()
    connection.isIdle = true
    connection.idleSince = this.clock.recent()
    this.#idle.push(connection)
    if (!this.#sweep.isArmed) this.#wheel.arm(this.#sweep, SWEEP_MS)
  }

  /** Makes a new connection. `done` is called once, later, unless it is given to `cancel`. */
  dial(done: (outcome: H1Connection | Failure) => void): Dialing {
    const { endpointConnectionsMax, timeouts } = this.#plan
    if (endpointConnectionsMax > 0 && this.#open >= endpointConnectionsMax) this.#closeIdle(0, 1)
    const connection = new H1Connection(this)
    this.#open++
    return this.#dialer.dial(this.#endpoint.plan.address, timeouts.connectMs, connection, connection.buffer, (outcome) => {
      if ('kind' in outcome) {
        this.#open--
        return done(outcome)
      }
      connection.attach(outcome)
      done(connection)
    })
  }

  /** The connection that is being made is not wanted any more. */
  cancel(dialing: Dialing): void {
    dialing.cancel()
    this.#open--
  }

  /** A connection is gone, or the tunnel that it had become. */
  onGone(): void {
    this.#open--
  }

  /** The server closed a connection while it was idle: the most telling lesson about its limit. */
  onIdleClosed(connection: H1Connection): void {
    connection.isIdle = false
    const index = this.#idle.lastIndexOf(connection)
    if (index !== -1) this.#idle.splice(index, 1)
    const now = this.clock.now()
    if (!this.#isClosed) this.idleLimit.learnClose(now, now - connection.idleSince)
  }

  close(): void {
    this.#isClosed = true
    this.#wheel.disarm(this.#sweep)
    this.#closeIdle(0, this.#idle.length)
  }

  /** The new connection will join these, which must not become ever more. The oldest one stays, for its age proves something. */
  #makeRoom(): void {
    if (this.#idle.length >= UNPROVEN_MAX) this.#closeIdle(1, 1)
  }

  #closeIdle(from: number, count: number): void {
    for (const connection of this.#idle.splice(from, count)) {
      connection.isIdle = false
      connection.close()
    }
  }

  /** Closes what is too old to be reused, oldest first. */
  #sweepIdle(): void {
    const now = this.clock.now()
    const limitMs = this.idleLimit.limitMs(now)
    const idle = this.#idle
    // What is here now was not closed by the last sweep: the end of it would have been read since. What came later may be unread.
    const oldest = idle[0]
    if (oldest !== undefined && oldest.idleSince < this.#sweptAt) this.idleLimit.prove(this.#sweptAt - oldest.idleSince)
    this.#sweptAt = now
    let stale = 0
    while (stale < idle.length && now - (idle[stale] as H1Connection).idleSince >= limitMs) stale++
    this.#closeIdle(0, stale)
    if (idle.length > 0) this.#wheel.arm(this.#sweep, SWEEP_MS)
  }
}

function bufferBytesOf({ retry }: UpstreamPlan): number {
  return Math.max(BUFFER_BYTES_MIN, retry.isHolding ? retry.holdBytesMax + HEAD_BYTES : 0)
}

/** What every step of the doctor works with: the gateway's own dialer and resolvers, and the time that each thing may take. */
import { Dialer } from '../../net/dial.ts'
import { Resolver } from '../../net/resolver.ts'
import { type Clock, systemClock } from '../../std/clock.ts'
import { Wheel } from '../../std/wheel.ts'

/** Milliseconds, but for counts and bytes. */
export type Limits = {
  /** For everything. */
  readonly totalMs: number
  readonly resolveMs: number
  readonly connectMs: number
  readonly handshakeMs: number
  /** Until the first byte of an answer. */
  readonly answerMs: number
  /** For a pause in the rest of it, and for all of it. */
  readonly bodyMs: number
  /** How long an idle connection is watched. */
  readonly idleMs: number
  /** The same at the server behind the site, whose idle limit is what is looked for. */
  readonly originIdleMs: number
  readonly repeats: number
  readonly redirects: number
  /** Of an answer; what is behind is not read. */
  readonly bodyBytes: number
  /** Of each answer to a further request. */
  readonly repeatBodyBytes: number
}

export const LIMITS: Limits = {
  // Half a minute with what it takes to start the program.
  totalMs: 28_000,
  resolveMs: 4_000,
  connectMs: 4_000,
  handshakeMs: 5_000,
  answerMs: 12_000,
  bodyMs: 6_000,
  idleMs: 6_500,
  originIdleMs: 22_000,
  repeats: 20,
  redirects: 10,
  bodyBytes: 2 * 1024 * 1024,
  repeatBodyBytes: 256 * 1024,
}

/** Owners see it in their logs, and can look up what it is. */
export const USER_AGENT = 'gatewell-doctor'

/** An answer is kept for as long as the examination takes: what the doctor wants to see is the time to live itself. */
const TTL_MS_MAX = 7 * 24 * 3_600_000
const TICK_MS = 5
/** Timers are as coarse as that, and a busy machine is late. */
const MARGIN_MS = 100

export type InstrumentOptions = {
  /** Name servers, `address` or `address:port`; none: those of this machine, and public ones beside them. */
  readonly resolvers: readonly string[]
  readonly limits: Limits
  /** Authorities that are trusted besides those that Node knows, PEM. */
  readonly authorities: readonly string[]
  readonly clock?: Clock
}

export class Instruments {
  readonly limits: Limits
  readonly resolvers: readonly string[]
  readonly authorities: readonly string[]
  readonly clock: Clock
  readonly dialer: Dialer
  /** Addresses by host: a name is looked up once, however many redirects lead to it. */
  readonly names = new Map<string, readonly string[]>()
  readonly #wheel: Wheel
  readonly #began: number
  readonly #resolvers = new Map<string, Resolver>()

  constructor({ resolvers, limits, authorities, clock = systemClock }: InstrumentOptions) {
    this.limits = limits
    this.resolvers = resolvers
    this.authorities = authorities
    this.clock = clock
    this.#wheel = new Wheel({ clock, tickMs: TICK_MS })
    this.#began = clock.now()
    this.dialer = new Dialer({ clock, wheel: this.#wheel, resolver: this.resolver(null) })
  }

  /** Milliseconds since the examination began. */
  now(): number {
    return Math.round((this.clock.now() - this.#began) * 10) / 10
  }

  /** Milliseconds since `at`, as `now()` gives it. */
  since(at: number): number {
    return Math.round((this.now() - at) * 10) / 10
  }

  /** `ms`, or what is left of the whole time. */
  within(ms: number): number {
    return Math.max(1, Math.min(ms, this.limits.totalMs - this.now()))
  }

  /** What fails now fails for want of time, and says nothing about the site. */
  get isOver(): boolean {
    return this.now() >= this.limits.totalMs - MARGIN_MS
  }

  /** Of one name server, or as this machine resolves. */
  resolver(server: string | null, timeoutMs = this.limits.resolveMs): Resolver {
    const key = server ?? ''
    const known = this.#resolvers.get(key)
    if (known !== undefined) return known
    const options = { servers: server === null ? [] : [server], timeoutMs, ttlMinMs: 0, ttlMaxMs: TTL_MS_MAX }
    const resolver = new Resolver(options, this.clock, this.#wheel)
    this.#resolvers.set(key, resolver)
    return resolver
  }

  close(): void {
    for (const resolver of this.#resolvers.values()) resolver.close()
    this.#wheel.close()
  }
}

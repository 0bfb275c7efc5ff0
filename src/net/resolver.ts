/**
 * Names → places, kept for their time to live. A name that resolved once keeps its last good answer while asking again fails or takes
 * long (RFC 8767), but not when a server says that the name is gone. Failures are kept for a moment, so that a storm asks but once.
 * With servers configured those are asked; otherwise the machine.
 */
import { isIP } from 'node:net'
import { type Failure, failure } from '../causes/failure.ts'
import type { Clock } from '../std/clock.ts'
import { Timer, type Wheel } from '../std/wheel.ts'
import type { EndpointAddress, NamedAddress } from './address.ts'
import { MachineSource } from './name/machine-source.ts'
import { ServerSource } from './name/server-source.ts'
import { ServiceQuery } from './name/service-query.ts'
import type { NameSource, Place } from './name/source.ts'

export type ResolverOptions = {
  /** `address` or `address:port`; none means the machine's own resolver, with its hosts file and search list. */
  readonly servers: readonly string[]
  /** For one lookup, in which a server that stays silent is asked twice. */
  readonly timeoutMs: number
  /** An answer is kept for its TTL, but no shorter and no longer than these. */
  readonly ttlMinMs: number
  readonly ttlMaxMs: number
}

export type Resolution = {
  readonly kind: 'resolution'
  /** In the order to try. */
  readonly places: readonly Place[]
  /** From the cache rather than just asked. */
  readonly isCached: boolean
  /** Older than its TTL, used because asking again failed, with `problem`, or takes too long. */
  readonly isStale: boolean
  readonly problem: Failure | null
  /** After so long it is asked for again. */
  readonly validMs: number
}

export type ResolveDone = (outcome: Resolution | Failure) => void

/** The last good answer, or why there is none. */
type Entry = {
  readonly known: readonly Place[] | Failure
  isStale: boolean
  problem: Failure | null
  validUntil: number
  /** For so long after that it still serves while it is asked for again, so that traffic waits for no name server. */
  graceMs: number
  /** Who wants it fresh gets what there is until then. */
  freshUntil: number
}
type Answer = { readonly places: readonly Place[]; readonly ttlMs: number }

const ENTRIES_MAX = 10_000
/** So long an answer is waited for while there is an old one. */
const PATIENCE_MS = 1_000
/** So long an old answer is used before the question is put again. */
const STALE_MS = 5_000
/** So long a failure stands for all who ask. */
const FAILURE_MS = 1_000
/** Everyone who fails to connect wants a fresh answer; this many of them a second get one. */
const FRESH_MS = 250

export class Resolver {
  readonly #options: ResolverOptions
  readonly #clock: Clock
  readonly #wheel: Wheel
  readonly #machine: MachineSource
  readonly #source: NameSource
  readonly #entries = new Map<string, Entry>()
  readonly #waiting = new Map<string, ResolveDone[]>()
  readonly #watchers = new Map<string, Set<ResolveDone>>()

  constructor(options: ResolverOptions, clock: Clock, wheel: Wheel, machine = new MachineSource(options)) {
    this.#options = options
    this.#clock = clock
    this.#wheel = wheel
    this.#machine = machine
    this.#source = options.servers.length === 0 ? machine : new ServerSource(options.servers, options.timeoutMs)
  }

  /** Calls `done` at once when the answer is known. `isFresh` asks even then, unless that was done just now. */
  resolve(address: NamedAddress, done: ResolveDone, isFresh = false): void {
    if (address.kind === 'tcp' && isIP(address.host) !== 0) return done(answered([placeOf(address.host)], this.#options.ttlMaxMs))
    const key = keyOf(address)
    const now = this.#clock.now()
    const entry = this.#entries.get(key)
    const waiting = this.#waiting.get(key)
    if (entry !== undefined && now < (isFresh ? entry.freshUntil : entry.validUntil + entry.graceMs)) {
      if (now >= entry.validUntil && waiting === undefined) this.#ask(address, key, isFresh)
      return done(this.#reuse(this.#entries.get(key) ?? entry))
    }
    if (waiting !== undefined) {
      waiting.push(done)
      return
    }
    this.#ask(address, key, isFresh, done)
  }

  /** Tells of everything that comes of asking for a name, whoever asked. The result ends that. */
  watch(address: NamedAddress, listener: ResolveDone): () => void {
    const key = keyOf(address)
    const watchers = this.#watchers.get(key) ?? new Set()
    this.#watchers.set(key, watchers.add(listener))
    return () => {
      watchers.delete(listener)
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key)
    }
  }

  close(): void {
    this.#watchers.clear()
    this.#source.close()
    this.#machine.close()
  }

  #ask(address: NamedAddress, key: string, isFresh: boolean, done: ResolveDone = () => {}): void {
    this.#waiting.set(key, [done])
    const began = this.#clock.now()
    const old = this.#entries.get(key)
    const patience = new Timer(() => this.#settle(key, this.#age(old as Entry, null)))
    if (old !== undefined && isGood(old)) this.#wheel.arm(patience, PATIENCE_MS)
    this.#put(address, (error, answer) => {
      this.#wheel.disarm(patience)
      const outcome = answer === null ? this.#fail(address, key, error, began) : this.#keep(key, answer)
      const entry = this.#entries.get(key)
      if (isFresh && entry !== undefined) entry.freshUntil = this.#clock.now() + FRESH_MS
      // Whoever asked may go on at once with what those who watch make of it.
      for (const listener of [...(this.#watchers.get(key) ?? [])]) listener(outcome)
      this.#settle(key, outcome)
    })
  }

  #settle(key: string, outcome: Resolution | Failure): void {
    const waiting = this.#waiting.get(key) ?? []
    this.#waiting.delete(key)
    for (const done of waiting) done(outcome)
  }

  /** Puts the question to whom it belongs: `localhost` to the machine, whatever servers are configured. */
  #put(address: NamedAddress, done: (error: NodeJS.ErrnoException | null, answer: Answer | null) => void): void {
    if (address.kind === 'srv') {
      new ServiceQuery({ resolver: this, source: this.#source, ttlMs: this.#options.ttlMaxMs, done }).begin(address.service)
      return
    }
    const { host } = address
    const source = host === 'localhost' || host.endsWith('.localhost') ? this.#machine : this.#source
    source.askHost(host, (error, answer) => {
      if (answer === null) done(error, null)
      else done(null, { places: answer.addresses.map((one) => placeOf(one, host)), ttlMs: answer.ttlMs })
    })
  }

  #keep(key: string, { places, ttlMs }: Answer): Resolution {
    const validMs = Math.min(Math.max(ttlMs, this.#options.ttlMinMs), this.#options.ttlMaxMs)
    this.#remember(key, {
      known: places,
      isStale: false,
      problem: null,
      validUntil: this.#clock.now() + validMs,
      graceMs: Math.min(validMs, STALE_MS),
      freshUntil: 0,
    })
    return answered(places, validMs)
  }

  #fail(address: NamedAddress, key: string, error: NodeJS.ErrnoException | null, began: number): Resolution | Failure {
    const now = this.#clock.now()
    const elapsedMs = Math.round(now - began)
    const cause = causeOf(error?.code ?? '', elapsedMs)
    const name = address.kind === 'srv' ? address.service : address.host
    const asked = (error as { hostname?: string } | null)?.hostname
    const facts = {
      [address.kind === 'srv' ? 'service' : 'host']: name,
      // With a search list, or for a host of a service.
      asked: asked === name ? undefined : asked,
      code: error?.code,
      resolver: this.#source.label,
      elapsed_ms: elapsedMs,
    }
    const known = failure(cause, 'resolve', 'safe', facts, error)
    const old = this.#entries.get(key)
    // Gone is gone: whatever is at that address now is somebody else's.
    if (old !== undefined && isGood(old) && cause !== 'dns-nxdomain') {
      old.freshUntil = now + FAILURE_MS
      return this.#age(old, known)
    }
    this.#remember(key, {
      known,
      isStale: false,
      problem: null,
      validUntil: now + FAILURE_MS,
      graceMs: 0,
      freshUntil: now + FAILURE_MS,
    })
    return known
  }

  #age(old: Entry, problem: Failure | null): Resolution | Failure {
    old.isStale = true
    old.problem = problem
    old.validUntil = this.#clock.now() + STALE_MS
    old.graceMs = STALE_MS
    return this.#reuse(old)
  }

  #remember(key: string, entry: Entry): void {
    if (this.#entries.size >= ENTRIES_MAX) this.#entries.clear()
    this.#entries.set(key, entry)
  }

  #reuse({ known, isStale, problem, validUntil }: Entry): Resolution | Failure {
    if ('kind' in known) return known
    const validMs = Math.max(0, validUntil - this.#clock.now())
    return { kind: 'resolution', places: known, isCached: true, isStale, problem, validMs }
  }
}

function answered(places: readonly Place[], validMs: number): Resolution {
  return { kind: 'resolution', places, isCached: false, isStale: false, problem: null, validMs }
}

function isGood({ known }: Entry): boolean {
  return !('kind' in known)
}

/** Has it to be resolved? An IP address has not, nor has the path of a socket. */
export function isNamed(address: EndpointAddress): address is NamedAddress {
  return address.kind === 'srv' || (address.kind === 'tcp' && isIP(address.host) === 0)
}

function placeOf(address: string, host = address): Place {
  return { address, port: 0, host, priority: 0, weight: 1 }
}

function keyOf(address: NamedAddress): string {
  return address.kind === 'srv' ? `srv:${address.service}` : address.host
}

/** EAI_AGAIN stands for no answer as well as for a bad one; a bad one comes fast. */
function causeOf(code: string, elapsedMs: number): 'dns-nxdomain' | 'dns-timeout' | 'dns-servfail' {
  switch (code) {
    case 'ENOTFOUND':
    case 'ENODATA':
    case 'EAI_NONAME':
    case 'EAI_NODATA':
      return 'dns-nxdomain'
    case 'ETIMEOUT':
    case 'ETIMEDOUT':
    case 'ECONNREFUSED':
    case 'ECANCELLED':
      return 'dns-timeout'
    case 'EAI_AGAIN':
      return elapsedMs < 1_000 ? 'dns-servfail' : 'dns-timeout'
    default:
      return 'dns-servfail'
  }
}

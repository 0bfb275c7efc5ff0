/**
 * Names → addresses, with a cache by TTL. A name that resolved once keeps its last good answer while the resolver fails or is slow
 * (RFC 8767), but not when it says that the name is gone.
 * With servers configured it asks those (c-ares); otherwise the machine's own resolver, with its hosts file and search list.
 */
import { lookup, Resolver as Server } from 'node:dns'
import { isIP } from 'node:net'
import { type Failure, failure } from '../causes/failure.ts'
import type { Clock } from '../std/clock.ts'
import { Timer, type Wheel } from '../std/wheel.ts'

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
  readonly addresses: readonly string[]
  /** From the cache rather than just asked. */
  readonly isCached: boolean
  /** Older than its TTL, used because asking again failed. */
  readonly isStale: boolean
}

type Entry = { addresses: string[]; validUntil: number; isStale: boolean }
type Done = (outcome: Resolution | Failure) => void
type Answer = { addresses: string[]; ttlMs: number }

/** What the machine's own resolver answers has no TTL that we can see. */
const LOOKUP_TTL_MS = 5_000
const ENTRIES_MAX = 10_000
/** So long an answer is waited for while there is an old one. */
const PATIENCE_MS = 1_000
/** So long an old answer is used before the question is put again. */
const STALE_MS = 5_000

export class Resolver {
  readonly #options: ResolverOptions
  readonly #clock: Clock
  readonly #wheel: Wheel
  readonly #server: Server | null
  readonly #entries = new Map<string, Entry>()
  readonly #waiting = new Map<string, Done[]>()

  constructor(options: ResolverOptions, clock: Clock, wheel: Wheel) {
    this.#options = options
    this.#clock = clock
    this.#wheel = wheel
    this.#server = null
    if (options.servers.length === 0) return
    // The second try is given twice as long as the first.
    this.#server = new Server({ timeout: Math.ceil(options.timeoutMs / 3), tries: 2 })
    this.#server.setServers(options.servers)
  }

  /** Calls `done` at once when the answer is cached or needs no asking. `isFresh` asks even then. */
  resolve(host: string, done: Done, isFresh = false): void {
    if (isIP(host) !== 0) return done({ kind: 'resolution', addresses: [host], isCached: false, isStale: false })
    const entry = this.#entries.get(host)
    if (!isFresh && entry !== undefined && this.#clock.now() < entry.validUntil) {
      return done({ kind: 'resolution', addresses: entry.addresses, isCached: true, isStale: entry.isStale })
    }
    const waiting = this.#waiting.get(host)
    if (waiting !== undefined) {
      waiting.push(done)
      return
    }
    this.#waiting.set(host, [done])
    this.#ask(host)
  }

  close(): void {
    this.#server?.cancel()
  }

  #ask(host: string): void {
    const began = this.#clock.now()
    const settle = (outcome: Resolution | Failure): void => {
      const waiting = this.#waiting.get(host) ?? []
      this.#waiting.delete(host)
      for (const done of waiting) done(outcome)
    }
    const old = this.#entries.get(host)
    const patience = old === undefined ? null : new Timer(() => settle(this.#reuse(old)))
    if (patience !== null) this.#wheel.arm(patience, PATIENCE_MS)
    const finish = (error: NodeJS.ErrnoException | null, answer: Answer | null): void => {
      if (patience !== null) this.#wheel.disarm(patience)
      settle(answer === null ? this.#fail(host, error, began) : this.#keep(host, answer))
    }
    // The hosts file and `localhost` belong to the machine whatever servers are configured.
    if (this.#server === null || host === 'localhost' || host.endsWith('.localhost')) this.#askMachine(host, finish)
    else this.#askServer(this.#server, host, finish)
  }

  #askMachine(host: string, finish: (error: NodeJS.ErrnoException | null, answer: Answer | null) => void): void {
    lookup(host, { all: true, order: 'verbatim' }, (error, found) => {
      if (error !== null) finish(error, null)
      else finish(null, { addresses: found.map((one) => one.address), ttlMs: LOOKUP_TTL_MS })
    })
  }

  /** Both families at once; one that has none does not spoil the other. RFC 8305 §4: IPv6 goes first. */
  #askServer(server: Server, host: string, finish: (error: NodeJS.ErrnoException | null, answer: Answer | null) => void): void {
    let found: { address: string; ttl: number }[] = []
    let worst: NodeJS.ErrnoException | null = null
    let pending = 2
    const take = (error: NodeJS.ErrnoException | null, records: { address: string; ttl: number }[] = [], isFirst = false): void => {
      if (error !== null) {
        if (worst === null || worst.code === 'ENODATA' || worst.code === 'ENOTFOUND') worst = error
      } else found = isFirst ? [...records, ...found] : [...found, ...records]
      if (--pending > 0) return
      if (found.length === 0) return finish(worst, null)
      finish(null, { addresses: found.map((one) => one.address), ttlMs: Math.min(...found.map((one) => one.ttl)) * 1_000 })
    }
    server.resolve4(host, { ttl: true }, take)
    server.resolve6(host, { ttl: true }, (error, records) => take(error, records, true))
  }

  #keep(host: string, answer: Answer): Resolution {
    const ttlMs = Math.min(Math.max(answer.ttlMs, this.#options.ttlMinMs), this.#options.ttlMaxMs)
    if (this.#entries.size >= ENTRIES_MAX) this.#entries.clear()
    this.#entries.set(host, { addresses: answer.addresses, validUntil: this.#clock.now() + ttlMs, isStale: false })
    return { kind: 'resolution', addresses: answer.addresses, isCached: false, isStale: false }
  }

  #fail(host: string, error: NodeJS.ErrnoException | null, began: number): Resolution | Failure {
    const elapsedMs = Math.round(this.#clock.now() - began)
    const cause = causeOf(error?.code ?? '', elapsedMs)
    if (cause === 'dns-nxdomain') this.#entries.delete(host)
    const old = this.#entries.get(host)
    if (old !== undefined) return this.#reuse(old)
    const servers = this.#options.servers.join(' ') || 'system'
    const facts = { host, code: error?.code, resolver: servers, elapsed_ms: elapsedMs }
    return failure(cause, 'resolve', 'safe', facts, error)
  }

  #reuse(old: Entry): Resolution {
    old.isStale = true
    old.validUntil = this.#clock.now() + STALE_MS
    return { kind: 'resolution', addresses: old.addresses, isCached: true, isStale: true }
  }
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

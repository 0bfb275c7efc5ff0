/**
 * Address → connected channel. Resolves, then tries the addresses one after another, the next one 250 ms after the last began
 * while that goes on (RFC 8305 §5), the whole within one connect timeout. Node's own happy-eyeballs gives every address up after
 * 250 ms, which makes slow servers look dead; it is never used here.
 */
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { evidence, type Failure, failure } from '../causes/failure.ts'
import type { Clock } from '../std/clock.ts'
import { Timer, type Wheel } from '../std/wheel.ts'
import type { Address } from './address.ts'
import { adoptChannel, type Channel, type ChannelOwner } from './channel.ts'
import { connectFailure } from './connect-failure.ts'
import type { Resolution, Resolver } from './resolver.ts'

const STAGGER_MS = 250

type DialDone = (outcome: Channel | Failure) => void

export type DialerOptions = { readonly clock: Clock; readonly wheel: Wheel; readonly resolver: Resolver }

/** Makes connections; one for the whole data plane. */
export class Dialer {
  readonly #options: DialerOptions

  constructor(options: DialerOptions) {
    this.#options = options
  }

  /** `done` is called once, later; not after `cancel()`. `owner` gets what happens on the channel from then on, read into `buffer`. */
  dial(address: Address, connectMs: number, owner: ChannelOwner, buffer: Buffer, done: DialDone): Dialing {
    const dialing = new Dialing(this.#options, address, connectMs, owner, buffer, done)
    dialing.begin()
    return dialing
  }
}

/** One dial in progress. */
export class Dialing {
  readonly #clock: Clock
  readonly #wheel: Wheel
  readonly #resolver: Resolver
  readonly #address: Address
  readonly #connectMs: number
  readonly #owner: ChannelOwner
  readonly #buffer: Buffer
  #done: DialDone | null
  readonly #began: number
  readonly #deadline = new Timer(() => this.#timeOut())
  readonly #stagger = new Timer(() => this.#tryNext())
  #resolution: Resolution | null = null
  #addresses: string[] = []
  #next = 0
  readonly #open = new Set<Socket>()
  #lastFailure: Failure | null = null
  #hasAskedAgain = false

  constructor(options: DialerOptions, address: Address, connectMs: number, owner: ChannelOwner, buffer: Buffer, done: DialDone) {
    this.#clock = options.clock
    this.#wheel = options.wheel
    this.#resolver = options.resolver
    this.#address = address
    this.#connectMs = connectMs
    this.#owner = owner
    this.#buffer = buffer
    this.#done = done
    this.#began = options.clock.now()
  }

  begin(): void {
    this.#wheel.arm(this.#deadline, this.#connectMs)
    if (this.#address.kind === 'unix') this.#connect({ path: this.#address.path }, this.#address.path)
    else this.#resolver.resolve(this.#address.host, (outcome) => this.#onResolved(outcome))
  }

  cancel(): void {
    this.#done = null
    this.#release()
  }

  #onResolved(outcome: Resolution | Failure): void {
    if (this.#done === null) return
    if (outcome.kind === 'failure') return this.#finish(outcome)
    this.#resolution = outcome
    this.#addresses = interleaved(outcome.addresses)
    this.#next = 0
    this.#tryNext()
  }

  #tryNext(): void {
    const address = this.#addresses[this.#next]
    if (address === undefined || this.#done === null || this.#address.kind === 'unix') return
    this.#next++
    if (this.#next < this.#addresses.length) this.#wheel.arm(this.#stagger, STAGGER_MS)
    this.#connect({ host: address, port: this.#address.port, noDelay: true, autoSelectFamily: false }, address)
  }

  #connect(dial: NetConnectOpts, tried: string): void {
    const socket = connect({ ...dial, allowHalfOpen: true })
    this.#open.add(socket)
    socket.once('error', (error) => this.#onRefused(socket, tried, error))
    socket.once('connect', () => {
      if (this.#done === null) return
      this.#open.delete(socket)
      this.#finish(adoptChannel(this.#owner, this.#buffer, socket))
    })
  }

  #onRefused(socket: Socket, tried: string, error: NodeJS.ErrnoException): void {
    this.#open.delete(socket)
    if (this.#done === null) return
    const facts = { address: tried, port: this.#address.kind === 'tcp' ? this.#address.port : '', elapsed_ms: this.#elapsedMs() }
    this.#lastFailure = connectFailure(error, this.#address.kind === 'unix', facts)
    if (this.#next < this.#addresses.length) {
      this.#wheel.disarm(this.#stagger)
      return this.#tryNext()
    }
    if (this.#open.size === 0) this.#exhausted(this.#lastFailure)
  }

  /** Every address failed. If they came from the cache, the name may have moved: ask again before giving up. */
  #exhausted(last: Failure): void {
    const cached = this.#resolution
    if (this.#address.kind === 'unix' || cached === null || !cached.isCached || this.#hasAskedAgain) return this.#finish(last)
    this.#hasAskedAgain = true
    const before = [...cached.addresses].sort().join(' ')
    this.#resolver.resolve(
      this.#address.host,
      (outcome) => {
        if (this.#done === null) return
        const isMoved = outcome.kind === 'resolution' && !outcome.isStale && [...outcome.addresses].sort().join(' ') !== before
        if (isMoved) return this.#onResolved(outcome)
        const isUnknown = outcome.kind === 'failure' || outcome.isStale
        this.#finish(isUnknown ? staleFailure(last, before, outcome) : last)
      },
      true,
    )
  }

  #timeOut(): void {
    const facts = {
      address: this.#addresses.join(' ') || (this.#address.kind === 'unix' ? this.#address.path : this.#address.host),
      port: this.#address.kind === 'tcp' ? this.#address.port : '',
      limit_ms: this.#connectMs,
      elapsed_ms: this.#elapsedMs(),
    }
    if (this.#address.kind === 'tcp' && this.#resolution === null) this.#finish(failure('dns-timeout', 'resolve', 'safe', facts))
    else this.#finish(failure('connect-timeout', 'connect', 'safe', facts))
  }

  #finish(outcome: Channel | Failure): void {
    const done = this.#done
    this.#done = null
    this.#release()
    done?.(outcome)
  }

  #release(): void {
    this.#wheel.disarm(this.#deadline)
    this.#wheel.disarm(this.#stagger)
    for (const socket of this.#open) socket.destroy()
    this.#open.clear()
  }

  #elapsedMs(): number {
    return Math.round(this.#clock.now() - this.#began)
  }
}

function staleFailure(last: Failure, cached: string, lookup: Resolution | Failure): Failure {
  const facts = { cached_addresses: cached, lookup: lookup.kind === 'failure' ? lookup.cause : 'no answer', connect_cause: last.cause }
  return { ...last, cause: 'dns-stale', evidence: [...evidence(facts), ...last.evidence] }
}

/** RFC 8305 §4: the families in turn, beginning with the resolver's first choice. */
function interleaved(addresses: readonly string[]): string[] {
  const isSix = (address: string): boolean => address.includes(':')
  const first = addresses.filter((address) => isSix(address) === isSix(addresses[0] ?? ''))
  const second = addresses.filter((address) => isSix(address) !== isSix(addresses[0] ?? ''))
  const mixed: string[] = []
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    const one = first[i]
    const other = second[i]
    if (one !== undefined) mixed.push(one)
    if (other !== undefined) mixed.push(other)
  }
  return mixed
}

/**
 * Address → connected channel. Resolves, then tries the places one after another, the next one 250 ms after the last began while that
 * goes on (RFC 8305 §5), the whole within one connect timeout. Places from the cache that lead nowhere are asked for again.
 * Node's own happy-eyeballs gives every address up after 250 ms, which makes slow servers look dead; it is never used here.
 */
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { type Failure, failure } from '../causes/failure.ts'
import type { Clock } from '../std/clock.ts'
import { Timer, type Wheel } from '../std/wheel.ts'
import { addressText, type EndpointAddress, type NamedAddress } from './address.ts'
import { Census, isShortage } from './census.ts'
import { adoptChannel, type Channel, type ChannelOwner } from './channel.ts'
import { connectFailure } from './connect-failure.ts'
import type { Place } from './name/source.ts'
import type { Resolution, Resolver } from './resolver.ts'

const STAGGER_MS = 250

type DialDone = (outcome: Channel | Failure) => void

export type DialerOptions = { readonly clock: Clock; readonly wheel: Wheel; readonly resolver: Resolver }

/** Makes connections; one for the whole data plane. */
export class Dialer {
  readonly #options: DialerOptions
  readonly #census: Census

  constructor(options: DialerOptions) {
    this.#options = options
    this.#census = new Census(options.clock)
  }

  /** `done` is called once, later; not after `cancel()`. `owner` gets what happens on the channel from then on, read into `buffer`. */
  dial(address: EndpointAddress, connectMs: number, owner: ChannelOwner, buffer: Buffer, done: DialDone): Dialing {
    const dialing = new Dialing(this.#options, this.#census, address, connectMs, owner, buffer, done)
    dialing.begin()
    return dialing
  }
}

/** One dial in progress. */
export class Dialing {
  readonly #clock: Clock
  readonly #wheel: Wheel
  readonly #resolver: Resolver
  readonly #census: Census
  readonly #address: EndpointAddress
  readonly #connectMs: number
  readonly #owner: ChannelOwner
  readonly #buffer: Buffer
  #done: DialDone | null
  readonly #began: number
  readonly #deadline = new Timer(() => this.#timeOut())
  readonly #stagger = new Timer(() => this.#tryNext())
  #resolution: Resolution | null = null
  #places: readonly Place[] = []
  #next = 0
  readonly #open = new Set<Socket>()
  #lastFailure: Failure | null = null
  #isAskingAgain = false
  /** What came of asking again. */
  #again: Resolution | Failure | null = null

  constructor(
    options: DialerOptions,
    census: Census,
    address: EndpointAddress,
    connectMs: number,
    owner: ChannelOwner,
    buffer: Buffer,
    done: DialDone,
  ) {
    this.#clock = options.clock
    this.#wheel = options.wheel
    this.#resolver = options.resolver
    this.#census = census
    this.#address = address
    this.#connectMs = connectMs
    this.#owner = owner
    this.#buffer = buffer
    this.#done = done
    this.#began = options.clock.now()
  }

  begin(): void {
    this.#wheel.arm(this.#deadline, this.#connectMs)
    const name = nameOf(this.#address)
    if (name === null) this.#connect({ path: addressText(this.#address) }, addressText(this.#address), '')
    else this.#resolver.resolve(name, (outcome) => this.#onResolved(outcome))
  }

  cancel(): void {
    this.#done = null
    this.#release()
  }

  #onResolved(outcome: Resolution | Failure): void {
    if (this.#done === null) return
    if (outcome.kind === 'failure') return this.#finish(outcome)
    const places = this.#placesOf(outcome)
    if (places.length === 0) return this.#finish(this.#movedFailure(outcome, null))
    this.#resolution = outcome
    // The places of a service have an order of their own.
    this.#places = this.#address.kind === 'srv' ? places : interleaved(places)
    this.#next = 0
    this.#tryNext()
  }

  /** All places of the name, or the one that is wanted, if the name still leads there. */
  #placesOf(resolution: Resolution): readonly Place[] {
    const address = this.#address
    if (address.kind !== 'tcp' || address.found === undefined) return resolution.places
    return resolution.places.filter((place) => place.address === address.host && (place.port === 0 || place.port === address.port))
  }

  #tryNext(): void {
    const place = this.#places[this.#next]
    if (this.#done === null) return
    if (place === undefined) {
      this.#askAgain()
      return
    }
    this.#next++
    if (this.#next < this.#places.length || this.#resolution?.isCached === true) this.#wheel.arm(this.#stagger, STAGGER_MS)
    const port = this.#address.kind === 'tcp' ? this.#address.port : place.port
    this.#connect({ host: place.address, port, noDelay: true, autoSelectFamily: false }, place.address, port)
  }

  #connect(dial: NetConnectOpts, address: string, port: number | ''): void {
    const socket = connect({ ...dial, allowHalfOpen: true })
    this.#open.add(socket)
    socket.once('error', (error) => this.#onRefused(socket, error, address, port))
    socket.once('connect', () => {
      if (this.#done === null) return
      this.#open.delete(socket)
      this.#finish(adoptChannel(this.#owner, this.#buffer, socket))
    })
  }

  #onRefused(socket: Socket, error: NodeJS.ErrnoException, address: string, port: number | ''): void {
    this.#open.delete(socket)
    if (this.#done === null) return
    this.#lastFailure = connectFailure(error, this.#address.kind === 'unix', { address, port, elapsed_ms: this.#elapsedMs() })
    this.#wheel.disarm(this.#stagger)
    if (this.#next < this.#places.length) return this.#tryNext()
    if (this.#open.size === 0) this.#onAllTried(this.#lastFailure)
  }

  #onAllTried(last: Failure): void {
    if (isShortage(last)) return this.#census.explain(last, (explained) => this.#finish(explained))
    if (this.#isAskingAgain || this.#askAgain()) return
    this.#finish(this.#judged(last))
  }

  /** Places from the cache lead nowhere, or not soon: the name may have moved. False: it has been asked for in this dial. */
  #askAgain(): boolean {
    const name = nameOf(this.#address)
    if (name === null || this.#again !== null || this.#resolution?.isCached !== true) return false
    this.#isAskingAgain = true
    const onAnswer = (outcome: Resolution | Failure): void => {
      this.#isAskingAgain = false
      this.#again = outcome
      if (this.#done !== null) this.#onAskedAgain(outcome)
    }
    this.#resolver.resolve(name, onAnswer, true)
    return true
  }

  #onAskedAgain(outcome: Resolution | Failure): void {
    const isKnown = (place: Place): boolean => this.#places.some(({ address, port }) => address === place.address && port === place.port)
    const places = outcome.kind === 'failure' || outcome.isStale ? null : this.#placesOf(outcome)
    if (places?.length === 0) return this.#finish(this.#movedFailure(outcome, this.#lastFailure))
    const others = places?.filter((place) => !isKnown(place)) ?? []
    if (others.length > 0) {
      this.#places = others
      this.#next = 0
      return this.#tryNext()
    }
    if (this.#lastFailure !== null && this.#open.size === 0) this.#finish(this.#judged(this.#lastFailure))
  }

  /** When nobody could say whether the name still leads there, that is what is wrong. */
  #judged(last: Failure): Failure {
    const again = this.#again
    return again !== null && (again.kind === 'failure' || again.isStale) ? this.#movedFailure(again, last) : last
  }

  #movedFailure(fresh: Resolution | Failure, last: Failure | null): Failure {
    const address = this.#address
    const isKnown = fresh.kind === 'resolution' && !fresh.isStale
    const facts = {
      cached_addresses: placesText(this.#resolution?.places ?? []) || addressText(address),
      fresh_addresses: isKnown ? placesText(fresh.places) : undefined,
      lookup: isKnown ? undefined : ((fresh.kind === 'failure' ? fresh : fresh.problem)?.cause ?? 'no answer'),
      connect_cause: last?.cause,
    }
    const named = failure('dns-stale', last?.phase ?? 'resolve', 'safe', facts, last?.error ?? null)
    return last === null ? named : { ...named, evidence: [...named.evidence, ...last.evidence] }
  }

  #timeOut(): void {
    const address = this.#address
    const facts = {
      address: this.#places.map((place) => place.address).join(' ') || hostOf(address),
      port: address.kind === 'tcp' ? address.port : '',
      limit_ms: this.#connectMs,
      elapsed_ms: this.#elapsedMs(),
    }
    if (address.kind !== 'unix' && this.#resolution === null) this.#finish(failure('dns-timeout', 'resolve', 'safe', facts))
    else this.#finish(this.#judged(failure('connect-timeout', 'connect', 'safe', facts)))
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

/** What name servers are to be asked for, or null where none are. An IP address is known as it is. */
function nameOf(address: EndpointAddress): NamedAddress | null {
  if (address.kind === 'unix') return null
  return (address.kind === 'tcp' ? address.found?.by : null) ?? address
}

function hostOf(address: EndpointAddress): string {
  return address.kind === 'tcp' ? address.host : addressText(address)
}

function placesText(places: readonly Place[]): string {
  return places
    .map(({ address, port }) => (port === 0 ? address : addressText({ kind: 'tcp', host: address, port })))
    .sort()
    .join(' ')
}

/** RFC 8305 §4: the families in turn, beginning with the resolver's first choice. */
function interleaved(places: readonly Place[]): Place[] {
  const isSix = (place: Place | undefined): boolean => place?.address.includes(':') ?? false
  const first = places.filter((place) => isSix(place) === isSix(places[0]))
  const second = places.filter((place) => isSix(place) !== isSix(places[0]))
  const mixed: Place[] = []
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    const one = first[i]
    const other = second[i]
    if (one !== undefined) mixed.push(one)
    if (other !== undefined) mixed.push(other)
  }
  return mixed
}

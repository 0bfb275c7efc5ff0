/**
 * One probe of one endpoint: a connection, or a GET and its answer, within one limit of time. A connection of its own each time,
 * so that a probe neither waits behind the traffic nor disturbs it. It says what it saw and decides nothing.
 */
import type { HealthPlan } from '../../config/plan.ts'
import { ResponseHead } from '../../http/message.ts'
import { addressText, authorityOf, type EndpointAddress } from '../../net/address.ts'
import type { Channel, ChannelOwner } from '../../net/channel.ts'
import type { Dialer, Dialing } from '../../net/dial.ts'
import type { Clock } from '../../std/clock.ts'
import { Timer, type Wheel } from '../../std/wheel.ts'
import { BodyReader } from '../../wire/h1/body-reader.ts'
import { INCOMPLETE, REFUSED } from '../../wire/h1/field-scanner.ts'
import { ResponseHeadParser } from '../../wire/h1/response-head.ts'
import {
  needsBody,
  type ProbePlace,
  type Sight,
  sightOfAnswer,
  sightOfConnection,
  sightOfEnd,
  sightOfFailure,
  sightOfGarbage,
  sightOfSilence,
} from './sight.ts'

export const PROBE_AGENT = 'Gatewell-Probe'

const BODY_BYTES_MAX = 64 * 1024
const NOTHING = Buffer.alloc(0)

const parser = new ResponseHeadParser()
/** What is read is copied at once, so all probes share it. */
const shared = Buffer.allocUnsafeSlow(64 * 1024)

export type ProbeTools = { readonly clock: Clock; readonly wheel: Wheel; readonly dialer: Dialer }
export type ProbeTarget = {
  readonly address: EndpointAddress
  readonly check: HealthPlan
  /** Instead of a GET of the check's path: a head that an answer to everything but HEAD follows. */
  readonly request?: string
}

export class Probe implements ChannelOwner {
  readonly #tools: ProbeTools
  readonly #target: ProbeTarget
  readonly #place: ProbePlace
  readonly #deadline = new Timer(() => this.#end(sightOfSilence(this.#target.check, this.#head)))
  readonly #reader = new BodyReader()
  #onDone: ((sight: Sight) => void) | null
  #dialing: Dialing | null = null
  #channel: Channel | null = null
  #received = NOTHING
  #head: ResponseHead | null = null
  #body = NOTHING

  /** `onDone` is called once, later; not after `cancel()`. */
  constructor(tools: ProbeTools, target: ProbeTarget, onDone: (sight: Sight) => void) {
    const { address, check } = target
    const name = addressText(address)
    this.#tools = tools
    this.#target = target
    this.#place = { name, host: check.host ?? authorityOf(address) }
    this.#onDone = onDone
  }

  begin(): void {
    const { clock, dialer } = this.#tools
    const { address, check } = this.#target
    const beganAt = clock.now()
    this.#dialing = dialer.dial(address, check.timeoutMs, this, shared, (outcome) => {
      this.#dialing = null
      if ('kind' in outcome) return this.#end(sightOfFailure(outcome, this.#place.name, check.timeoutMs))
      this.#channel = outcome
      if (check.kind === 'tcp') return this.#end(sightOfConnection(this.#place.name))
      this.#tools.wheel.arm(this.#deadline, Math.max(0, beganAt + check.timeoutMs - clock.now()))
      outcome.writeText(this.#requestText())
    })
  }

  cancel(): void {
    this.#onDone = null
    this.#release()
  }

  onBytes(bytes: Buffer, length: number): void {
    if (this.#head !== null) return this.#readBody(bytes, 0, length)
    this.#received = Buffer.concat([this.#received, bytes.subarray(0, length)])
    let at = 0
    const head = new ResponseHead()
    do {
      const next = parser.parse(this.#received, at, this.#received.length, head)
      if (next === INCOMPLETE) return
      if (next === REFUSED) return this.#end(sightOfGarbage(this.#received.subarray(at), parser.fault.rule))
      at = next
    } while (head.status < 200)
    this.#head = head
    this.#beginBody(head)
    this.#readBody(this.#received, at, this.#received.length)
  }

  onDrain(): void {}

  onEnd(): void {
    this.#finish(false)
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    this.#finish(error !== null)
  }

  /** Content of the body, from its reader. */
  onContent(bytes: Buffer): void {
    this.#body = Buffer.concat([this.#body, bytes]).subarray(0, BODY_BYTES_MAX)
  }

  #requestText(): string {
    const { check, request } = this.#target
    if (request !== undefined) return request
    const { path } = check
    return `GET ${path} HTTP/1.1\r\nHost: ${this.#place.host}\r\nUser-Agent: ${PROBE_AGENT}\r\nAccept: */*\r\nConnection: close\r\n\r\n`
  }

  #beginBody(head: ResponseHead): void {
    if (!needsBody(this.#target.check, head) || head.status === 204 || head.status === 304) this.#reader.beginNone()
    else if (head.isChunked) this.#reader.beginChunked()
    else if (head.length >= 0) this.#reader.beginLength(head.length)
    else this.#reader.beginUntilClose()
  }

  #readBody(bytes: Buffer, from: number, to: number): void {
    this.#reader.read(bytes, from, to, this)
    const { body } = this.#target.check
    const isSeen = body !== null && this.#body.includes(body)
    if (this.#reader.isDone || this.#reader.isBroken || isSeen || this.#body.length === BODY_BYTES_MAX) this.#answered()
  }

  #answered(): void {
    const { check } = this.#target
    this.#end(sightOfAnswer(check, this.#place, this.#head as ResponseHead, this.#body))
  }

  /** The connection is over. A body that was cut short is judged by what came of it. */
  #finish(isReset: boolean): void {
    if (this.#head === null) this.#end(sightOfEnd(isReset))
    else this.#answered()
  }

  #end(sight: Sight): void {
    const done = this.#onDone
    this.cancel()
    done?.(sight)
  }

  #release(): void {
    this.#tools.wheel.disarm(this.#deadline)
    this.#dialing?.cancel()
    this.#channel?.destroy()
    this.#dialing = this.#channel = null
  }
}

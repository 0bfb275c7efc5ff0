/**
 * How hard it is for the gateway itself, from 0 to 1 for each of a few monitors, after Envoy's overload manager. A busy event loop
 * or a full heap sheds requests, the least critical first. Many connections or descriptors shed none, for each connection that is
 * open can be served: idle ones are closed, kept-alive ones end with their answer, and new ones are turned away in time.
 */
import { type Failure, failure } from '../../causes/failure.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { CRITICALITIES, rankOf } from './criticality.ts'

export const MONITORS = ['event-loop', 'memory', 'descriptors', 'connections'] as const
export type Monitor = (typeof MONITORS)[number]

/** What the process knows of itself. */
export type Readings = {
  /** How late half of its timers fire, milliseconds. */
  readonly delayMs: number
  /** Of the memory that it may have. */
  readonly memoryShare: number
  /** Open files and sockets, and how many there may be; infinite where that is not known. */
  readonly descriptors: number
  readonly descriptorsMax: number
}

/** From here on the least critical requests are shed, and from there all but the most critical. */
const HIGH = [0.85, 0.95] as const
/** What has begun ends only when it is so much better. */
const HYSTERESIS = 0.1
/** A delay of this is half of what can be; 283 ms are 0.85, 950 ms are 0.95. */
const DELAY_MS = 50
/** Kept for upstream connections, logs and the link to control. */
const RESERVE_SHARE = 0.05
const RESERVE_MIN = 32
const RETRY_S = 5

export class Pressure {
  /** Requests of a lower rank than this are shed. */
  level = 0
  /** Connections or descriptors are getting scarce. */
  isCrowded = false
  /** Connections of clients for which there are descriptors. */
  connectionsMax = Number.POSITIVE_INFINITY
  readonly #values: Record<Monitor, number> = { 'event-loop': 0, memory: 0, descriptors: 0, connections: 0 }

  observe(readings: Readings, connections: number, connectionsMax: number): void {
    const { delayMs, memoryShare, descriptors, descriptorsMax } = readings
    const values = this.#values
    values['event-loop'] = delayMs / (delayMs + DELAY_MS)
    values.memory = memoryShare
    values.connections = connections / Math.max(1, connectionsMax)
    values.descriptors = 0
    this.connectionsMax = Number.POSITIVE_INFINITY
    if (Number.isFinite(descriptorsMax)) {
      const reserve = Math.max(descriptorsMax * RESERVE_SHARE, Math.min(RESERVE_MIN, descriptorsMax / 8))
      values.descriptors = Math.min(1, descriptors / (descriptorsMax - reserve))
      // Each further client may need a connection upstream as well.
      this.connectionsMax = Math.max(0, connections + Math.floor((descriptorsMax - reserve - descriptors) / 2))
    }
    this.level = levelOf(Math.max(values['event-loop'], values.memory), this.level)
    this.isCrowded = levelOf(Math.max(values.descriptors, values.connections), this.isCrowded ? 1 : 0) > 0
  }

  valueOf(monitor: Monitor): number {
    return this.#values[monitor]
  }

  /** Why this request is not served now, or null if it may be. Only asked while there is a level. */
  refuse(exchange: Exchange): Failure | null {
    const rank = rankOf(exchange)
    if (rank >= this.level) return null
    const { memory } = this.#values
    const monitor: Monitor = memory > this.#values['event-loop'] ? 'memory' : 'event-loop'
    const facts = { monitor, pressure: round(this.#values[monitor]), criticality: CRITICALITIES[rank], retry_after_s: RETRY_S }
    return failure('overload-shed', 'admit', 'safe', facts)
  }
}

function levelOf(value: number, former: number): number {
  let level = 0
  for (const [index, high] of HIGH.entries()) if (value >= (index < former ? high - HYSTERESIS : high)) level = index + 1
  return level
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** Looks for an endpoint that cannot be reached, by opening a connection to it again and again. What it opens goes to the pool. */
import type { Failure } from '../../causes/failure.ts'
import type { Dialing } from '../../net/dial.ts'
import type { Clock } from '../../std/clock.ts'
import { Timer, type Wheel } from '../../std/wheel.ts'
import type { H1Connection } from '../pool/h1-connection.ts'
import type { Endpoint } from './endpoint.ts'

/** While requests wait each moment counts; later it only has to be seen some time. */
const PAUSE_MS_MIN = 50
const PAUSE_MS_HELD = 250
const PAUSE_MS_MAX = 1_000
const GROWTH = 1.5
/** Somebody asks for the endpoint: it is looked at once, but not more often than this. */
const PAUSE_MS_ASKED = 100

export type ScoutOptions = {
  readonly endpoint: Endpoint
  readonly clock: Clock
  readonly wheel: Wheel
  /** Do requests wait for it? */
  readonly isAwaited: () => boolean
}

export class Scout {
  readonly #options: ScoutOptions
  readonly #timer = new Timer(() => this.#look())
  #pauseMs = PAUSE_MS_MIN
  #lookedAt = 0
  #dialing: Dialing | null = null

  constructor(options: ScoutOptions) {
    this.#options = options
    options.wheel.arm(this.#timer, PAUSE_MS_MIN)
  }

  close(): void {
    this.#options.wheel.disarm(this.#timer)
    if (this.#dialing !== null) this.#options.endpoint.pool.cancel(this.#dialing)
    this.#dialing = null
  }

  /** A request came that has to be turned away: the next one may find somebody. */
  hasten(now: number): void {
    if (this.#dialing !== null || now - this.#lookedAt < PAUSE_MS_ASKED) return
    this.#options.wheel.disarm(this.#timer)
    this.#look()
  }

  #look(): void {
    this.#lookedAt = this.#options.clock.now()
    this.#dialing = this.#options.endpoint.pool.dial((outcome) => this.#dialed(outcome))
  }

  #dialed(outcome: H1Connection | Failure): void {
    const { endpoint, clock, wheel, isAwaited } = this.#options
    this.#dialing = null
    if ('kind' in outcome) {
      endpoint.downBy = outcome
      this.#pauseMs = Math.min(this.#pauseMs * GROWTH, isAwaited() ? PAUSE_MS_HELD : PAUSE_MS_MAX)
      wheel.arm(this.#timer, this.#pauseMs)
      return
    }
    endpoint.pool.put(outcome)
    endpoint.observeConnected(clock.now())
  }
}

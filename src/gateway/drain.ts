/**
 * The end of a data plane in good order: what waits to be accepted is served, each kept connection gets one more answer that says it is
 * the last, exchanges in flight finish, WebSockets are told to connect again, spread over a while so that they do not all come at once.
 */
import type { CauseId } from '../causes/catalogue.ts'
import { failure } from '../causes/failure.ts'
import type { Acceptor } from '../net/acceptor.ts'
import { Timer } from '../std/wheel.ts'
import type { Context } from './context.ts'
import type { H1Downstream } from './listen/h1-downstream.ts'

/** For each WebSocket: a few of them are told within a blink, a thousand over ten seconds. */
const SPREAD_MS = 10

export class Drain {
  readonly #context: Context
  readonly #connections: ReadonlySet<H1Downstream>
  readonly #onEnd: () => void
  readonly #limit: Timer
  #isAccepting = true
  #isOver = false

  /** Begins. `onEnd` comes once: nothing is in flight any more, or the time is over and what is left is to be closed. */
  constructor(options: {
    context: Context
    acceptors: readonly Acceptor[]
    connections: ReadonlySet<H1Downstream>
    graceMs: number
    cause: CauseId
    onEnd: () => void
  }) {
    const { context, acceptors, connections, graceMs, cause } = options
    this.#context = context
    this.#connections = connections
    this.#onEnd = options.onEnd
    const outcome = failure(cause, 'relay', 'never', { limit_ms: graceMs })
    this.#limit = new Timer(() => {
      for (const connection of [...connections]) connection.expel(outcome)
      this.#end()
    })
    context.wheel.arm(this.#limit, graceMs)
    const webSockets = [...connections].filter(({ isWebSocket }) => isWebSocket).length
    const spreadMs = Math.min(webSockets * SPREAD_MS, graceMs / 2)
    for (const connection of [...connections]) connection.drain(context.random.fraction() * spreadMs)
    void Promise.all(acceptors.map((acceptor) => acceptor.drain())).then(() => {
      this.#isAccepting = false
      this.check()
    })
  }

  /** A connection has come: it is served like those that were here. */
  welcome(connection: H1Downstream): void {
    connection.drain(0)
  }

  /** A connection may have been the last. */
  check(): void {
    if (!this.#isAccepting && this.#connections.size === 0) this.#end()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#context.wheel.disarm(this.#limit)
    this.#onEnd()
  }
}

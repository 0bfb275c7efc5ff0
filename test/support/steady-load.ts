/** Clients that ask again and again, some on a connection that they keep, some on a new one each time, and count what became of it. */
import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerTo } from './http-request.ts'
import { until } from './until.ts'
import { saw } from './witness.ts'

const PAUSE_MS = 4

export class SteadyLoad {
  answered = 0
  /** What went wrong, a line each. */
  readonly failed: string[] = []
  readonly #agent = new Agent({ keepAlive: true })
  readonly #port: number
  readonly #clients: Promise<void>[]
  #isOver = false

  constructor(port: number, options: { keeping?: number; connecting?: number } = {}) {
    const { keeping = 4, connecting = 4 } = options
    this.#port = port
    this.#clients = [
      ...Array.from({ length: keeping }, () => this.#ask(this.#agent)),
      ...Array.from({ length: connecting }, () => this.#ask(false)),
    ]
  }

  /** Waits for so many more answers. */
  async flows(count = 50): Promise<void> {
    const before = this.answered
    await until(`${count} more requests are answered`, () => this.answered >= before + count)
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#clients)
    this.#agent.destroy()
    saw(this.answered + this.failed.length, this.answered)
  }

  async #ask(agent: Agent | false): Promise<void> {
    while (!this.#isOver) {
      try {
        const { status } = await answerTo(this.#port, { agent })
        if (status === 200) this.answered++
        else this.failed.push(`status ${status}`)
      } catch (error) {
        this.failed.push(`${agent === false ? 'new' : 'kept'} connection: ${(error as Error).message}`)
      }
      await sleep(PAUSE_MS)
    }
  }
}

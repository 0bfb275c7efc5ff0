/** An app in a process of its own, to be killed, stopped and started again on the port that it had. */
import { join } from 'node:path'
import { Child } from './child.ts'

export class App {
  readonly port: number
  readonly #serviceMs: number
  #child: Child

  private constructor(child: Child, port: number, serviceMs: number) {
    this.#child = child
    this.port = port
    this.#serviceMs = serviceMs
  }

  /** `port` 0: a free one. */
  static async start(port = 0, serviceMs = 5): Promise<App> {
    const child = spawnApp(port, serviceMs)
    const [, own] = await child.says(/port (\d+)/)
    return new App(child, Number(own), serviceMs)
  }

  get pid(): number {
    return this.#child.process.pid as number
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal)
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.#child.ended
  }

  async startAgain(): Promise<void> {
    this.#child = spawnApp(this.port, this.#serviceMs)
    await this.#child.says(/port \d+/)
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#child.ended
  }
}

function spawnApp(port: number, serviceMs: number): Child {
  return new Child([process.execPath, join(import.meta.dirname, 'app-main.ts'), String(port), String(serviceMs)])
}

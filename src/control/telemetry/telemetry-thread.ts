/** The thread that speaks to OpenTelemetry, seen from control. It begins with the first call, and does not keep the process. */
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Receipt, undelivered } from '../alert/receipt.ts'
import type { OtlpPlace, Parcel, Service, TelemetryCall, TelemetryReply } from './telemetry-link.ts'

const MAIN = join(import.meta.dirname, `telemetry-main${extname(import.meta.filename)}`)
const HEAP_MIB_MAX = 64

export class TelemetryThread {
  readonly #pending = new Map<number, (receipt: Receipt) => void>()
  #thread: Worker | null = null
  #ticket = 0

  send(place: OtlpPlace, service: Service, parcel: Parcel): Promise<Receipt> {
    this.#thread ??= this.#start()
    const call: TelemetryCall = { ticket: ++this.#ticket, place, service, parcel }
    return new Promise((resolve) => {
      this.#pending.set(call.ticket, resolve)
      this.#thread?.postMessage(call)
    })
  }

  async close(): Promise<void> {
    await this.#thread?.terminate()
  }

  #start(): Worker {
    // What the packages would read from the environment is not what the configuration says.
    const thread = new Worker(MAIN, { env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX } })
    thread.on('message', ({ ticket, receipt }: TelemetryReply) => {
      const resolve = this.#pending.get(ticket)
      this.#pending.delete(ticket)
      resolve?.(receipt)
    })
    thread.on('error', (error) => this.#lose(thread, error.message))
    thread.on('exit', () => this.#lose(thread, 'it has ended'))
    thread.unref()
    return thread
  }

  /** The next call starts another. */
  #lose(thread: Worker, reason: string): void {
    if (this.#thread !== thread) return
    this.#thread = null
    const lost = [...this.#pending.values()]
    this.#pending.clear()
    for (const resolve of lost) resolve(undelivered(`the thread of telemetry was lost: ${reason}`))
  }
}

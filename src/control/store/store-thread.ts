/** The store in a thread of its own, for SQLite blocks while it works. It begins with the first call, and does not keep the process. */
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { KeptAlerts } from '../alert/kept-alerts.ts'
import type { Incident, KeptIncident } from '../incident/incident.ts'
import type { Batch, FoundRecord, IncidentQuery, RecordQuery, ServiceDay, Store } from './store.ts'
import type { Call, Reply, StoreMethod, StoreSettings } from './store-link.ts'

const MAIN = join(import.meta.dirname, `store-main${extname(import.meta.filename)}`)
const HEAP_MIB_MAX = 96

type Pending = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }

export class StoreThread implements Store {
  readonly #settings: StoreSettings
  readonly #onNotice: (text: string) => void
  readonly #pending = new Map<number, Pending>()
  #thread: Worker | null = null
  #ticket = 0

  constructor(options: { settings: StoreSettings; onNotice: (text: string) => void }) {
    this.#settings = options.settings
    this.#onNotice = options.onNotice
  }

  write(batch: Batch): Promise<void> {
    return this.#call('write', batch)
  }

  request(id: string): Promise<readonly FoundRecord[]> {
    return this.#call('request', id)
  }

  records(query: RecordQuery): Promise<readonly FoundRecord[]> {
    return this.#call('records', query)
  }

  incident(id: string): Promise<Incident | null> {
    return this.#call('incident', id)
  }

  incidents(query: IncidentQuery): Promise<readonly Incident[]> {
    return this.#call('incidents', query)
  }

  unfinished(since: number): Promise<readonly KeptIncident[]> {
    return this.#call('unfinished', since)
  }

  alerts(): Promise<readonly KeptAlerts[]> {
    return this.#call('alerts', null)
  }

  writeDays(days: readonly ServiceDay[]): Promise<void> {
    return this.#call('writeDays', days)
  }

  days(since: number): Promise<readonly ServiceDay[]> {
    return this.#call('days', since)
  }

  async close(): Promise<void> {
    if (this.#thread === null) return
    await this.#call('close', null).catch(() => {})
    await this.#thread?.terminate()
  }

  #call<T>(method: StoreMethod, input: unknown): Promise<T> {
    this.#thread ??= this.#start()
    const thread = this.#thread
    const call: Call = { ticket: ++this.#ticket, method, input }
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.set(call.ticket, { resolve, reject })
      thread.ref()
      thread.postMessage(call)
    }) as Promise<T>
  }

  #start(): Worker {
    const thread = new Worker(MAIN, {
      workerData: this.#settings,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
    })
    thread.on('message', (message: Reply) => this.#hear(message))
    thread.on('error', (error) => this.#lose(thread, error.message))
    thread.on('exit', () => this.#lose(thread, 'it has ended'))
    return thread
  }

  #hear(message: Reply): void {
    if (message.kind === 'notice') return this.#onNotice(message.text)
    const pending = this.#pending.get(message.ticket)
    this.#pending.delete(message.ticket)
    if (this.#pending.size === 0) this.#thread?.unref()
    if (message.kind === 'done') pending?.resolve(message.value)
    else pending?.reject(new Error(message.reason))
  }

  /** The next call starts another. */
  #lose(thread: Worker, reason: string): void {
    if (this.#thread !== thread) return
    this.#thread = null
    const lost = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of lost) reject(new Error(`the thread of the store was lost: ${reason}`))
  }
}

/**
 * What is told to OpenTelemetry: which records become spans, and when all numbers are sent. The packages run in a thread of their own
 * (`telemetry-main.ts`), which begins only where the plan says that there is somebody to tell.
 */
import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Plan } from '../../config/plan.ts'
import type { OtlpPlan, TracesPlan } from '../../config/telemetry-plan.ts'
import type { FailureRecord, TraceRecord } from '../../gateway/observe/record.ts'
import { weigh } from '../../gateway/observe/weight.ts'
import { Timer, type Wheel } from '../../std/wheel.ts'
import type { Report } from '../../worker/link.ts'
import type { Receipt } from '../alert/receipt.ts'
import { dangerOf } from '../incident/weight.ts'
import type { Logger } from '../log.ts'
import type { MetricLedger } from '../metric-ledger.ts'
import { SpanQueue } from './span-queue.ts'
import type { Parcel, Service } from './telemetry-link.ts'
import { TelemetryThread } from './telemetry-thread.ts'

const CLOSE_MS = 2_000

export type TelemetryOptions = {
  readonly wheel: Wheel
  readonly log: Logger
  readonly ledger: MetricLedger
  readonly version: string
  /** Epoch milliseconds: since when the ledger counts. */
  readonly startedAt: number
}

export class Telemetry {
  readonly #options: TelemetryOptions
  readonly #thread = new TelemetryThread()
  readonly #spans: SpanQueue
  readonly #timer = new Timer(() => this.#sendNumbers())
  #otlp: OtlpPlan | null = null
  #service: Service
  #isSendingNumbers = false
  /** What did not get through when it was tried last. */
  readonly #troubled = new Set<Parcel['kind']>()
  #lost = 0

  constructor(options: TelemetryOptions) {
    const { wheel, ledger, version } = options
    const count = (metric: 'gatewell.telemetry.sent' | 'gatewell.telemetry.dropped', number: number): void =>
      ledger.add([{ metric, labels: [], values: Float64Array.of(number) }])
    this.#options = options
    this.#service = { name: '', instance: '', version }
    this.#spans = new SpanQueue({
      wheel,
      send: (records) => this.#send({ kind: 'traces', records }),
      onSent: (number) => count('gatewell.telemetry.sent', number),
      onDropped: (number) => {
        this.#lost += number
        count('gatewell.telemetry.dropped', number)
      },
      onReceipt: (receipt) => this.#tell('traces', receipt),
    })
  }

  apply({ telemetry: { otlp }, name, instance }: Plan): void {
    this.#service = { ...this.#service, name, instance }
    if (isDeepStrictEqual(otlp, this.#otlp)) return
    this.#otlp = otlp
    this.#troubled.clear()
    this.#options.wheel.disarm(this.#timer)
    if (otlp !== null && otlp.metrics !== null) this.#options.wheel.arm(this.#timer, otlp.metrics.intervalMs)
  }

  /** The records as they are to be kept: those that are told here know under which name. */
  take({ records, traced }: Pick<Report, 'records' | 'traced'>): readonly FailureRecord[] {
    const traces = this.#otlp?.traces ?? null
    if (traces === null) return records
    const named = records.map((record) => (isWanted(record, traces) ? withTrace(record) : record))
    this.#spans.add([...named.filter(({ trace }) => trace !== null && trace.span !== ''), ...traced])
    return named
  }

  /** Tells what is still to be told, for two seconds at most. */
  async close(): Promise<void> {
    this.#options.wheel.disarm(this.#timer)
    if (this.#otlp !== null) {
      const rest = Promise.all([this.#spans.close(), this.#sendNumbers()])
      const limit = Promise.withResolvers<void>()
      const timer = setTimeout(limit.resolve, CLOSE_MS)
      await Promise.race([rest, limit.promise])
      clearTimeout(timer)
    }
    this.#otlp = null
    this.#options.wheel.disarm(this.#timer)
    await this.#thread.close()
  }

  async #sendNumbers(): Promise<void> {
    const metrics = this.#otlp?.metrics ?? null
    if (metrics === null) return
    this.#options.wheel.arm(this.#timer, metrics.intervalMs)
    if (this.#isSendingNumbers) return
    const { ledger, startedAt } = this.#options
    this.#isSendingNumbers = true
    this.#tell('metrics', await this.#send({ kind: 'metrics', numbers: ledger.read(), startedAt }))
    this.#isSendingNumbers = false
  }

  async #send(parcel: Parcel): Promise<Receipt> {
    // Taken out of the plan meanwhile: there is nobody to tell, and nothing is wrong.
    if (this.#otlp === null) return { isDelivered: false, says: '', isFinal: true, retryAfterMs: null }
    const { endpoint, headers } = this.#otlp
    return this.#thread.send({ endpoint, headers }, this.#service, parcel)
  }

  /** Once when it begins and once when it is over. */
  #tell(kind: Parcel['kind'], { isDelivered, isFinal, says }: Receipt): void {
    if (this.#otlp === null || isDelivered !== this.#troubled.has(kind)) return
    const { log } = this.#options
    const host = URL.parse(this.#otlp.endpoint)?.host ?? ''
    const name = kind === 'traces' ? 'Traces' : 'Metrics'
    if (isDelivered) {
      this.#troubled.delete(kind)
      const lost = kind === 'traces' && this.#lost > 0 ? ` ${this.#lost} were lost.` : ''
      if (kind === 'traces') this.#lost = 0
      log.info({ signal: kind }, `${name} get through to ${host} again.${lost}`)
      return
    }
    this.#troubled.add(kind)
    const then =
      kind === 'metrics' ? 'It goes on trying.' : isFinal ? 'They are lost.' : 'It goes on trying; what there is no room for is lost.'
    log.warn({ signal: kind }, `${name} do not get through to ${host}: ${says}. ${then} Traffic is not held up.`)
  }
}

/** Nobody asked for its trace, but a visitor saw it fail, or it was saved from that. */
function isWanted(record: FailureRecord, { isFailureKept }: TracesPlan): boolean {
  if (!isFailureKept || (record.trace !== null && record.trace.span !== '')) return false
  const weight = weigh(record)
  return weight === 'seen' || (weight === 'rescued' && dangerOf(record) !== null)
}

function withTrace(record: FailureRecord): FailureRecord {
  const { id = hex(16), parent = '', scheme = '' } = record.trace ?? {}
  const trace: TraceRecord = { id, parent, span: `${hex(7)}00`, scheme }
  return { ...record, traceId: id, trace }
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

/**
 * Which exchanges are traced, and what their spans are called: W3C Trace Context, decided once, by whoever comes first. A request that
 * says so is traced; one that says nothing is drawn by its trace id. One that is not costs a comparison and goes on as it came.
 */
import { randomFillSync } from 'node:crypto'
import type { RequestHead } from '../../http/message.ts'
import { isSampled, isTraceparent, parentIdOf, traceIdOf, traceparentLine, withoutTraceparent } from '../../http/trace-context.ts'

/** Of one exchange that is recorded. Ids are hexadecimal, as they are written. */
export type Trace = {
  readonly id: string
  /** The span that the request came from, or ''. */
  readonly parent: string
  /** The exchange's own span. Its last two digits are 0, those of an attempt's span are its ordinal. */
  readonly span: string
  readonly scheme: 'http' | 'https'
}

const POOL_BYTES = 4_096
/** What the draw goes by: the last bytes of the trace id, which OpenTelemetry calls its randomness. */
const DRAW_BYTES = 7
const DRAW_MAX = 2 ** 56
const ID_BYTES = 16
const SPAN_BYTES = 7
const ORDINALS = 255

export class Tracing {
  readonly #fill: (bytes: Buffer) => void
  readonly #pool = Buffer.alloc(POOL_BYTES)
  #at = POOL_BYTES

  /** `fill`: with chance; from the system unless a test needs it to be known. */
  constructor(fill: (bytes: Buffer) => void = randomFillSync) {
    this.#fill = fill
  }

  /** Null: it is not traced. `share`: of those that nobody has decided on. From here on the request's fields say nothing of the trace. */
  begin(request: RequestHead, share: number, scheme: Trace['scheme']): Trace | null {
    const { traceparent } = request
    const isContinued = traceparent !== '' && isTraceparent(traceparent)
    if (isContinued ? !isSampled(traceparent) : !this.#isDrawn(share)) return null
    const id = isContinued ? traceIdOf(traceparent) : this.#drawnId()
    const parent = isContinued ? parentIdOf(traceparent) : ''
    request.fieldText = withoutTraceparent(request.fieldText, isContinued)
    return { id, parent, span: `${this.#hex(SPAN_BYTES)}00`, scheme }
  }

  /** The bytes drawn stay where they are: they become the end of the id. */
  #isDrawn(share: number): boolean {
    if (this.#at > POOL_BYTES - ID_BYTES) this.#refill()
    const at = this.#at + ID_BYTES - DRAW_BYTES
    this.#at += ID_BYTES
    const draw = this.#pool.readUIntBE(at, 3) * 2 ** 32 + this.#pool.readUInt32BE(at + 3)
    return share > 0 && draw >= DRAW_MAX * (1 - share)
  }

  #drawnId(): string {
    return this.#pool.toString('hex', this.#at - ID_BYTES, this.#at)
  }

  #hex(bytes: number): string {
    if (this.#at > POOL_BYTES - bytes) this.#refill()
    this.#at += bytes
    return this.#pool.toString('hex', this.#at - bytes, this.#at)
  }

  #refill(): void {
    this.#fill(this.#pool)
    this.#at = 0
  }
}

/** Of the attempt with that ordinal, from 1. */
export function attemptSpanOf({ span }: Pick<Trace, 'span'>, ordinal: number): string {
  return span.slice(0, -2) + (1 + ((ordinal - 1) % ORDINALS)).toString(16).padStart(2, '0')
}

/** What an attempt tells the next hop. */
export function traceLineOf(trace: Trace, ordinal: number): string {
  return traceparentLine(trace.id, attemptSpanOf(trace, ordinal))
}

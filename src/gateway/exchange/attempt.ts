/** One try at one endpoint. */
import type { Failure, Phase } from '../../causes/failure.ts'
import type { Endpoint } from '../upstream/endpoint.ts'

export class Attempt {
  /** 1 for the first. */
  ordinal = 1
  endpoint: Endpoint | null = null
  /** The connection had served a request before. */
  isReused = false
  phase: Phase = 'pick'
  /** Monotonic milliseconds; 0 for what has not happened. */
  beganAt = 0
  connectedAt = 0
  sentAt = 0
  answeredAt = 0
  endedAt = 0
  /** How long the reused connection had been idle. */
  idleMs = 0
  /** Bytes of this request handed to the socket, and of its answer read from it. */
  bytesSent = 0
  bytesReceived = 0
  /** The status of the answer, or 0. */
  status = 0
  /** Bytes that came behind the end that the answer declared. They belong to nothing, and the answer itself is whole. */
  surplusBytes = 0
  failure: Failure | null = null

  /** Makes it ready for another exchange. */
  reset(): void {
    this.ordinal = 1
    this.endpoint = null
    this.isReused = false
    this.phase = 'pick'
    this.beganAt = this.connectedAt = this.sentAt = this.answeredAt = this.endedAt = 0
    this.idleMs = 0
    this.bytesSent = this.bytesReceived = 0
    this.status = 0
    this.surplusBytes = 0
    this.failure = null
  }
}

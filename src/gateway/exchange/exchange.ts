/** One request and its response: everything known about it, from its first byte to its record. */
import type { Failure } from '../../causes/failure.ts'
import type { RequestHead } from '../../http/message.ts'
import { MARKS } from '../observe/mark.ts'
import type { Trace } from '../observe/tracing.ts'
import type { Route } from '../route/route.ts'
import type { Attempt } from './attempt.ts'

export class Exchange {
  /** What `X-Request-Id` says. */
  id = ''
  readonly request: RequestHead
  /** Monotonic milliseconds by `Mark`. */
  readonly marks = new Float64Array(MARKS)
  route: Route | null = null
  /** The attempt in hand, or the last one. */
  attempt: Attempt | null = null
  /** Attempts before it, oldest first; null while there was only one. */
  earlier: Attempt[] | null = null
  /** The status sent to the client; 0 before, 499 when it left unanswered. */
  status = 0
  /** Why it ended badly, whoever's side it was on; null for a relayed answer, also for one rescued by a retry. */
  failure: Failure | null = null
  /** The client has seen the head of an answer: nothing can be tried again. */
  isHeadSent = false
  /** Bytes of the body, without framing. */
  bytesIn = 0
  bytesOut = 0
  /** How long it waited for its turn behind the upstream's limit, milliseconds. */
  queuedMs = 0
  /** The client's address as the peer or, if that is trusted, as it says. */
  client = ''

  /** Its span, if it is traced. */
  trace: Trace | null = null

  constructor(request: RequestHead) {
    this.request = request
  }

  /** Makes it ready for the next request of the same connection. */
  reset(): void {
    for (let i = 0; i < MARKS; i++) this.marks[i] = 0
    this.route = null
    this.attempt = null
    this.earlier = null
    this.status = 0
    this.failure = null
    this.isHeadSent = false
    this.bytesIn = 0
    this.bytesOut = 0
    this.queuedMs = 0
    this.trace = null
  }

  /** 0 when it never came to one, as for a redirect. */
  get attempts(): number {
    return this.attempt === null ? 0 : this.attempt.ordinal
  }
}

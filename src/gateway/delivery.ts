/**
 * An answer on its way to the client: relayed as it comes, or kept until it is whole where that is cheap, so that one that breaks off
 * can still be tried again. A client that reads slowly holds it back.
 */
import { type Failure, failure } from '../causes/failure.ts'
import type { Fields, ResponseHead } from '../http/message.ts'
import { pageFacts } from './error-page.ts'
import type { Exchange } from './exchange/exchange.ts'
import type { RequestBody } from './exchange/request-body.ts'
import { idleFailure } from './expiry.ts'
import { speaksTls } from './pool/foreign-protocol.ts'
import type { Relay } from './relay.ts'

export class Delivery {
  readonly #exchange: Exchange
  readonly #body: RequestBody
  readonly #relay: Relay
  #keptHead: ResponseHead | null = null
  #isRelaying = false
  #isBlocked = false
  /** It is an error, and its page has yet to come. */
  #isPageUnseen = false
  #lastAt = 0

  constructor(options: { exchange: Exchange; body: RequestBody; relay: Relay }) {
    this.#exchange = options.exchange
    this.#body = options.body
    this.#relay = options.relay
  }

  /** The client has it, or is getting it: no other answer is possible. */
  get isRelaying(): boolean {
    return this.#isRelaying
  }

  get isKeeping(): boolean {
    return this.#keptHead !== null
  }

  relay(head: ResponseHead, now: number): void {
    this.#lastAt = now
    this.#relayHead(head)
  }

  keep(head: ResponseHead, now: number): void {
    this.#lastAt = now
    this.#keptHead = head
  }

  /** False means pause. A failure: it is no answer to the client's request, though it looks like one. */
  content(bytes: Buffer, now: number): boolean | Failure {
    this.#lastAt = now
    if (this.#keptHead !== null) {
      const refusal = refusalOf(this.#keptHead, bytes)
      if (refusal !== null) {
        this.#keptHead = null
        return refusal
      }
      this.release()
    }
    if (this.#isPageUnseen) this.#seePage(bytes)
    if (!this.#isRelaying || this.#relay.content(bytes)) return true
    this.#isBlocked = true
    return false
  }

  /** Lets go what was kept; the rest flows. */
  release(): void {
    const head = this.#keptHead
    if (head === null) return
    this.#keptHead = null
    this.#relayHead(head)
  }

  end(trailers: Fields): void {
    this.release()
    this.clear()
    this.#relay.end(trailers)
  }

  /** Everything that came with one read has been handed on. */
  flush(): void {
    if (this.#isRelaying) this.#relay.flush()
  }

  /** True when it was blocked: the client can take more. */
  unblock(now: number): boolean {
    if (!this.#isBlocked) return false
    this.#isBlocked = false
    this.#lastAt = now
    return true
  }

  /** How much longer it may be silent, milliseconds; not positive when that is over. */
  remainingMs(now: number, idleMs: number): number {
    return this.#lastAt + idleMs - now
  }

  explainSilence(now: number, idleMs: number): Failure {
    // Only an attempt has an answer.
    return idleFailure(this.#exchange.attempt!, now - this.#lastAt, idleMs, this.#isBlocked)
  }

  clear(): void {
    this.#keptHead = null
    this.#isRelaying = this.#isBlocked = this.#isPageUnseen = false
  }

  #seePage(bytes: Buffer): void {
    this.#isPageUnseen = false
    const { failure } = this.#exchange
    if (failure === null) return
    this.#exchange.failure = { ...failure, evidence: [...failure.evidence, ...pageFacts(bytes)] }
  }

  #relayHead(head: ResponseHead): void {
    this.#isRelaying = true
    this.#isPageUnseen = head.status >= 500
    this.#exchange.isHeadSent = true
    // Nothing can be sent again from here on, so nothing need be kept for it.
    if (this.#body.isEnded) this.#body.release()
    this.#relay.head(head)
  }
}

/** A server that expects TLS says so in a 400 of its own. */
function refusalOf({ status, server }: ResponseHead, bytes: Buffer): Failure | null {
  return status === 400 && speaksTls(bytes) ? failure('plaintext-to-tls-port', 'await-head', 'never', { status: 400, server }) : null
}

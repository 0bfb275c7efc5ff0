/**
 * One request and its answer on a connection, read by the gateway's own parsers and as strictly: what they refuse, Gatewell would, too.
 * It sends GET without a body, and nothing else. RFC 9112.
 */
import type { Duplex } from 'node:stream'
import { evidence } from '../../causes/failure.ts'
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { recognise, speaksTls } from '../../gateway/pool/foreign-protocol.ts'
import { excerptOf } from '../../gateway/pool/wire-fact.ts'
import { type Fields, fieldsOf, LENGTH_NONE, ResponseHead } from '../../http/message.ts'
import { BodyReader } from '../../wire/h1/body-reader.ts'
import { INCOMPLETE, REFUSED } from '../../wire/h1/field-scanner.ts'
import { ResponseHeadParser } from '../../wire/h1/response-head.ts'
import { type Instruments, USER_AGENT } from './instrument.ts'
import type { Trouble } from './report.ts'

/** For recognising who wrote a page. */
const KEPT_BYTES_MAX = 16 * 1024

export type Answer = {
  readonly kind: 'answer'
  readonly status: number
  readonly fields: Fields
  readonly headBytes: number
  /** The beginning of the body. */
  readonly body: Buffer
  readonly bodyBytes: number
  /** -1: it was not declared. */
  readonly declaredBytes: number
  /** There was more than the doctor reads. */
  readonly isCut: boolean
  readonly isKeepAlive: boolean
  /** As `Keep-Alive` announces it; 0: it does not. */
  readonly keepAliveMs: number
  readonly upgrade: string
  readonly waitMs: number
  readonly receiveMs: number
  /** The answer began well and did not end so. */
  readonly trouble: Trouble | null
}

export type Asked = {
  readonly authority: string
  readonly path: string
  readonly fields?: string
  /** No more of the body than that is read. */
  readonly bodyBytesMax?: number
}

/** The connection stays open where the answer allows it; otherwise it is closed. */
export function ask(
  tools: Instruments,
  stream: Duplex,
  { authority, path, fields = '', bodyBytesMax = tools.limits.bodyBytes }: Asked,
): Promise<Answer | Trouble> {
  const head = `GET ${path} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: ${USER_AGENT}\r\nAccept: */*\r\n${fields}\r\n`
  return new Promise((resolve) => {
    const reading = new Reading(tools, stream, bodyBytesMax, resolve)
    reading.begin()
    stream.write(Buffer.from(head, 'latin1'))
  })
}

class Reading {
  readonly #tools: Instruments
  readonly #stream: Duplex
  readonly #bodyBytesMax: number
  readonly #resolve: (outcome: Answer | Trouble) => void
  readonly #parser = new ResponseHeadParser()
  readonly #head = new ResponseHead()
  readonly #body = new BodyReader()
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  #bodyBytes = 0
  #waiting: Buffer = Buffer.alloc(0)
  #headBytes = 0
  readonly #sentAt: number
  #answeredAt = 0
  #timer: NodeJS.Timeout | null = null

  constructor(tools: Instruments, stream: Duplex, bodyBytesMax: number, resolve: (outcome: Answer | Trouble) => void) {
    this.#tools = tools
    this.#stream = stream
    this.#bodyBytesMax = bodyBytesMax
    this.#resolve = resolve
    this.#sentAt = tools.now()
  }

  begin(): void {
    const { limits } = this.#tools
    const limitMs = this.#tools.within(limits.answerMs)
    this.#timer = setTimeout(() => this.#fail('response-timeout', { limit_ms: Math.round(limitMs) }), limitMs)
    this.#stream.on('data', this.#onData)
    this.#stream.on('end', this.#onEnd)
    this.#stream.on('error', this.#onError)
    this.#stream.on('close', this.#onEnd)
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#headBytes > 0) return this.#read(bytes)
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes])
    this.#readHead()
  }

  #readHead(): void {
    const bytes = this.#waiting
    const next = this.#parser.parse(bytes, 0, bytes.length, this.#head)
    if (next === INCOMPLETE) return
    if (next === REFUSED) return this.#refuse(bytes)
    const { status } = this.#head
    // RFC 9110 §15.2: interim answers come before the one that counts.
    if (status < 200 && status !== 101) {
      this.#waiting = bytes.subarray(next)
      if (this.#waiting.length > 0) this.#readHead()
      return
    }
    this.#headBytes = next
    this.#answeredAt = this.#tools.now()
    this.#expectBody()
    this.#read(bytes.subarray(next))
  }

  #expectBody(): void {
    const { status, isChunked, length } = this.#head
    if (status < 200 || status === 204 || status === 304) this.#body.beginNone()
    else if (isChunked) this.#body.beginChunked()
    else if (length !== LENGTH_NONE) this.#body.beginLength(length)
    else this.#body.beginUntilClose()
  }

  #read(bytes: Buffer): void {
    const behind = this.#body.read(bytes, 0, bytes.length, this)
    if (this.#body.isBroken) return this.#stop('malformed-response', { rule: this.#body.fault })
    if (this.#body.isDone) {
      const surplus = this.#head.status === 101 ? 0 : bytes.length - behind
      if (surplus > 0) this.#stop('content-length-mismatch', { surplus_bytes: surplus })
      else this.#finish(null)
    } else if (this.#bodyBytes > this.#bodyBytesMax || this.#tools.since(this.#answeredAt) > this.#tools.limits.bodyMs) this.#finish(null)
    else this.#awaitMore()
  }

  /** It may go on for as long as something comes; what has come after `bodyMs` is enough. */
  #awaitMore(): void {
    clearTimeout(this.#timer ?? undefined)
    const limitMs = this.#tools.within(this.#tools.limits.bodyMs)
    const isStream = /^text\/event-stream/i.test(this.#head.contentType)
    const stall = (): void => this.#stop('idle-timeout', { limit_ms: Math.round(limitMs) })
    this.#timer = setTimeout(() => (isStream ? this.#finish(null) : stall()), limitMs)
  }

  onContent(bytes: Buffer): void {
    this.#bodyBytes += bytes.length
    if (this.#keptBytes >= KEPT_BYTES_MAX) return
    this.#kept.push(Buffer.from(bytes.subarray(0, KEPT_BYTES_MAX - this.#keptBytes)))
    this.#keptBytes += bytes.length
  }

  readonly #onEnd = (): void => {
    if (this.#headBytes === 0) {
      if (this.#waiting.length === 0) this.#fail('closed-before-response', { elapsed_ms: this.#elapsedMs() })
      else this.#foreign(this.#waiting, 'malformed-response', { rule: 'broken-off-head' })
    } else if (this.#body.isUntilClose) this.#finish(null)
    else this.#stop('truncated-body', {})
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    const facts = { code: error.code, elapsed_ms: this.#elapsedMs() }
    // TLS 1.3 says only behind the handshake that it wanted a certificate: RFC 8446 §4.4.2.4.
    const isRefused = /certificate_?\s?required|bad_?\s?certificate|alert unknown ca/i.test(`${error.code} ${error.message}`)
    if (this.#headBytes > 0) this.#stop('truncated-body', facts)
    else if (isRefused) this.#fail('tls-client-cert-required', facts)
    else this.#fail('reset-before-response', facts)
  }

  #refuse(bytes: Buffer): void {
    const { cause, rule } = this.#parser.fault
    if (cause === 'header-too-large') this.#fail(cause, { rule, received_bytes: bytes.length })
    else this.#foreign(bytes, cause, { rule })
  }

  /** Not HTTP/1.1: what is it then? */
  #foreign(bytes: Buffer, cause: KnownCauseId, facts: Facts): void {
    const known = recognise(bytes)
    const begins = { answer_begins: excerptOf(bytes, 0, bytes.length) }
    this.#fail(known?.cause ?? cause, known === null ? { ...facts, ...begins } : { protocol: known.protocol, ...begins })
  }

  #stop(cause: KnownCauseId, facts: Facts): void {
    const { length } = this.#head
    const sizes = { received_bytes: this.#bodyBytes, expected_bytes: length === LENGTH_NONE ? undefined : length }
    this.#finish({ kind: 'trouble', cause, evidence: evidence({ ...facts, ...sizes }) })
  }

  #finish(trouble: Trouble | null): void {
    const { status, fieldText, length, isKeepAlive, keepAliveMs, upgrade } = this.#head
    const body = Buffer.concat(this.#kept)
    const isCut = trouble === null && !this.#body.isDone && !this.#body.isUntilClose
    const isHint = status === 400 && speaksTls(body)
    const wrong = trouble ?? (isHint ? ({ kind: 'trouble', cause: 'plaintext-to-tls-port', evidence: [] } as const) : null)
    const isKept = isKeepAlive && wrong === null && this.#body.isDone
    this.#end(isKept)
    this.#resolve({
      ...{ kind: 'answer', status, fields: fieldsOf(fieldText), headBytes: this.#headBytes, body, bodyBytes: this.#bodyBytes },
      ...{ declaredBytes: length, isCut, isKeepAlive: isKept, keepAliveMs, upgrade, trouble: wrong },
      waitMs: Math.round((this.#answeredAt - this.#sentAt) * 10) / 10,
      receiveMs: this.#tools.since(this.#answeredAt),
    })
  }

  #fail(cause: KnownCauseId, facts: Facts): void {
    this.#end(false)
    this.#resolve({ kind: 'trouble', cause, evidence: evidence(facts) })
  }

  #end(isKept: boolean): void {
    clearTimeout(this.#timer ?? undefined)
    this.#stream.off('data', this.#onData)
    this.#stream.off('end', this.#onEnd)
    this.#stream.off('close', this.#onEnd)
    this.#stream.off('error', this.#onError)
    this.#stream.on('error', () => {})
    if (!isKept) this.#stream.destroy()
  }

  #elapsedMs(): number {
    return Math.round(this.#tools.since(this.#sentAt))
  }
}

type Facts = Readonly<Record<string, string | number | boolean | undefined>>

/**
 * Answers → bytes for an HTTP/1.1 client: which framing the body gets, and as few writes as it takes. RFC 9112 §6.
 * It decides nothing about the connection but what the framing itself decides.
 */
import type { Fields, RequestHead, ResponseHead } from '../../http/message.ts'
import { statusText } from '../../http/status-text.ts'
import type { Channel } from '../../net/channel.ts'
import { fieldText, lengthText, writeResponseHead } from '../../wire/h1/write-head.ts'

/** Content up to this size joins its head in one string; above it copying costs more than a second buffer. */
const JOINED_BYTES_MAX = 4 * 1024

export class AnswerWriter {
  readonly #channel: Channel
  /** The head as text, until something follows it. */
  #headText = ''
  #isChunked = false
  #isBodiless = false
  #minor = 1
  /** The connection ends with this answer: because it was told so, or because nothing else could end the body. */
  isLast = false

  constructor(channel: Channel) {
    this.#channel = channel
  }

  inform(head: ResponseHead, request: RequestHead): void {
    // HTTP/1.0 knows no interim answers, RFC 9110 §15.2.
    if (request.minor === 1) this.#channel.writeText(writeResponseHead(head, '', '\r\n'))
  }

  /** Nothing is written before the first content, `end()` or `flush()`. */
  head(head: ResponseHead, request: RequestHead, hop: string, isLast: boolean): void {
    const { method, minor } = request
    this.#minor = minor
    const { status } = head
    this.#isChunked = false
    this.#isBodiless = method === 'HEAD' || status === 204 || status === 304
    this.isLast = isLast
    let framing = lengthText(head)
    if (head.length < 0 && !this.#isBodiless) {
      // To a 1.0 client only the end of the connection can say where the body ends.
      if (minor === 0) this.isLast = true
      else {
        this.#isChunked = true
        framing = 'Transfer-Encoding: chunked\r\n'
      }
    }
    this.#headText = writeResponseHead(head, framing, `${hop}${this.#connectionText()}\r\n`)
  }

  /** False means pause: the bytes are still needed, and the channel's `onDrain` follows. */
  content(bytes: Buffer): boolean {
    if (this.#isBodiless) return true
    const channel = this.#channel
    const head = this.#headText
    if (this.#isChunked) {
      this.#headText = ''
      return channel.writeFramed(`${head}${bytes.length.toString(16)}\r\n`, bytes, '\r\n')
    }
    if (head === '') return channel.write(bytes)
    if (bytes.length <= JOINED_BYTES_MAX) {
      this.#headText = head + bytes.latin1Slice(0, bytes.length)
      return true
    }
    this.#headText = ''
    return channel.writeBoth(head, bytes)
  }

  end(trailers: Fields): void {
    if (this.#isChunked) this.#headText += `0\r\n${fieldText(trailers)}\r\n`
    this.flush()
  }

  flush(): void {
    if (this.#headText === '') return
    this.#channel.writeText(this.#headText)
    this.#headText = ''
  }

  /** An answer of the gateway's own, whole. */
  whole(status: number, fields: Fields, body: Buffer, request: RequestHead, hop: string, isLast: boolean): void {
    this.#minor = request.minor
    this.isLast = isLast
    // RFC 9110 §15.3.5, §15.4.5: these two have no content, and 204 no length either.
    const isBodiless = status === 204 || status === 304
    const length = isBodiless ? '' : `Content-Length: ${body.length}\r\n`
    const head = `HTTP/1.1 ${status} ${statusText(status)}\r\n${fieldText(fields)}${length}${hop}${this.#connectionText()}\r\n`
    if (isBodiless || request.method === 'HEAD' || body.length === 0) this.#channel.writeText(head)
    else this.#channel.writeBoth(head, body)
  }

  #connectionText(): string {
    if (this.isLast) return 'Connection: close\r\n'
    return this.#minor === 0 ? 'Connection: keep-alive\r\n' : ''
  }
}

/**
 * ★ The life of one exchange, from a complete request head to its record. Read this first.
 * route → limits → attempts (the only retry loop) → the answer, relayed or of the gateway's own → record.
 * One pipeline serves one client connection and is used for one exchange after the other.
 */
import { type Failure, failure } from '../causes/failure.ts'
import { clientAddress, forwardingText, isLooping, type Peer } from '../http/forwarding.ts'
import type { Fields, RequestHead, ResponseHead } from '../http/message.ts'
import type { Channel } from '../net/channel.ts'
import { writeRequestHead } from '../wire/h1/write-head.ts'
import { Attempts } from './attempts.ts'
import type { Context } from './context.ts'
import { Exchange } from './exchange/exchange.ts'
import { type BodySource, RequestBody } from './exchange/request-body.ts'
import type { Downstream } from './exchange/sink.ts'
import { Mark } from './observe/mark.ts'
import type { Relay } from './relay.ts'
import { RequestIds } from './request-id.ts'
import { isCrawler } from './respond/crawler.ts'
import { answerFailure } from './respond/failure-answer.ts'
import { answerLocally, LAST_HOP } from './respond/route-answer.ts'
import type { Route } from './route/route.ts'
import type { Site } from './site.ts'
import type { Upstream } from './upstream/upstream.ts'

export type PipelineOptions = {
  readonly context: Context
  readonly downstream: Downstream
  readonly source: BodySource
  readonly request: RequestHead
  readonly peer: Peer
}

export class Pipeline implements Relay {
  readonly exchange: Exchange
  readonly body: RequestBody
  readonly #context: Context
  readonly #downstream: Downstream
  readonly #peer: Peer
  readonly #attempts: Attempts
  #site: Site
  #upstream: Upstream | null = null
  #isRunning = false
  isEventStream = false
  /** The lines about this hop that the last request got, and what they were made from: they rarely change on a connection. */
  #hopText = ''
  #hopHost = ''
  #hopMinor = -1

  constructor(options: PipelineOptions) {
    this.#context = options.context
    this.#downstream = options.downstream
    this.#peer = options.peer
    this.#site = options.context.site
    this.exchange = new Exchange(options.request)
    this.body = new RequestBody(options.source, options.context.replayPool)
    this.#attempts = new Attempts({ context: options.context, exchange: this.exchange, body: this.body, relay: this })
  }

  /** The request's head is complete. False when it is answered already; else the body may come, and `run()` follows. */
  begin(beganAt: number, now: number): boolean {
    const { exchange } = this
    const { request } = exchange
    this.#enter(beganAt, now)
    if (request.via !== '' && isLooping(request.via, this.#site.pseudonym)) {
      return this.#refuse(failure('proxy-loop', 'route', 'never', { via: request.via.slice(0, 256) }))
    }
    if (request.maxForwards === 0) {
      this.#answer(LAST_HOP)
      return false
    }
    const route = this.#site.routes.match(request.host, request.path)
    if (route === null)
      return this.#refuse(failure('route-not-found', 'route', 'never', { host: request.host, path: request.path.slice(0, 256) }))
    exchange.route = route
    if (request.length > route.plan.bodyBytesMax) return this.#refuse(tooLarge(request.length, route))
    const to = route.plan.to
    if (to.kind !== 'upstream') {
      this.#answer(answerLocally(to))
      return false
    }
    const upstream = this.#site.upstreams.get(to.upstream)
    if (upstream === undefined) return this.#refuse(failure('gateway-config', 'route', 'never', { upstream: to.upstream }))
    this.#upstream = upstream
    if (request.hasBody) this.body.begin(upstream.plan.retry.replayBytesMax)
    else this.body.beginNone()
    return true
  }

  /** As much of the body as came with the head is in; take it upstream. */
  run(): void {
    this.#attempts.begin(this.#upstream as Upstream)
  }

  /** Content of the request's body. False when there is too much of it, and the exchange is over. */
  receive(bytes: Buffer, isShared: boolean): boolean {
    const { exchange } = this
    exchange.bytesIn += bytes.length
    const route = exchange.route as Route
    if (exchange.bytesIn > route.plan.bodyBytesMax) {
      this.abort(tooLarge(exchange.bytesIn, route))
      return false
    }
    this.body.push(bytes, isShared)
    return true
  }

  /** The client's request is not valid HTTP, or never came: there is nothing to route. */
  reject(outcome: Failure, beganAt: number, now: number): void {
    this.#enter(beganAt, now)
    this.fail(outcome)
  }

  /** The exchange cannot go on for a reason on the client's side of it. */
  abort(outcome: Failure): void {
    if (!this.#isRunning) return
    this.#attempts.cancel()
    if (!this.exchange.isHeadSent && outcome.cause !== 'client-closed') return this.fail(outcome)
    this.exchange.failure = outcome
    if (this.exchange.status === 0) this.exchange.status = 499
    this.breakOff()
  }

  /** The connection is gone; no exchange comes any more. */
  close(): void {
    this.#attempts.close()
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** The client's socket has taken all it was given. */
  resume(): void {
    this.#attempts.resume()
  }

  requestText(host: string): string {
    const { request, id } = this.exchange
    const { pseudonym } = this.#site
    if (this.#peer.isTrusted)
      return writeRequestHead(request, host, `${forwardingText(request, this.#peer, pseudonym)}X-Request-Id: ${id}\r\n`)
    if (request.host !== this.#hopHost || request.minor !== this.#hopMinor) {
      this.#hopHost = request.host
      this.#hopMinor = request.minor
      this.#hopText = `${forwardingText(request, this.#peer, pseudonym)}X-Request-Id: `
    }
    return writeRequestHead(request, host, `${this.#hopText}${id}\r\n`)
  }

  isCrawler(): boolean {
    return isCrawler(this.exchange.request.userAgent)
  }

  inform(head: ResponseHead): void {
    this.#downstream.inform(head)
  }

  head(head: ResponseHead): void {
    const { exchange } = this
    exchange.status = head.status
    this.isEventStream = head.contentType.startsWith('text/event-stream')
    let hop = `${this.#site.viaText}X-Request-Id: ${exchange.id}\r\n`
    if (!head.hasDate) hop += `Date: ${this.#context.date.text()}\r\n`
    this.#downstream.head(head, hop)
  }

  content(bytes: Buffer): boolean {
    this.exchange.bytesOut += bytes.length
    return this.#downstream.content(bytes)
  }

  end(trailers: Fields): void {
    this.#downstream.end(trailers)
    this.#finish()
    this.#downstream.next()
  }

  flush(): void {
    this.#downstream.flush()
  }

  fail(outcome: Failure): void {
    const { exchange } = this
    const { plan } = this.#site
    exchange.failure = outcome
    const page = exchange.route?.plan.errorPage ?? plan.errors.page
    const context = { id: exchange.id, name: plan.name, isDetailed: plan.errors.isDetailed, page }
    this.#answer(answerFailure(exchange.request, outcome, context))
  }

  breakOff(): void {
    this.#finish()
    this.#downstream.reset()
  }

  switchTo(head: ResponseHead, channel: Channel, rest: Buffer): void {
    this.exchange.status = 101
    this.#downstream.switchTo(head, `${this.#site.viaText}X-Request-Id: ${this.exchange.id}\r\n`, channel, rest)
  }

  /** The tunnel that came of a switch is closed: now the exchange is over. */
  finishTunnel(bytesIn: number, bytesOut: number): void {
    this.exchange.bytesIn += bytesIn
    this.exchange.bytesOut += bytesOut
    this.#finish()
  }

  get tunnelMs(): number {
    return (this.#upstream as Upstream).plan.timeouts.tunnelMs
  }

  #enter(beganAt: number, now: number): void {
    const { exchange } = this
    const { request } = exchange
    this.#isRunning = true
    this.#site = this.#context.site
    this.#upstream = null
    exchange.reset()
    exchange.marks[Mark.begin] = beganAt
    exchange.marks[Mark.head] = now
    const isKept = this.#peer.isTrusted && RequestIds.isKept(request.requestId)
    exchange.id = isKept ? request.requestId : this.#context.ids.next()
    exchange.client = this.#peer.isTrusted
      ? clientAddress(request, this.#peer, (address) => this.#site.isTrusted(address))
      : this.#peer.address
    this.#context.observer.began(exchange)
  }

  #refuse(outcome: Failure): false {
    this.fail(outcome)
    return false
  }

  #answer(local: { readonly status: number; readonly fields: Fields; readonly body: Buffer }): void {
    const { exchange } = this
    exchange.status = local.status
    exchange.isHeadSent = true
    exchange.bytesOut = exchange.request.method === 'HEAD' ? 0 : local.body.length
    const hop = `${this.#site.viaText}X-Request-Id: ${exchange.id}\r\nDate: ${this.#context.date.text()}\r\n`
    this.#downstream.answer(local.status, local.fields, local.body, hop)
    this.#finish()
    this.#downstream.next()
  }

  #finish(): void {
    if (!this.#isRunning) return
    const { exchange } = this
    this.#isRunning = false
    exchange.marks[Mark.end] = this.#context.clock.recent()
    this.body.release()
    this.#context.observer.replayBytes = this.#context.replayPool.bytes
    this.#context.observer.finish(exchange)
  }
}

function tooLarge(bytes: number, route: Route): Failure {
  return failure('request-body-too-large', 'receive', 'never', { received_bytes: bytes, limit_bytes: route.plan.bodyBytesMax })
}

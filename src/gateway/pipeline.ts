/**
 * ★ The life of one exchange, from a complete request head to its record. Read this first.
 * route → limits → attempts (the only retry loop) → the answer, relayed or of the gateway's own → record.
 * A pipeline serves one exchange after the other, of whatever client has one; connections between requests have none.
 */
import { type Failure, failure } from '../causes/failure.ts'
import { clientAddress, isLooping } from '../http/forwarding.ts'
import { type Fields, RequestHead, type ResponseHead } from '../http/message.ts'
import type { Channel } from '../net/channel.ts'
import { writeRequestHead } from '../wire/h1/write-head.ts'
import { retryAfterOf } from './admit/retry-after.ts'
import { Attempts } from './attempts.ts'
import type { Context } from './context.ts'
import { Exchange } from './exchange/exchange.ts'
import { type BodySource, RequestBody } from './exchange/request-body.ts'
import type { Downstream } from './exchange/sink.ts'
import type { Hop } from './hop.ts'
import { Mark } from './observe/mark.ts'
import { traceLineOf } from './observe/tracing.ts'
import type { Relay } from './relay.ts'
import { RequestIds } from './request-id.ts'
import { isCrawler } from './respond/crawler.ts'
import { answerFailure } from './respond/failure-answer.ts'
import { answerLocally, LAST_HOP } from './respond/route-answer.ts'
import type { Route } from './route/route.ts'
import type { Site } from './site.ts'
import { stickyLine } from './upstream/affinity.ts'
import type { Upstream } from './upstream/upstream.ts'

/** The client's connection, as far as the pipeline knows it. */
export interface Client extends Downstream, BodySource {
  readonly hop: Hop
}

export class Pipeline implements Relay {
  readonly exchange = new Exchange(new RequestHead())
  readonly body: RequestBody
  readonly #context: Context
  readonly #attempts: Attempts
  #client: Client
  #site: Site
  #upstream: Upstream | null = null
  #isRunning = false
  isEventStream = false

  constructor(context: Context, client: Client) {
    this.#context = context
    this.#client = client
    this.#site = context.site
    this.body = new RequestBody(client, context.replayPool)
    this.#attempts = new Attempts({ context, exchange: this.exchange, body: this.body, relay: this })
  }

  /** Serves this client from now on; the one before has no exchange any more. */
  bind(client: Client): void {
    this.#client = client
    this.body.source = client
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
    const { maintenance } = route
    if (maintenance !== null && !maintenance.admits(exchange.client)) return this.#refuse(maintenance.refuse(route))
    if (request.length > route.plan.bodyBytesMax) return this.#refuse(tooLarge(request.length, route))
    const to = route.plan.to
    if (to.kind !== 'upstream') {
      this.#answer(to.kind === 'status-page' ? this.#context.statusPage.answer(request) : answerLocally(to))
      return false
    }
    const upstream = this.#site.upstreams.get(to.upstream)
    if (upstream === undefined) return this.#refuse(failure('gateway-config', 'route', 'never', { upstream: to.upstream }))
    this.#upstream = upstream
    const { pressure } = this.#context
    const obstacle = pressure.level > 0 ? pressure.refuse(exchange) : null
    if (obstacle !== null) return this.#refuse(obstacle)
    if (request.hasBody) this.body.begin(upstream.plan.retry.replayBytesMax, request.length)
    else this.body.beginNone()
    return true
  }

  /** As much of the body as came with the head is in; take it upstream. */
  run(): void {
    this.#attempts.begin(this.#upstream as Upstream)
  }

  /** Content of the request's body. Too much of it ends the exchange. */
  receive(bytes: Buffer, isShared: boolean): void {
    const { exchange } = this
    exchange.bytesIn += bytes.length
    const route = exchange.route as Route
    if (exchange.bytesIn > route.plan.bodyBytesMax) this.abort(tooLarge(exchange.bytesIn, route))
    else this.body.push(bytes, isShared)
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

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** The client's socket has taken all it was given. */
  resume(): void {
    this.#attempts.resume()
  }

  requestText(host: string, ordinal: number): string {
    const { request, id, trace } = this.exchange
    const { hop } = this.#client
    const lines = hop.text(request, this.#site, id)
    return writeRequestHead(request, hop.hostText(host), trace === null ? lines : traceLineOf(trace, ordinal) + lines)
  }

  isCrawler(): boolean {
    return isCrawler(this.exchange.request.userAgent)
  }

  inform(head: ResponseHead): void {
    this.#client.inform(head)
  }

  head(head: ResponseHead): void {
    const { exchange } = this
    exchange.status = head.status
    this.isEventStream = head.contentType.startsWith('text/event-stream')
    let hop = `${this.#site.hopText}${exchange.id}\r\n`
    const { plan } = this.#upstream as Upstream
    const endpoint = exchange.attempt?.endpoint
    if (plan.sticky !== null && endpoint) hop += stickyLine(plan, exchange, endpoint)
    if (!head.hasDate) hop += `Date: ${this.#context.date.text()}\r\n`
    this.#client.head(head, hop)
  }

  content(bytes: Buffer): boolean {
    this.exchange.bytesOut += bytes.length
    return this.#client.content(bytes)
  }

  end(trailers: Fields): void {
    this.#client.end(trailers)
    this.#finish()
    this.#client.next()
  }

  flush(): void {
    this.#client.flush()
  }

  fail(outcome: Failure): void {
    const { exchange } = this
    const { plan } = this.#site
    exchange.failure = outcome
    const page = exchange.route?.plan.errorPage ?? plan.errors.page
    const message = outcome.cause === 'maintenance-mode' ? (exchange.route?.maintenance?.message ?? '') : ''
    const { isDetailed } = plan.errors
    const statusHost = plan.status?.host ?? ''
    const context = { id: exchange.id, name: plan.name, isDetailed, page, retryAfterS: retryAfterOf(outcome), message, statusHost }
    this.#answer(answerFailure(exchange.request, outcome, context))
  }

  breakOff(): void {
    this.#finish()
    this.#client.reset()
  }

  switchTo(head: ResponseHead, channel: Channel, rest: Buffer): void {
    this.exchange.status = 101
    this.#client.switchTo(head, `${this.#site.hopText}${this.exchange.id}\r\n`, channel, rest)
  }

  /** The tunnel that came of a switch is closed: now the exchange is over. */
  finishTunnel(bytesIn: number, bytesOut: number): void {
    this.exchange.bytesIn += bytesIn
    this.exchange.bytesOut += bytesOut
    this.exchange.attempt?.endpoint?.pool.onGone()
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
    const { peer } = this.#client.hop
    const isKept = peer.isTrusted && RequestIds.isKept(request.requestId)
    exchange.id = isKept ? request.requestId : this.#context.ids.next()
    exchange.client = peer.isTrusted ? clientAddress(request, peer, (address) => this.#site.isTrusted(address)) : peer.address
    if (this.#site.traces !== null) this.#trace(this.#site.traces.share)
    this.#context.observer.began(exchange)
  }

  #trace(share: number): void {
    const { request } = this.exchange
    const isSecure = this.#client.hop.peer.isTrusted && request.forwardedProto === 'https'
    this.exchange.trace = this.#context.tracing.begin(request, share, isSecure ? 'https' : 'http')
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
    const hop = `${this.#site.hopText}${exchange.id}\r\nDate: ${this.#context.date.text()}\r\n`
    this.#client.answer(local.status, local.fields, local.body, hop)
    this.#finish()
    this.#client.next()
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

/**
 * What the data plane tells of itself: numbers, access log lines, and records of failures. The hot path calls it synchronously and
 * waits for nothing; a success costs a few additions and comparisons, no strings and no allocation. It copies all it keeps.
 */
import { CAUSES } from '../../causes/catalogue.ts'
import type { Failure } from '../../causes/failure.ts'
import type { Clock } from '../../std/clock.ts'
import { record } from '../../std/histogram.ts'
import type { Attempt } from '../exchange/attempt.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Route } from '../route/route.ts'
import type { Endpoint } from '../upstream/endpoint.ts'
import type { AccessLog } from './access-log.ts'
import { Mark } from './mark.ts'
import { METHODS, Meter, methodIndex } from './meter.ts'
import { DURATION_BOUNDS, type MetricName } from './metric.ts'
import { attemptsOf, causeOf, type FailureRecord, recordOf, refusalRecordOf, upstreamOf } from './record.ts'
import { type Series, SeriesFamily } from './series.ts'
import { type Weight, weigh } from './weight.ts'

/** In one report. What strangers can make as many of as they like takes no room of what visitors saw. */
const RECORDS_MAX: Readonly<Record<Weight, number>> = { seen: 152, rescued: 64, provoked: 32, slow: 8 }
const NONE: Readonly<Record<Weight, number>> = { seen: 0, rescued: 0, provoked: 0, slow: 0 }
/** Exchanges that went well and are told for their trace alone, in one report. */
const TRACED_MAX = 512
/** It is meant to take as long as it does. */
const EVENT_STREAM = 'text/event-stream'

/** What one endpoint's attempts are counted into. */
export type EndpointMeter = {
  readonly requests: Meter
  readonly isNew: Float64Array
  readonly isReused: Float64Array
  readonly connect: Float64Array
  readonly wait: Float64Array
}

export class Observer {
  readonly #clock: Clock
  readonly #accessLog: AccessLog | null
  readonly #onRecord: () => void
  readonly #families = new Map<MetricName, SeriesFamily>()
  readonly #unrouted: Meter
  readonly #received: Float64Array
  readonly #transmitted: Float64Array
  readonly #accepted: Float64Array
  readonly #refused: Float64Array
  readonly #tunnelsOpened: Float64Array
  readonly #tracesDropped: Float64Array
  /** By the route's name, for routes come and go with each plan. */
  readonly #meters = new Map<string, Meter>()
  #records: FailureRecord[] = []
  #kept = { ...NONE }
  #traced: FailureRecord[] = []
  #openConnections = 0
  #activeRequests = 0
  #openTunnels = 0
  #latest: Exchange | null = null
  #linesTold = 0
  #droppedTold = 0
  /** Bytes of request bodies kept for replay now; set by who keeps them. */
  replayBytes = 0

  /** `onRecord`: the first failure since the last `takeRecords` waits to be told. */
  constructor(options: { clock: Clock; accessLog?: AccessLog | null; onRecord?: () => void }) {
    this.#clock = options.clock
    this.#accessLog = options.accessLog ?? null
    this.#onRecord = options.onRecord ?? (() => {})
    this.#unrouted = this.#createRouteMeter('')
    this.#received = this.#series('gatewell.body.io', 'receive')
    this.#transmitted = this.#series('gatewell.body.io', 'transmit')
    this.#accepted = this.#series('gatewell.connections.accepted')
    this.#refused = this.#series('gatewell.connections.refused')
    this.#tunnelsOpened = this.#series('gatewell.tunnels.opened')
    this.#tracesDropped = this.#series('gatewell.telemetry.dropped')
  }

  /** A client's connection was accepted; `closed` follows once. */
  accepted(): void {
    this.#openConnections++
    this.#accepted[0]!++
  }

  closed(): void {
    this.#openConnections--
  }

  /** A connection was turned away because something ran out; neither `accepted` nor `closed` is called for it. */
  refused(outcome: Failure): void {
    const { cause } = outcome
    this.#refused[0]!++
    this.#series('gatewell.failures', cause, CAUSES[cause].side, '')[0]!++
    // They come in thousands, and one is like the other.
    if (this.#records.some((one) => one.cause === cause && one.id === '')) return
    this.#keep(refusalRecordOf(outcome, this.#clock.epoch()))
  }

  /** A request's head began to be served; `finish` follows once. */
  began(exchange: Exchange): void {
    this.#activeRequests++
    this.#latest = exchange
  }

  tunnelOpened(): void {
    this.#openTunnels++
    this.#tunnelsOpened[0]!++
  }

  tunnelClosed(): void {
    this.#openTunnels--
  }

  /** The exchange is over, however it ended. */
  finish(exchange: Exchange): void {
    this.#activeRequests--
    const { marks, route, failure, status } = exchange
    if (marks[Mark.end] === 0) marks[Mark.end] = this.#clock.now()
    const end = marks[Mark.end] as number
    const seconds = (end - (marks[Mark.begin] as number)) / 1000
    const method = methodIndex(exchange.request.method)
    this.#received[0]! += exchange.bytesIn
    this.#transmitted[0]! += exchange.bytesOut
    if (exchange.queuedMs > 0)
      record(this.#series('gatewell.queue.duration', upstreamOf(exchange)), DURATION_BOUNDS, exchange.queuedMs / 1000)
    if (failure === null && exchange.earlier === null && status < 500) {
      const meter = route === null ? this.#unrouted : (route.meter ?? this.#adoptRoute(route))
      record(meter.at(method, status), DURATION_BOUNDS, seconds)
      if (exchange.attempt !== null) this.#countAttempt(exchange, exchange.attempt, method, end)
      if (exchange.trace !== null || seconds > meter.slowS) this.#keepGood(exchange, meter, seconds)
    } else this.#finishBadly(exchange, method, seconds, end)
    this.#accessLog?.write(exchange)
  }

  /** The id of the exchange that began last, for the last words of a process that dies of a bug: it may be near the culprit. */
  get latestId(): string {
    return this.#latest?.id ?? ''
  }

  /** What was counted since the last time. */
  takeSeries(): Series[] {
    const taken: Series[] = []
    for (const meter of this.#meters.values()) meter.learn()
    if (this.#accessLog !== null) {
      const { lines, dropped } = this.#accessLog
      this.#series('gatewell.access_log.lines')[0]! += lines - this.#linesTold
      this.#series('gatewell.access_log.dropped')[0]! += dropped - this.#droppedTold
      this.#linesTold = lines
      this.#droppedTold = dropped
    }
    for (const family of this.#families.values()) family.take(taken)
    return taken
  }

  /** What is so now. */
  gauges(worker: string): Series[] {
    const gauge = (metric: MetricName, value: number): Series => ({ metric, labels: [worker], values: Float64Array.of(value) })
    return [
      gauge('http.server.active_requests', this.#activeRequests),
      gauge('gatewell.connections.open', this.#openConnections),
      gauge('gatewell.tunnels.open', this.#openTunnels),
      gauge('gatewell.replay.held', this.replayBytes),
    ]
  }

  /** Exchanges that failed, were rescued or were slow since the last time, the first of each weight. */
  takeRecords(): FailureRecord[] {
    const taken = this.#records
    if (taken.length > 0) {
      this.#records = []
      this.#kept = { ...NONE }
    }
    return taken
  }

  /** Exchanges that went well and are traced. */
  takeTraced(): FailureRecord[] {
    const taken = this.#traced
    if (taken.length > 0) this.#traced = []
    return taken
  }

  #countAttempt(exchange: Exchange, attempt: Attempt, method: number, end: number): void {
    const { endpoint } = attempt
    if (endpoint === null) return
    const meter = endpoint.meter ?? this.#adoptEndpoint(endpoint, upstreamOf(exchange))
    record(meter.requests.at(method, attempt.status), DURATION_BOUNDS, ((attempt.endedAt || end) - attempt.beganAt) / 1000)
    this.#countPhases(meter, attempt)
  }

  #countPhases(meter: EndpointMeter, attempt: Attempt): void {
    if (attempt.isReused) meter.isReused[0]!++
    else {
      meter.isNew[0]!++
      if (attempt.connectedAt > 0) record(meter.connect, DURATION_BOUNDS, (attempt.connectedAt - attempt.beganAt) / 1000)
    }
    if (attempt.answeredAt > 0) record(meter.wait, DURATION_BOUNDS, (attempt.answeredAt - attempt.sentAt) / 1000)
  }

  /** The exchange failed, was rescued, or relays an error of the server: from here on it may cost something. */
  #finishBadly(exchange: Exchange, method: number, seconds: number, end: number): void {
    const { failure, route, status, earlier } = exchange
    const upstream = upstreamOf(exchange)
    const name = METHODS[method] as string
    const errorType = failure !== null ? CAUSES[failure.cause].proxyStatus : status >= 500 ? String(status) : ''
    const requests = this.#series('http.server.request.duration', name, String(status), route?.plan.name ?? '', errorType)
    record(requests, DURATION_BOUNDS, seconds)
    for (const attempt of attemptsOf(exchange)) this.#countFailedAttempt(attempt, upstream, name, end)
    for (const attempt of earlier ?? []) this.#series('gatewell.retries', causeOf(attempt), upstream)[0]!++
    const first = earlier?.[0]
    if (failure?.cause === 'overload-shed') this.#countShed(failure, upstream)
    if (failure !== null) this.#series('gatewell.failures', failure.cause, CAUSES[failure.cause].side, upstream)[0]!++
    else if (first !== undefined) this.#series('gatewell.rescued', causeOf(first), upstream)[0]!++
    const isTold = failure !== null || first !== undefined
    if (isTold && this.#keep(recordOf(exchange, this.#clock.epoch()))) return
    if (exchange.trace !== null) this.#keepTraced(exchange)
  }

  #countShed({ evidence }: Failure, upstream: string): void {
    const fact = (name: string): string => String(evidence.find((one) => one.name === name)?.value ?? '')
    this.#series('gatewell.shed', fact('criticality'), upstream, fact('monitor'))[0]!++
  }

  #countFailedAttempt(attempt: Attempt, upstream: string, method: string, end: number): void {
    const { endpoint, failure, status } = attempt
    if (endpoint === null) return
    const errorType = failure !== null ? CAUSES[failure.cause].proxyStatus : status >= 500 ? String(status) : ''
    const labels = [method, status === 0 ? '' : String(status), upstream, endpoint.url, errorType]
    const requests = this.#series('http.client.request.duration', ...labels)
    record(requests, DURATION_BOUNDS, ((attempt.endedAt || end) - attempt.beganAt) / 1000)
    this.#countPhases(endpoint.meter ?? this.#adoptEndpoint(endpoint, upstream), attempt)
  }

  /** False when there was no room for it. */
  #keep(record: FailureRecord): boolean {
    const weight = weigh(record)
    if (this.#kept[weight] >= RECORDS_MAX[weight]) {
      this.#series('gatewell.reports.dropped', weight)[0]!++
      return false
    }
    this.#kept[weight]++
    this.#records.push(record)
    if (this.#records.length === 1) this.#onRecord()
    return true
  }

  /** It was slow, or somebody wants to know of it. */
  #keepGood(exchange: Exchange, meter: Meter, seconds: number): void {
    if (seconds > meter.slowS && this.#keepSlow(exchange, meter, seconds)) return
    if (exchange.trace !== null) this.#keepTraced(exchange)
  }

  /** The slowest of a report are kept: from one that is, only a slower one is worth it. */
  #keepSlow(exchange: Exchange, meter: Meter, seconds: number): boolean {
    if (exchange.status === 101 || exchange.request.accept.includes(EVENT_STREAM)) return false
    if (this.#kept.slow >= RECORDS_MAX.slow) return false
    meter.slowS = seconds
    return this.#keep(recordOf(exchange, this.#clock.epoch(), meter.usualS * 1_000))
  }

  #keepTraced(exchange: Exchange): void {
    if (this.#traced.length < TRACED_MAX) this.#traced.push(recordOf(exchange, this.#clock.epoch()))
    else this.#tracesDropped[0]!++
  }

  #adoptRoute(route: Route): Meter {
    const { name } = route.plan
    const meter = this.#meters.get(name) ?? this.#createRouteMeter(name)
    this.#meters.set(name, meter)
    route.meter = meter
    return meter
  }

  #createRouteMeter(route: string): Meter {
    return new Meter((method, status) => this.#series('http.server.request.duration', method, status, route, ''))
  }

  #adoptEndpoint(endpoint: Endpoint, upstream: string): EndpointMeter {
    const { url } = endpoint
    endpoint.meter = {
      requests: new Meter((method, status) => this.#series('http.client.request.duration', method, status, upstream, url, '')),
      isNew: this.#series('gatewell.attempts', upstream, 'new'),
      isReused: this.#series('gatewell.attempts', upstream, 'reused'),
      connect: this.#series('gatewell.connect.duration', upstream),
      wait: this.#series('gatewell.wait.duration', upstream),
    }
    return endpoint.meter
  }

  #series(metric: MetricName, ...labels: string[]): Float64Array {
    let family = this.#families.get(metric)
    if (family === undefined) {
      family = new SeriesFamily(metric)
      this.#families.set(metric, family)
    }
    return family.at(...labels)
  }
}

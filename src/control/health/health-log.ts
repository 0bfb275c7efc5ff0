/** Tells the operator what becomes of endpoints and upstreams: one line for each change, with its reason. */
import { CAUSES } from '../../causes/catalogue.ts'
import type { EndpointStatus, UpstreamStatus } from '../../gateway/upstream/status.ts'
import type { Health } from '../../gateway/upstream/verdict.ts'
import type { Clock } from '../../std/clock.ts'
import type { Logger } from '../log.ts'
import type { ProbeRecord } from './probe-history.ts'

type Checked = { readonly upstream: string; readonly url: string; readonly health: Health; readonly since: number }

export class HealthLog {
  readonly #log: Logger
  readonly #clock: Clock
  #known = new Map<string, UpstreamStatus>()
  readonly #lostAt = new Map<string, number>()
  readonly #unhealthy = new Set<string>()

  constructor(options: { log: Logger; clock: Clock }) {
    this.#log = options.log
    this.#clock = options.clock
  }

  /** Probes changed what `check` is held to be. `all`: the endpoints of its upstream. */
  tellVerdict(check: Checked, { saw, at }: ProbeRecord, all: readonly Checked[]): void {
    const { upstream, url } = check
    const left = all.filter(({ health }) => health !== 'unhealthy').length
    const facts = { upstream, endpoint: url, health: check.health, saw, usable: left, endpoints: all.length }
    const count = left === 0 ? 'None is left' : `${left} of ${all.length} endpoints ${left === 1 ? 'is' : 'are'} left`
    const key = `${upstream} ${url}`
    if (check.health === 'unhealthy') {
      this.#unhealthy.add(key)
      this.#log.warn(facts, `${upstream}: ${url} is unhealthy: ${saw}. ${all.length === 1 ? 'It is the only endpoint' : count}.`)
    } else if (this.#unhealthy.delete(key)) {
      this.#log.info(facts, `${upstream}: ${url} is healthy again after ${secondsText(at - check.since)}: ${saw}.`)
    }
  }

  /** What all workers together make of their upstreams now. */
  note(upstreams: readonly UpstreamStatus[]): void {
    for (const upstream of upstreams) {
      const before = this.#known.get(upstream.name)
      this.#noteLoss(upstream)
      if (upstream.isPanicking !== (before?.isPanicking ?? false)) this.#tellPanic(upstream)
      for (const endpoint of upstream.endpoints) {
        const former = before?.endpoints.find(({ address }) => address === endpoint.address)
        if ((endpoint.state === 'ejected') !== (former?.state === 'ejected')) this.#tellEjection(upstream, endpoint)
      }
    }
    this.#known = new Map(upstreams.map((upstream) => [upstream.name, upstream]))
  }

  #noteLoss({ name, isLost, endpoints }: UpstreamStatus): void {
    const lostAt = this.#lostAt.get(name)
    if (isLost && lostAt === undefined) {
      this.#lostAt.set(name, this.#clock.now())
      const why = endpoints.map((endpoint) => `${endpoint.address} ${reasonOf(endpoint)}`).join(', ')
      this.#log.error({ upstream: name, endpoints: endpoints.length }, `${name}: no endpoint can be reached: ${why}.`)
    } else if (!isLost && lostAt !== undefined) {
      this.#lostAt.delete(name)
      const ms = this.#clock.now() - lostAt
      this.#log.info({ upstream: name, ms }, `${name}: can be reached again after ${secondsText(ms)}.`)
    }
  }

  #tellPanic({ name, isPanicking, endpoints }: UpstreamStatus): void {
    const usable = endpoints.filter(({ state }) => state === 'usable' || state === 'resting').length
    const facts = { upstream: name, usable, endpoints: endpoints.length }
    const share = `${usable} of ${endpoints.length} endpoints`
    if (isPanicking && usable === 0) this.#log.warn(facts, `${name}: no endpoint is usable, so requests go to all of them as they are.`)
    else if (isPanicking) this.#log.warn(facts, `${name}: only ${share} are usable, so few that all of them are used.`)
    else this.#log.info(facts, `${name}: enough endpoints are usable again: ${share}.`)
  }

  #tellEjection({ name }: UpstreamStatus, endpoint: EndpointStatus): void {
    const { address, state, failure } = endpoint
    const facts = { upstream: name, endpoint: address, cause: failure?.cause }
    if (state === 'ejected')
      this.#log.warn(facts, `${name}: ${address} is left out for a while after failures in a row: ${reasonOf(endpoint)}.`)
    else if (state !== 'unhealthy') this.#log.info(facts, `${name}: ${address} gets requests again.`)
  }
}

/** `connect-refused (Connection refused)` */
function reasonOf({ failure }: EndpointStatus): string {
  return failure === null ? 'answers with errors' : `${failure.cause} (${CAUSES[failure.cause].title})`
}

function secondsText(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`
}

/**
 * Asks the gateway's own listeners now and then, so that it is not held to be ready while nobody is served: processes can live on and
 * answer nothing. OPTIONS with Max-Forwards 0 is answered by the pipeline itself (RFC 9110 §7.6.2), whatever routes there are.
 */
import { HEALTH } from '../../config/defaults.ts'
import type { HealthPlan } from '../../config/plan.ts'
import { type Address, addressText } from '../../net/address.ts'
import type { Clock } from '../../std/clock.ts'
import { Random } from '../../std/random.ts'
import type { Logger } from '../log.ts'
import { type CheckOwner, EndpointCheck } from './endpoint-check.ts'
import { PROBE_AGENT, type ProbeTools } from './probe.ts'
import type { ProbeRecord } from './probe-history.ts'
import { ProbeQueue } from './probe-queue.ts'

/** Whatever it answers, somebody is there. */
const CHECK: HealthPlan = {
  ...HEALTH,
  kind: 'http',
  path: '*',
  statusMin: 100,
  statusMax: 599,
  intervalMs: 5_000,
  timeoutMs: 3_000,
  unhealthyAfter: 2,
  healthyAfter: 1,
}
const REQUEST = `OPTIONS * HTTP/1.1\r\nHost: localhost\r\nMax-Forwards: 0\r\nUser-Agent: ${PROBE_AGENT}\r\nConnection: close\r\n\r\n`

export type SelfCheckOptions = { readonly clock: Clock; readonly tools: () => ProbeTools; readonly log: Logger }

export class SelfCheck implements CheckOwner {
  readonly queue = new ProbeQueue()
  readonly random: Random
  readonly #tools: () => ProbeTools
  readonly #log: Logger
  #checks: readonly EndpointCheck[] = []

  constructor({ clock, tools, log }: SelfCheckOptions) {
    this.#tools = tools
    this.#log = log
    this.random = new Random(Math.floor(clock.epoch()))
  }

  get tools(): ProbeTools {
    return this.#tools()
  }

  /** Where the gateway listens now. */
  watch(listeners: readonly Address[]): void {
    this.stop()
    this.#checks = listeners.map((listener) => {
      const address = reachable(listener)
      return new EndpointCheck(this, { upstream: '', url: addressText(listener), address, plan: CHECK, request: REQUEST })
    })
    for (const check of this.#checks) check.start(CHECK.intervalMs)
  }

  stop(): void {
    for (const check of this.#checks) check.stop()
    this.#checks = []
  }

  /** A sentence for each listener that does not answer. */
  get problems(): string[] {
    return this.#checks
      .filter(({ health }) => health === 'unhealthy')
      .map(({ url, history }) => `Its own listener ${url} does not serve: ${history.lastFailure?.saw}.`)
  }

  isLastResort(): boolean {
    return false
  }

  onProbed({ url, health }: EndpointCheck, { saw }: ProbeRecord, isChanged: boolean): void {
    if (!isChanged) return
    if (health === 'unhealthy') this.#log.error({ listener: url, saw }, `Gatewell's own listener ${url} does not serve: ${saw}.`)
    else if (this.#checks.some((check) => check.url === url && check.history.lastFailure !== null))
      this.#log.info({ listener: url }, `Gatewell's own listener ${url} serves again.`)
  }
}

/** "Every interface" is no place to connect to. */
function reachable(listener: Address): Address {
  if (listener.kind === 'unix') return listener
  if (listener.host === '' || listener.host === '0.0.0.0') return { ...listener, host: '127.0.0.1' }
  return listener.host === '::' ? { ...listener, host: '::1' } : listener
}

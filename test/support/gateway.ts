/** A whole data plane in this process, in front of the given endpoints, on a free port of loopback. */
import { LIMITS, PLAN, RETRY, TIMEOUTS, UPSTREAM } from '../../src/config/defaults.ts'
import type { LimitsPlan, Plan, RetryPlan, RoutePlan, TimeoutsPlan, UpstreamPlan } from '../../src/config/plan.ts'
import type { Exchange } from '../../src/gateway/exchange/exchange.ts'
import { Gateway } from '../../src/gateway/gateway.ts'
import { Observer } from '../../src/gateway/observe/observer.ts'
import { attemptsOf } from '../../src/gateway/observe/record.ts'
import type { Address } from '../../src/net/address.ts'
import { ManualClock, systemClock } from '../../src/std/clock.ts'
import { Wheel } from '../../src/std/wheel.ts'

export type GatewaySetup = {
  /** Ports of loopback, or whole addresses. */
  readonly endpoints: readonly (number | Address)[]
  readonly timeouts?: Partial<TimeoutsPlan>
  readonly retry?: Partial<RetryPlan>
  readonly limits?: Partial<LimitsPlan>
  readonly upstream?: Partial<UpstreamPlan>
  readonly routes?: readonly RoutePlan[]
  readonly plan?: Partial<Plan>
  /** Time stands still but for `advance()`. */
  readonly isClockManual?: boolean
}

/** What is left of an exchange when it is over, copied because the exchange is used again. */
export type Finished = {
  readonly id: string
  readonly status: number
  readonly cause: string | null
  readonly phase: string | null
  readonly evidence: Readonly<Record<string, string | number | boolean>>
  readonly attempts: number
  /** Causes of the attempts before the last. */
  readonly earlier: readonly (string | null)[]
  /** Milliseconds between the end of an attempt and the beginning of the next one. */
  readonly pauses: readonly number[]
  readonly endpoint: string | null
  readonly bytesIn: number
  readonly bytesOut: number
}

export type RunningGateway = {
  readonly gateway: Gateway
  readonly port: number
  readonly plan: Plan
  readonly finished: Finished[]
  /** Resolves when so many exchanges are over. */
  finishedCount(count: number): Promise<Finished[]>
  /** Moves a manual clock and fires what is due. */
  advance(ms: number): void
  close(): void
}

class WatchedObserver extends Observer {
  onFinish: (exchange: Exchange) => void = () => {}

  override finish(exchange: Exchange): void {
    super.finish(exchange)
    this.onFinish(exchange)
  }
}

export async function startGateway(setup: GatewaySetup): Promise<RunningGateway> {
  const plan = planOf(setup)
  const manual = new ManualClock()
  const isManual = setup.isClockManual ?? false
  const clock = isManual ? manual : systemClock
  const wheel = new Wheel({ clock, tickMs: 5, isDriven: !isManual })
  const observer = new WatchedObserver({ clock })
  const finished: Finished[] = []
  const waiting: { count: number; resolve: (all: Finished[]) => void }[] = []
  observer.onFinish = (exchange) => {
    finished.push(copied(exchange))
    for (const one of [...waiting]) if (finished.length >= one.count) one.resolve(finished)
  }
  const gateway = new Gateway({ plan, clock, wheel, observer, seed: 42 })
  const bound = await gateway.listen({ name: 'test', address: { kind: 'tcp', host: '127.0.0.1', port: 0 } })
  if (bound.kind !== 'tcp') throw new Error(`cannot listen: ${JSON.stringify(bound)}`)
  return {
    gateway,
    port: bound.port,
    plan,
    finished,
    finishedCount: (count) =>
      new Promise((resolve) => {
        if (finished.length >= count) resolve(finished)
        else waiting.push({ count, resolve })
      }),
    advance: (ms) => {
      manual.advance(ms)
      wheel.advance()
    },
    close: () => {
      gateway.close()
      wheel.close()
    },
  }
}

export function planOf(setup: GatewaySetup): Plan {
  const endpoints = setup.endpoints.map((one) => {
    const address: Address = typeof one === 'number' ? { kind: 'tcp', host: '127.0.0.1', port: one } : one
    const url = address.kind === 'tcp' ? `http://${address.host}:${address.port}` : `http://unix:${address.path}`
    return { url, address, weight: 1, isBackup: false }
  })
  const limits: LimitsPlan = { ...LIMITS, ...setup.limits }
  const upstream: UpstreamPlan = {
    name: 'app',
    endpoints,
    ...UPSTREAM,
    // Nobody waits for what is not there, so that tests of other things see at once what it failed of.
    hold: { ...UPSTREAM.hold, windowMs: 0 },
    timeouts: { ...TIMEOUTS, ...setup.timeouts },
    retry: { ...RETRY, ...setup.retry },
    ...setup.upstream,
  }
  const route: RoutePlan = {
    name: 'all',
    host: '',
    path: '',
    to: { kind: 'upstream', upstream: 'app' },
    bodyBytesMax: limits.bodyBytesMax,
    criticality: 'auto',
    errorPage: null,
  }
  return {
    ...PLAN,
    instance: 'test',
    listeners: [],
    upstreams: [upstream],
    routes: setup.routes ?? [route],
    limits,
    ...setup.plan,
  }
}

function copied(exchange: Exchange): Finished {
  const { failure } = exchange
  const facts = (failure?.evidence ?? []).map((one) => [one.name, one.value] as const)
  return {
    id: exchange.id,
    status: exchange.status,
    cause: failure?.cause ?? null,
    phase: failure?.phase ?? null,
    evidence: Object.fromEntries(facts),
    attempts: exchange.attempts,
    earlier: (exchange.earlier ?? []).map((attempt) => attempt.failure?.cause ?? null),
    pauses: attemptsOf(exchange).flatMap(({ beganAt }, index, all) => (index === 0 ? [] : [beganAt - (all[index - 1]?.endedAt ?? 0)])),
    endpoint: exchange.attempt?.endpoint?.url ?? null,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
  }
}

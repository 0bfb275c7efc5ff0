/** A health monitor with a clock that stands still, in front of real endpoints on loopback. */
import { HEALTH } from '../../../src/config/defaults.ts'
import type { HealthPlan, Plan } from '../../../src/config/plan.ts'
import { HealthLog } from '../../../src/control/health/health-log.ts'
import { HealthMonitor } from '../../../src/control/health/health-monitor.ts'
import type { ProbeStatus } from '../../../src/control/health/health-report.ts'
import { createLog } from '../../../src/control/log.ts'
import { MetricLedger } from '../../../src/control/metric-ledger.ts'
import type { EndpointStatus, UpstreamStatus } from '../../../src/gateway/upstream/status.ts'
import type { Verdict } from '../../../src/gateway/upstream/verdict.ts'
import { ManualClock } from '../../../src/std/clock.ts'
import { Wheel } from '../../../src/std/wheel.ts'
import { planOf } from '../../support/gateway.ts'
import { until } from '../../support/until.ts'

export const INTERVAL_MS = 2_000
/** Of the interval and its jitter. */
const PACE_MS = INTERVAL_MS * 1.1 + 20

export function endpointStatus(port: number, changes: Partial<EndpointStatus> = {}): EndpointStatus {
  const address = `http://127.0.0.1:${port}`
  return {
    address,
    state: 'usable',
    isBackup: false,
    weight: 1,
    inflight: 0,
    health: 'unknown',
    failure: null,
    isDown: false,
    foundBy: null,
    ...changes,
  }
}

export function upstreamStatus(endpoints: readonly EndpointStatus[], changes: Partial<UpstreamStatus> = {}): UpstreamStatus {
  const idle = { isPaused: false, isLost: false, isPanicking: false, inflight: 0, queued: 0, held: 0 }
  return { name: 'app', ...idle, endpoints, ...changes } as UpstreamStatus
}

export class Monitored {
  readonly clock = new ManualClock()
  readonly wheel = new Wheel({ clock: this.clock, isDriven: false })
  readonly ledger = new MetricLedger()
  readonly told: Verdict[] = []
  readonly said: string[] = []
  readonly monitor: HealthMonitor

  constructor(ports: readonly number[], health: Partial<HealthPlan> = {}) {
    const log = createLog({ isTerminal: false, destination: { write: (line) => this.said.push(JSON.parse(line).msg) } })
    this.monitor = new HealthMonitor({
      clock: this.clock,
      wheel: this.wheel,
      log: new HealthLog({ log, clock: this.clock }),
      ledger: this.ledger,
      tell: (verdicts) => this.told.push(...verdicts),
      seed: 42,
    })
    this.monitor.apply(this.plan(ports, health))
  }

  plan(ports: readonly number[], health: Partial<HealthPlan> = {}): Plan {
    return planOf({ endpoints: ports, upstream: { health: { ...HEALTH, ...health } } })
  }

  /** What probes say of the endpoint, or null where it is not probed. */
  probe(port: number): ProbeStatus | null {
    const [report] = this.monitor.report([upstreamStatus([endpointStatus(port)])])
    return report?.endpoints[0]?.probe ?? null
  }

  health(port: number): string {
    const url = `http://127.0.0.1:${port}`
    return this.monitor.verdicts.find(({ endpoint }) => endpoint === url)?.health ?? 'gone'
  }

  /** Waits until so many probes of it have ended, moving time on as they do. */
  async probed(port: number, count: number): Promise<void> {
    await until(`${count} probes`, () => {
      const length = this.probe(port)?.history.length ?? 0
      if (length < count) this.advance(PACE_MS)
      return length >= count
    })
  }

  advance(ms: number): void {
    this.clock.advance(ms)
    this.wheel.advance()
  }

  close(): void {
    this.monitor.stop()
  }
}

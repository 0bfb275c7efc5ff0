/** What all exchanges of a data plane share: time, chance, sockets, counters. Made once; plans come and go, this stays. */
import type { Dialer } from '../net/dial.ts'
import type { Clock } from '../std/clock.ts'
import type { HttpDate } from '../std/http-date.ts'
import type { Random } from '../std/random.ts'
import type { Wheel } from '../std/wheel.ts'
import type { Pressure } from './admit/pressure.ts'
import type { ReplayPool } from './exchange/request-body.ts'
import type { Observer } from './observe/observer.ts'
import type { Tracing } from './observe/tracing.ts'
import type { PipelineStock } from './pipeline-stock.ts'
import type { RequestIds } from './request-id.ts'
import type { StatusPage } from './respond/status-page.ts'
import type { Site } from './site.ts'

export type Context = {
  readonly clock: Clock
  readonly wheel: Wheel
  readonly random: Random
  readonly dialer: Dialer
  readonly observer: Observer
  readonly replayPool: ReplayPool
  readonly date: HttpDate
  readonly ids: RequestIds
  readonly tracing: Tracing
  readonly pipelines: PipelineStock
  /** How hard it is for the process itself. */
  readonly pressure: Pressure
  readonly statusPage: StatusPage
  /** What the plan in force made: routes, upstreams, limits. The next plan replaces it whole; an exchange keeps the one it began with. */
  site: Site
}

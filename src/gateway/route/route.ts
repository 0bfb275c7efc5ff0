/** A route as the data plane runs it: matcher, what it leads to, policy, and its place in the metrics. */
import type { RoutePlan } from '../../config/plan.ts'
import type { Meter } from '../observe/meter.ts'
import type { Maintenance } from './maintenance.ts'

export class Route {
  readonly plan: RoutePlan
  /** Position in the plan; the first that matches wins, and metrics are kept by it. */
  readonly index: number
  /** What its requests are counted into; the observer's own. */
  meter: Meter | null = null
  /** While operators have switched it off. */
  maintenance: Maintenance | null = null

  constructor(plan: RoutePlan, index: number) {
    this.plan = plan
    this.index = index
  }
}

/** One address of an upstream, and what is known about it now. */
import type { EndpointPlan } from '../../config/plan.ts'

export class Endpoint {
  readonly url: string
  readonly plan: EndpointPlan
  inflight = 0

  constructor(plan: EndpointPlan) {
    this.plan = plan
    this.url = plan.url
  }
}

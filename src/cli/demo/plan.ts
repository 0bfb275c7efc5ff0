/** The configuration of the demo: what anyone would write for two endpoints, and it goes the way that every configuration goes. */
import { randomUUID } from 'node:crypto'
import { planOf } from '../../config/load.ts'
import type { Plan } from '../../config/plan.ts'

function demoText(endpoints: readonly string[]): string {
  return `upstreams:
  site:
    endpoints: [${endpoints.map((url) => `"${url}"`).join(', ')}]
    timeouts: { response: 2s }
    hold: { window: 3s }
routes:
  - { to: site }
accessLog: { what: off }
drain: { grace: 1s }
workers: 1
`
}

export function demoPlan(endpoints: readonly string[]): Plan {
  const { plan, problems } = planOf(demoText(endpoints), { file: 'demo.yaml', environment: {}, instance: randomUUID(), parallelism: 1 })
  if (plan === null) throw new Error(problems.map(({ message }) => message).join(' '))
  return plan
}

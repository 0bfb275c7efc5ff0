/** `gatewell check`: every problem of a configuration, or the JSON Schema of all configurations. */
import { randomUUID } from 'node:crypto'
import { loadPlan } from '../config/load.ts'
import type { Plan } from '../config/plan.ts'
import type { Problem } from '../config/problem.ts'
import { makeJsonSchema } from '../config/reference.ts'
import { count, countProblems, renderProblems } from './problem-list.ts'
import type { Terminal } from './terminal.ts'

export type CheckOptions = { readonly config: string; readonly schema?: true; readonly json?: true; readonly quiet?: true }

export function check({ config, schema, json, quiet }: CheckOptions, { print, say, paint, environment }: Terminal): number {
  if (schema) {
    print(JSON.stringify(makeJsonSchema(), null, 2))
    return 0
  }
  const { plan, problems } = loadPlan({ file: config, environment, instance: randomUUID(), parallelism: 1 })
  if (json) print(JSON.stringify({ file: config, ok: plan !== null, problems }, null, 2))
  else if (problems.length > 0) print(renderProblems(problems, paint))
  if (!json && !quiet) say(`${config}: ${sumUp(plan, problems)}.`)
  return plan === null ? 1 : 0
}

function sumUp(plan: Plan | null, problems: readonly Problem[]): string {
  if (plan === null) return countProblems(problems)
  const but = problems.length === 0 ? '' : `, with ${countProblems(problems)}`
  return `fine${but} (${count(plan.upstreams.length, 'upstream')}, ${count(plan.routes.length, 'route')})`
}

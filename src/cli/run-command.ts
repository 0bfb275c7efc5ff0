/** `gatewell run`: the gateway of a configuration file, which it reads again whenever it is told to. */
import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { type Loaded, loadPlan } from '../config/load.ts'
import { override } from '../config/override.ts'
import { problemOfFile } from '../config/problem.ts'
import { overridesOf, type RunOptions } from './option.ts'
import { countProblems, renderProblems } from './problem-list.ts'
import type { Terminal } from './terminal.ts'

export const DEFAULT_FILE = 'gatewell.yaml'

const NO_FILE = `
Write one, name another with -c, or start without: gatewell 3000 puts a gateway in front of the app on port 3000.`

export async function runFile(options: RunOptions & { readonly config: string }, terminal: Terminal): Promise<number> {
  const { say, sayPaint, environment } = terminal
  const parallelism = availableParallelism()
  const instance = randomUUID()
  const load = (): Loaded => loadPlan({ file: options.config, environment, instance, parallelism })

  const { plan, problems, text } = load()
  if (problems.length > 0) say(renderProblems(problems, sayPaint))
  if (plan === null) {
    const isMissing = options.config === DEFAULT_FILE && problems[0]?.message.startsWith('there is no such file') === true
    say(isMissing ? NO_FILE.trimStart() : `${options.config}: ${countProblems(problems)}. Nothing was started.`)
    return 1
  }
  const overridden = override(plan, overridesOf(options, parallelism))
  if (!overridden.ok) {
    say(`gatewell: ${overridden.message}`)
    return 2
  }
  const reload = (): Loaded => {
    const loaded = load()
    if (loaded.plan === null) return loaded
    const next = override(loaded.plan, overridesOf(options, parallelism))
    if (next.ok) return { ...loaded, plan: next.value }
    return { plan: null, problems: [...loaded.problems, problemOfFile(options.config, next.message)] }
  }
  const { serve } = await import('./serve.ts')
  return serve({ plan: overridden.value, reload, file: options.config, text, terminal, options })
}

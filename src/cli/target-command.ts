/** `gatewell TARGET…`: a gateway in front of what is named on the command line, all else by default. */
import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { formatAddress, isSamePlace } from '../config/address.ts'
import { planForTargets } from '../config/compile.ts'
import { override } from '../config/override.ts'
import { misread, type Parsed } from '../config/parsed.ts'
import type { Plan } from '../config/plan.ts'
import { findSimilar } from '../config/suggestion.ts'
import { overridesOf, type RunOptions } from './option.ts'
import type { Terminal } from './terminal.ts'

/** `commands`: the words that name one, for those who mistype it. */
export async function runTargets(
  targets: readonly string[],
  options: RunOptions,
  commands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const plan = planOfTargets(targets, options, commands)
  if (!plan.ok) {
    terminal.say(`gatewell: ${plan.message}${plan.suggestion === null ? '' : ` Did you mean "${plan.suggestion}"?`}`)
    return 2
  }
  const { serve } = await import('./serve.ts')
  return serve({ plan: plan.value, reload: () => ({ plan: plan.value, problems: [] }), terminal, options })
}

function planOfTargets(targets: readonly string[], options: RunOptions, commands: readonly string[]): Parsed<Plan> {
  for (const target of targets) {
    if (commands.includes(target)) return misread(`a command comes first: gatewell ${target} …`)
    const similar = findSimilar(target, commands)
    if (similar !== null && /^[a-z]+$/i.test(target)) return misread(`there is no command "${target}".`, `gatewell ${similar}`)
    if (/\.ya?ml$/i.test(target)) return misread(`"${target}" is a file.`, `gatewell run -c ${target}`)
  }
  const parallelism = availableParallelism()
  const plan = planForTargets(targets, { instance: randomUUID(), parallelism })
  return plan.ok ? withoutLoop(override(plan.value, overridesOf(options, parallelism))) : plan
}

/** A target at which the gateway itself listens would send every request round in a circle. */
function withoutLoop(plan: Parsed<Plan>): Parsed<Plan> {
  if (!plan.ok) return plan
  const { listeners, upstreams } = plan.value
  for (const { address } of upstreams.flatMap(({ endpoints }) => endpoints)) {
    if (address.kind !== 'srv' && listeners.some((listener) => isSamePlace(listener.address, address))) {
      return misread(`${formatAddress(address)} is where Gatewell itself listens. Choose another address with --listen.`)
    }
  }
  return plan
}

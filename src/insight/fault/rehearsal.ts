/** Runs one fault against a throw-away gateway and gathers what came of it. It judges nothing. */
import type { CauseId } from '../../causes/catalogue.ts'
import type { Plan } from '../../config/plan.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'
import { ask, type Fault, GET } from './fault.ts'
import { planOf } from './rehearsal-plan.ts'
import { Stage } from './stage.ts'
import { ThrowAwayGateway } from './throw-away.ts'
import type { Reply } from './visitor.ts'

export type Rehearsal = {
  readonly reply: Reply | null
  readonly failures: ReadonlyMap<CauseId, number>
  readonly records: readonly FailureRecord[]
}

/** Called while all that the fault has put up still stands. */
export type LookAround = (plan: Plan, rehearsal: Rehearsal) => Promise<void>

const LIMIT_MS = 5_000

export async function rehearse(fault: Fault, look: LookAround = async () => {}): Promise<Rehearsal> {
  const stage = new Stage()
  try {
    const { setup, act } = await fault.stage(stage)
    const plan = planOf(setup)
    const gateway = await stage.keep(ThrowAwayGateway.start(plan, fault.confinement?.wrapper() ?? null))
    const reply = await (act?.(gateway) ?? ask(stage, gateway, GET))
    await gateway.failed(LIMIT_MS)
    const rehearsal = { reply, failures: gateway.failures, records: gateway.records }
    await look(plan, rehearsal)
    return rehearsal
  } finally {
    await stage.close()
  }
}

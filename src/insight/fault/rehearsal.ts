/** Runs one fault against a throw-away gateway and gathers what came of it. It judges nothing. */
import type { CauseId } from '../../causes/catalogue.ts'
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

const LIMIT_MS = 5_000

export async function rehearse(fault: Fault): Promise<Rehearsal> {
  const stage = new Stage()
  try {
    const { setup, act } = await fault.stage(stage)
    const gateway = await stage.keep(ThrowAwayGateway.start(planOf(setup), fault.confinement?.wrapper() ?? null))
    const reply = await (act?.(gateway) ?? ask(stage, gateway, GET))
    await gateway.failed(LIMIT_MS)
    return { reply, failures: gateway.failures, records: gateway.records }
  } finally {
    await stage.close()
  }
}

/** One cause brought about on a throw-away gateway, and whether all that hangs from it is right: what is named, answered and diagnosed. */
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { Diagnosis } from '../../insight/diagnosis/diagnosis.ts'
import type { Fault, Outcome } from '../../insight/fault/fault.ts'
import { FAULTS } from '../../insight/fault/fault-table.ts'
import { type Rehearsal, rehearse } from '../../insight/fault/rehearsal.ts'
import type { Reply } from '../../insight/fault/visitor.ts'
import type { Clock } from '../../std/clock.ts'
import { Wheel } from '../../std/wheel.ts'
import { Investigator } from './investigator.ts'

export type RehearsalVerdict = {
  readonly cause: CauseId
  /** `skipped`: this machine, or this user, cannot bring it about. */
  readonly verdict: 'passed' | 'failed' | 'skipped'
  /** What was brought about, one sentence. */
  readonly fault: string
  /** Why it failed or was skipped, clauses; none where it passed. */
  readonly reasons: readonly string[]
  readonly expected: { readonly cause: CauseId; readonly outcome: Outcome; readonly status: number | null }
  /** Null: nothing was brought about. */
  readonly seen: Seen | null
  readonly ms: number
}

type Seen = {
  /** What the gateway named, in this order. */
  readonly causes: readonly CauseId[]
  /** What the visitor got. */
  readonly outcome: Outcome
  readonly status: number | null
  readonly diagnosis: Pick<Diagnosis, 'cause' | 'confidence' | 'summary'> | null
}

const TICK_MS = 5

export async function rehearseCause(id: CauseId, clock: Clock): Promise<RehearsalVerdict> {
  const fault: Fault = FAULTS[id]
  const began = clock.now()
  const outcome = fault.outcome ?? 'error'
  const expected = { cause: id, outcome, status: outcome === 'error' ? CAUSES[id].status : null }
  const end = (verdict: RehearsalVerdict['verdict'], reasons: readonly string[], seen: Seen | null): RehearsalVerdict => {
    return { cause: id, verdict, fault: fault.describe, reasons, expected, seen, ms: Math.round(clock.now() - began) }
  }
  const obstacle = fault.confinement?.obstacle() ?? null
  if (obstacle !== null) return end('skipped', [obstacle], null)
  try {
    const seen = await see(id, fault, clock)
    const reasons = reasonsOf(expected, seen)
    return end(reasons.length === 0 ? 'passed' : 'failed', reasons, seen)
  } catch (error) {
    return end('skipped', [`it could not be brought about: ${(error as Error).message}`], null)
  }
}

async function see(id: CauseId, fault: Fault, clock: Clock): Promise<Seen> {
  const wheel = new Wheel({ clock, tickMs: TICK_MS })
  let diagnosis: Diagnosis | null = null
  try {
    const { reply, failures } = await rehearse(fault, async (plan, { records }: Rehearsal) => {
      const record = records.find(({ cause }) => cause === id) ?? records[0]
      if (record === undefined) return
      const investigator = new Investigator({ clock, wheel, plan: () => plan, pids: () => [process.pid], folder: '/' })
      investigator.see(records)
      diagnosis = await investigator.diagnose({ record, related: [] })
    })
    return { causes: [...failures.keys()], outcome: outcomeOf(reply), status: reply?.status ?? null, diagnosis: shortOf(diagnosis) }
  } finally {
    wheel.close()
  }
}

/** Clauses; none where all is as it should be. */
export function reasonsOf({ cause, outcome, status }: RehearsalVerdict['expected'], seen: Seen): string[] {
  const { causes, diagnosis } = seen
  return [
    ...(causes[0] === cause ? [] : [`the gateway named ${causes.join(', ') || 'nothing'}`]),
    ...(seen.outcome === outcome ? [] : [`the visitor got another outcome: ${seen.outcome}`]),
    ...(status === null || seen.status === status ? [] : [`the visitor got the status ${seen.status}, not ${status}`]),
    ...(diagnosis?.cause === cause ? [] : [`the diagnosis is ${diagnosis?.cause ?? 'missing'}`]),
  ]
}

function outcomeOf(reply: Reply | null): Outcome {
  if (reply === null) return 'nothing'
  if (reply.end === 'broken') return 'broken'
  return reply.fields.get('proxy-status')?.includes('error=') ? 'error' : 'relayed'
}

function shortOf(diagnosis: Diagnosis | null): Seen['diagnosis'] {
  return diagnosis && { cause: diagnosis.cause, confidence: diagnosis.confidence, summary: diagnosis.summary }
}

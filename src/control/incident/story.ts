/** What is told of one request or one incident: what happened, the evidence, what to do. The keys are those of `gatewell why --json`. */
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { Cause, Remedy } from '../../causes/cause.ts'
import type { AttemptRecord, FailureRecord } from '../../gateway/observe/record.ts'
import type { Diagnosis, Finding } from '../../insight/diagnosis/diagnosis.ts'
import { hopFindings, recordedSpeaker, saidFindings } from '../../insight/speaker/recorded-speaker.ts'
import { isOwnError } from '../../insight/speaker/speaker.ts'
import type { FoundRecord } from '../store/store.ts'
import type { Incident } from './incident.ts'
import { dangerOf } from './weight.ts'

/** `says`: what it means, or '' where it was only noted. */
type Told = {
  readonly id: string
  /** What it failed of, or was rescued from; null where nothing was wrong. */
  readonly cause: CauseId | null
  /** 0 to 1. */
  readonly confidence: number
  readonly summary: string
  readonly evidence: readonly Finding[]
  readonly against: readonly Finding[]
  /** Likeliest first. */
  readonly remedies: readonly Remedy[]
  readonly attempts: readonly AttemptRecord[]
  readonly saidBy: string | null
}

/** `failed`: an error was answered. `cut off`: the answer broke off. `rescued`, `slow`: it was answered well. */
type Outcome = 'failed' | 'cut off' | 'rescued' | 'slow'

export type RequestStory = Told & {
  readonly kind: 'request'
  readonly outcome: Outcome
  readonly record: FailureRecord
  /** The incident that it belongs to. */
  readonly incident: string | null
  /** Earlier requests with the same id, which somebody else had chosen. */
  readonly namesakes: number
}

export type IncidentStory = Told & { readonly kind: 'incident'; readonly incident: Incident; readonly examples: readonly FailureRecord[] }

export function tellRequest({ record, incident }: FoundRecord, of: Incident | null, namesakes: number): RequestStory {
  const cause = record.cause ?? dangerOf(record)
  const diagnosis = of?.diagnosis?.cause === cause ? of.diagnosis : null
  const seen = record.cause === null ? (record.attempts.find((attempt) => attempt.cause !== null)?.evidence ?? []) : record.evidence
  const speaker = recordedSpeaker(seen)
  const judged = judge(cause, diagnosis)
  return {
    id: record.id,
    kind: 'request',
    cause,
    ...judged,
    evidence: [...saidFindings(speaker), ...hopFindings(speaker), ...seen.map(({ name, value }) => ({ name, value, says: '' }))],
    saidBy: speaker !== null && isOwnError(speaker) ? speaker.name : judged.saidBy,
    attempts: record.attempts,
    outcome: outcomeOf(record),
    record,
    incident: incident === '' ? null : incident,
    namesakes,
  }
}

function outcomeOf({ cause, status, usualMs }: FailureRecord): Outcome {
  if (cause === null) return usualMs === null ? 'rescued' : 'slow'
  return status < 400 ? 'cut off' : 'failed'
}

export function tellIncident(incident: Incident, examples: readonly FoundRecord[]): IncidentStory {
  const { id, cause, diagnosis } = incident
  const [latest] = examples
  const noted = (latest?.record.evidence ?? []).map(({ name, value }) => ({ name, value, says: '' }))
  return {
    id,
    kind: 'incident',
    cause: diagnosis?.cause ?? cause,
    ...judge(cause, diagnosis),
    evidence: diagnosis?.evidence ?? noted,
    attempts: latest?.record.attempts ?? [],
    incident,
    examples: examples.map(({ record }) => record),
  }
}

type Judged = Pick<Told, 'confidence' | 'summary' | 'against' | 'remedies' | 'saidBy'>

/** Without a diagnosis it is what the gateway itself has seen, which is no guess. */
function judge(cause: CauseId | null, diagnosis: Diagnosis | null): Judged {
  if (diagnosis !== null) {
    const { confidence, summary, against, remedies, saidBy } = diagnosis
    return { confidence, summary, against, remedies, saidBy }
  }
  const known: Cause | null = cause === null ? null : CAUSES[cause]
  return { confidence: 1, summary: known?.meaning ?? '', against: [], remedies: known?.remedies ?? [], saidBy: null }
}

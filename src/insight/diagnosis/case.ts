/** One failure with all that is known about it, in the form that rules look at. */
import type { CauseId } from '../../causes/catalogue.ts'
import type { AttemptRecord, FailureRecord } from '../../gateway/observe/record.ts'
import { type Recognised, recogniseOrigin } from '../dialect/recognise.ts'
import { recordedSpeaker } from '../speaker/recorded-speaker.ts'
import type { Speaker } from '../speaker/speaker.ts'
import type { Facts } from './diagnosis.ts'

type Value = string | number | boolean

export type Case = {
  readonly record: FailureRecord
  /** What the gateway itself named. */
  readonly cause: CauseId
  /** The attempt that it is about, where there was one. */
  readonly attempt: AttemptRecord | null
  readonly evidence: ReadonlyMap<string, Value>
  readonly facts: Facts
  /** Failures of the same cause at the same upstream, this one among them. */
  readonly alike: readonly FailureRecord[]
  /** All failures at the same upstream, this one among them. */
  readonly related: readonly FailureRecord[]
  readonly origin: Recognised | null
  readonly speaker: Speaker | null
  /** By word in capitals: what stands for it. */
  readonly words: Readonly<Record<string, string>>
}

/** The cause of a record; of one that a retry rescued, that of its first bad attempt. */
export function causeOfRecord(record: FailureRecord): CauseId {
  return record.cause ?? record.attempts.find(isBad)?.cause ?? 'upstream-5xx'
}

export function caseOf(record: FailureRecord, facts: Facts, all: readonly FailureRecord[]): Case {
  const cause = causeOfRecord(record)
  const attempt = attemptOf(record)
  const seen = record.cause === null ? (attempt?.evidence ?? []) : record.evidence
  const evidence = new Map(seen.map(({ name, value }) => [name, value]))
  const others = all.filter((one) => one !== record && one.upstream === record.upstream && one.upstream !== '')
  const related = [...others, record].sort((a, b) => a.endedAt - b.endedAt)
  const alike = related.filter((one) => causeOfRecord(one) === cause)
  const text = (name: string): string | undefined => evidence.get(name)?.toString()
  const listener = facts.listeners?.find((one) => one.process !== undefined)
  const origin = recogniseOrigin({
    server: text('server') ?? facts.server?.server,
    poweredBy: text('x_powered_by') ?? facts.server?.poweredBy,
    process: listener?.process?.name,
    keepAliveS: facts.server?.keepAliveS,
  })
  const isAnswer = cause === 'upstream-5xx' || cause === 'upstream-overloaded'
  const speaker = isAnswer ? recordedSpeaker(seen) : null
  return { record, cause, attempt, evidence, facts, alike, related, origin, speaker, words: wordsOf(record, attempt, facts, origin) }
}

export function numberOf(one: Case, name: string): number | null {
  const value = one.evidence.get(name)
  return typeof value === 'number' ? value : null
}

export function textOf(one: Case, name: string): string {
  return one.evidence.get(name)?.toString() ?? ''
}

/** The same piece of evidence in each of the failures alike. */
export function numbersOf(alike: readonly FailureRecord[], name: string): number[] {
  return alike.flatMap(({ evidence }) => {
    const value = evidence.find((one) => one.name === name)?.value
    return typeof value === 'number' ? [value] : []
  })
}

/** The last attempt, or the first bad one where the last one was good. */
export function attemptOf(record: FailureRecord): AttemptRecord | null {
  return (record.cause === null ? record.attempts.find(isBad) : record.attempts.at(-1)) ?? null
}

function isBad({ cause, status }: AttemptRecord): boolean {
  return cause !== null || status >= 500
}

function wordsOf(record: FailureRecord, attempt: AttemptRecord | null, facts: Facts, origin: Recognised | null): Record<string, string> {
  const words: Record<string, string> = {}
  const put = (word: string, value: string | number | undefined): void => {
    if (value !== undefined && value !== '') words[word] = `${value}`
  }
  // Of an upstream that none of its endpoints could be picked of, the first.
  const url =
    attempt?.endpoint ??
    record.evidence
      .find(({ name }) => name === 'endpoints')
      ?.value.toString()
      .split(' ')[0] ??
    ''
  const place = /^https?:\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?$/.exec(url)
  const process = facts.listeners?.find((one) => one.process !== undefined)?.process
  put('ENDPOINT', url)
  put('UPSTREAM', record.upstream)
  put('HOST', place?.[1])
  put('PORT', place === null ? undefined : (place[2] ?? '80'))
  const address = attempt?.evidence.find(({ name }) => name === 'address')?.value.toString() ?? ''
  put('SOCKET', address.startsWith('/') ? address : undefined)
  put('ADDRESS', address.startsWith('/') ? undefined : address)
  put('PID', process?.pid)
  put('SERVICE', process?.service ?? origin?.origin.service)
  // What a client wrote goes into a command only where it can do no harm there.
  if (/^[A-Za-z0-9.-]+(?::\d+)?$/.test(record.host)) put('SITE', record.host)
  if (/^\/[A-Za-z0-9._~/-]*$/.test(record.target)) put('PATH', record.target.slice(1))
  return words
}

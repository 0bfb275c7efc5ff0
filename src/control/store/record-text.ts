/** A record as it is kept: JSON without what is empty, which is half of it. */
import type { AttemptRecord, FailureRecord } from '../../gateway/observe/record.ts'

/** A target has no use beyond what a page can show. */
const TARGET_MAX = 2_000
const ERROR_MAX = 2_000

const NO_RECORD: FailureRecord = {
  id: '',
  endedAt: 0,
  client: '',
  method: '',
  host: '',
  target: '',
  route: '',
  upstream: '',
  status: 0,
  cause: null,
  phase: null,
  evidence: [],
  error: '',
  attempts: [],
  ms: 0,
  queuedMs: 0,
  isCrawler: false,
  userAgent: '',
  traceId: '',
  trace: null,
  usualMs: null,
}

const NO_ATTEMPT: AttemptRecord = {
  endpoint: '',
  isReused: false,
  idleMs: 0,
  phase: 'pick',
  status: 0,
  cause: null,
  evidence: [],
  ms: 0,
  beganMs: 0,
  connectedMs: null,
  sentMs: null,
  answeredMs: null,
  bytesSent: 0,
  bytesReceived: 0,
}

export function writeRecord(record: FailureRecord): string {
  const cut = { ...record, target: record.target.slice(0, TARGET_MAX), error: record.error.slice(0, ERROR_MAX) }
  return JSON.stringify({ ...lean(cut, NO_RECORD), attempts: record.attempts.map((attempt) => lean(attempt, NO_ATTEMPT)) })
}

/** What a later version adds is kept; what an earlier one did not know is empty. */
export function readRecord(text: string): FailureRecord {
  const read = JSON.parse(text) as Partial<FailureRecord>
  return { ...NO_RECORD, ...read, attempts: (read.attempts ?? []).map((attempt) => ({ ...NO_ATTEMPT, ...attempt })) }
}

function lean<T extends object>(full: T, empty: T): Partial<T> {
  const isTold = ([name, value]: [string, unknown]): boolean =>
    value !== empty[name as keyof T] && !(Array.isArray(value) && value.length === 0)
  return Object.fromEntries(Object.entries(full).filter(isTold)) as Partial<T>
}

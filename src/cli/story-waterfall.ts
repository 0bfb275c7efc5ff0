/** The attempts of one request as a waterfall: when each began, and how long it took to connect, send, wait and receive. Pure. */
import { CAUSES } from '../causes/catalogue.ts'
import type { Paint } from '../config/problem.ts'
import type { AttemptRecord, FailureRecord } from '../gateway/observe/record.ts'
import { latencyText } from '../std/quantity-text.ts'
import { factText, plainly } from './story-text.ts'
import { wrap } from './wrap.ts'

const STAGES = [
  { name: 'connect', mark: '░' },
  { name: 'send', mark: '▒' },
  { name: 'wait', mark: '▓' },
  { name: 'receive', mark: '█' },
] as const

/** Before the attempt began it was waiting for its turn, for an endpoint, or for another attempt. */
const BEFORE = '·'
const BAR_COLUMNS_MIN = 20
const INDENT = '     '
/** Less is but the answer being written. */
const REST_MS_MIN = 20

type Span = { readonly name: string; readonly mark: string; readonly from: number; readonly to: number }

export function renderWaterfall({ attempts, ms, queuedMs }: FailureRecord, paint: Paint, columns: number): string {
  const room = columns - INDENT.length - BAR_COLUMNS_MIN - 2
  const names = attempts.map(({ endpoint }) => cut(plainly(endpoint), room))
  const nameColumns = Math.max(...names.map((name) => name.length))
  const barColumns = columns - INDENT.length - nameColumns - 2
  const axis = `0${latencyText(ms).padStart(barColumns - 1)}`
  const used = new Set(attempts.flatMap((attempt) => spansOf(attempt).map(({ name }) => name)))
  const legend = STAGES.filter(({ name }) => used.has(name)).map(({ name, mark }) => `${mark} ${name}`)
  return [
    paint.strong(attempts.length === 1 ? 'One attempt' : `${attempts.length} attempts`),
    `${INDENT}${' '.repeat(nameColumns + 2)}${paint.faint(axis)}`,
    ...attempts.flatMap((attempt, index) => [
      `${String(index + 1).padStart(3)}  ${(names[index] as string).padEnd(nameColumns)}  ${barOf(attempt, ms, barColumns, paint)}`,
      ...linesOf(attempt, paint, columns),
    ]),
    ...restOf(attempts, ms, paint),
    paint.faint(`${INDENT}${[...legend, ...(queuedMs > 0 ? [`${BEFORE} of it ${latencyText(queuedMs)} in the queue`] : [])].join('   ')}`),
  ].join('\n')
}

/** What happened after the last attempt, if that took time: it waited for an endpoint, or for its time to end. */
function restOf(attempts: readonly AttemptRecord[], ms: number, paint: Paint): string[] {
  const last = attempts.at(-1)
  const restMs = last === undefined || !isFailed(last) ? 0 : ms - last.beganMs - last.ms
  return restMs < REST_MS_MIN ? [] : [paint.bad(`${INDENT}✗ then it waited ${latencyText(restMs)} for an endpoint, in vain`)]
}

/** Each span takes at least one column, so that what was quick can be seen, too. */
function barOf(attempt: AttemptRecord, ms: number, columns: number, paint: Paint): string {
  const scale = columns / Math.max(ms, 0.001)
  let bar = BEFORE.repeat(Math.min(columns - 1, Math.round(attempt.beganMs * scale)))
  const before = bar.length
  for (const { mark, to } of spansOf(attempt)) {
    const end = Math.min(columns, Math.max(bar.length + 1, Math.round(to * scale)))
    bar = bar.padEnd(end, mark)
  }
  const drawn = bar.slice(before)
  return `${paint.faint(bar.slice(0, before))}${isFailed(attempt) ? paint.bad(drawn) : paint.good(drawn)}`
}

function linesOf(attempt: AttemptRecord, paint: Paint, columns: number): string[] {
  const spans = spansOf(attempt).map(({ name, from, to }) => `${name} ${latencyText(to - from)}`)
  const connection = attempt.isReused ? [`connection reused after ${latencyText(attempt.idleMs)}`] : []
  const facts = attempt.evidence.map(factText).join(', ')
  const outcome = `${isFailed(attempt) ? '✗' : '✓'} ${outcomeOf(attempt)}`
  return [
    (isFailed(attempt) ? paint.bad : paint.good)(wrap(outcome, columns, `${INDENT}  `, INDENT)),
    ...[[...connection, ...spans].join(', '), plainly(facts)]
      .filter((text) => text !== '')
      .map((text) => paint.faint(wrap(text, columns, `${INDENT}  `))),
  ]
}

function outcomeOf({ cause, status }: AttemptRecord): string {
  if (cause !== null) return status >= 500 ? `answered with ${status}: ${cause}` : `${CAUSES[cause]?.title ?? cause}: ${cause}`
  return status === 0 ? 'given up: another attempt was quicker' : `answered with ${status}`
}

function isFailed({ cause, status }: AttemptRecord): boolean {
  return cause !== null || status >= 500
}

/** The stages that it came to; the last one lasts until it ended. */
function spansOf({ beganMs, connectedMs, sentMs, answeredMs, ms }: AttemptRecord): Span[] {
  const ends = [connectedMs, sentMs, answeredMs, null]
  const spans: Span[] = []
  let from = beganMs
  for (const [index, stage] of STAGES.entries()) {
    const reached = ends[index] ?? null
    const to = reached ?? beganMs + ms
    if (to > from) spans.push({ ...stage, from, to })
    from = to
    if (reached === null) break
  }
  return spans
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`
}

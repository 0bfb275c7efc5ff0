/** One request over time: each attempt, what it was busy with, and what came of it. */
import type { AttemptRecord, FailureRecord } from '../../gateway/observe/record.ts'
import { titleOf } from '../cause.ts'
import { latencyText } from '../format.ts'
import { Fact } from './fact.tsx'

const STAGES = ['connect', 'send', 'wait', 'receive'] as const
/** Less is but the answer being written. */
const REST_MS_MIN = 20

type Span = { readonly stage: string; readonly from: number; readonly to: number }

export function Waterfall({ record }: { readonly record: FailureRecord }) {
  const { attempts, ms, queuedMs } = record
  const last = attempts.at(-1)
  const rest = last === undefined || !isFailed(last) ? 0 : ms - last.beganMs - last.ms
  if (attempts.length === 0) return <p class="quiet">There was nobody to ask, or no need to: it ended after {latencyText(ms)}.</p>
  return (
    <div class="waterfall">
      <p class="legend">
        {STAGES.map((stage) => (
          <span key={stage}>
            <i class={`swatch ${stage}`} />
            {stage}
          </span>
        ))}
        <span class="axis">0 – {latencyText(ms)}</span>
      </p>
      <ol>
        {attempts.map((attempt, index) => (
          <Bar key={index} attempt={attempt} ms={ms} />
        ))}
      </ol>
      {queuedMs > 0 && <p class="quiet">{latencyText(queuedMs)} of it in the queue.</p>}
      {rest >= REST_MS_MIN && <p class="quiet">Then it waited {latencyText(rest)} for an endpoint, in vain.</p>}
    </div>
  )
}

function Bar({ attempt, ms }: { readonly attempt: AttemptRecord; readonly ms: number }) {
  const spans = spansOf(attempt)
  const share = (part: number): string => `${(part / Math.max(ms, 0.001)) * 100}%`
  const times = spans.map(({ stage, from, to }) => `${stage} ${latencyText(to - from)}`)
  const reused = attempt.isReused ? [`connection reused after ${latencyText(attempt.idleMs)}`] : []
  return (
    <li class={isFailed(attempt) ? 'failed' : 'fine'}>
      <p>
        <code>{attempt.endpoint === '' ? 'no endpoint' : attempt.endpoint}</code> <span class="outcome">{outcomeOf(attempt)}</span>
      </p>
      <div class="track" aria-hidden="true">
        {spans.map(({ stage, from, to }) => (
          <i key={stage} class={stage} style={{ left: share(from), width: share(to - from) }} />
        ))}
      </div>
      <p class="quiet">
        {[`began at ${latencyText(attempt.beganMs)}`, ...reused, ...times].join(' · ')}
        {attempt.evidence.map((fact) => (
          <Fact key={fact.name} fact={fact} />
        ))}
      </p>
    </li>
  )
}

function outcomeOf({ cause, status }: AttemptRecord): string {
  if (cause !== null) return status >= 500 ? `answered with ${status}: ${titleOf(cause)}` : titleOf(cause)
  return status === 0 ? 'given up: another attempt was quicker' : `answered with ${status}`
}

function isFailed({ cause, status }: AttemptRecord): boolean {
  return cause !== null || status >= 500
}

/** The stages that it came to; the last one lasts until it ended. */
function spansOf({ beganMs, connectedMs, sentMs, answeredMs, ms }: AttemptRecord): Span[] {
  const spans: Span[] = []
  let from = beganMs
  for (const [index, stage] of STAGES.entries()) {
    const reached = [connectedMs, sentMs, answeredMs][index] ?? null
    const to = reached ?? beganMs + ms
    if (to > from) spans.push({ stage, from, to })
    from = to
    if (reached === null) break
  }
  return spans
}

/** Requests that failed or were rescued, a line each. */
import type { FoundRecord } from '../../control/store/store.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'
import { titleOf } from '../cause.ts'
import { latencyText, momentText } from '../format.ts'
import { now } from '../live.ts'
import { linkTo } from '../route.ts'

export function RequestTable({ found }: { readonly found: readonly FoundRecord[] }) {
  if (found.length === 0) return <p class="empty">None is kept.</p>
  return (
    <ul class="requests">
      {found.map(({ record, place }) => (
        <li key={place}>
          <a href={linkTo('requests', record.id)}>
            <time dateTime={new Date(record.endedAt).toISOString()}>{momentText(record.endedAt, now.value)}</time>
            <span class={`badge ${moodOf(record)}`}>{outcomeOf(record)}</span>
            <span class="target">
              {record.method} {record.target}
            </span>
            <span class="why">{whyOf(record)}</span>
            <small>
              {record.upstream} · {latencyText(record.ms)}
            </small>
          </a>
        </li>
      ))}
    </ul>
  )
}

function outcomeOf({ cause, status, usualMs }: FailureRecord): string {
  if (cause === null) return usualMs === null ? 'rescued' : 'slow'
  return status === 0 ? 'no answer' : status < 400 ? 'cut off' : String(status)
}

function moodOf({ cause, usualMs }: FailureRecord): string {
  return cause !== null ? 'bad' : usualMs === null ? 'rescued' : 'doubtful'
}

/** What it failed of, or was rescued from. */
function whyOf({ cause, attempts, usualMs }: FailureRecord): string {
  if (cause === null && usualMs !== null) return `99 of 100 take less than ${latencyText(usualMs)}`
  return titleOf(cause ?? attempts.find((attempt) => attempt.cause !== null)?.cause ?? 'upstream-5xx')
}

/** Requests that failed or were rescued, a line each. */
import type { FoundRecord } from '../../control/store/store.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'
import { latencyText, momentText } from '../format.ts'
import { now } from '../live.ts'
import { linkTo } from '../route.ts'
import { titleOf } from './cause-name.tsx'

export function RequestTable({ found }: { readonly found: readonly FoundRecord[] }) {
  if (found.length === 0) return <p class="empty">None is kept.</p>
  return (
    <ul class="requests">
      {found.map(({ record, place }) => (
        <li key={place}>
          <a href={linkTo('requests', record.id)}>
            <time dateTime={new Date(record.endedAt).toISOString()}>{momentText(record.endedAt, now.value)}</time>
            <span class={`badge ${record.cause === null ? 'rescued' : 'bad'}`}>{outcomeOf(record)}</span>
            <span class="target">
              {record.method} {record.target}
            </span>
            <span class="why">{titleOf(dangerOf(record))}</span>
            <small>
              {record.upstream} · {latencyText(record.ms)}
            </small>
          </a>
        </li>
      ))}
    </ul>
  )
}

export function outcomeOf({ cause, status }: FailureRecord): string {
  if (cause === null) return 'rescued'
  return status === 0 ? 'no answer' : status < 400 ? 'cut off' : String(status)
}

/** What it failed of, or was rescued from. */
function dangerOf({ cause, attempts }: FailureRecord): string {
  return cause ?? attempts.find((attempt) => attempt.cause !== null)?.cause ?? 'upstream-5xx'
}

/** How often each of several names occurred, as bars. */
import type { ComponentChildren } from 'preact'
import { countText } from '../format.ts'

type ShareBarsProps = {
  readonly counts: Readonly<Record<string, number>>
  readonly name: (key: string) => ComponentChildren
}

const SHOWN_MAX = 12

export function ShareBars({ counts, name }: ShareBarsProps) {
  const rows = Object.entries(counts).sort(([, one], [, other]) => other - one)
  const most = rows[0]?.[1] ?? 1
  return (
    <ul class="shares">
      {rows.slice(0, SHOWN_MAX).map(([key, count]) => (
        <li key={key}>
          <span>{name(key)}</span>
          <b>{countText(count)}</b>
          <i style={{ width: `${(count / most) * 100}%` }} />
        </li>
      ))}
      {rows.length > SHOWN_MAX && <li class="quiet">and {rows.length - SHOWN_MAX} more</li>}
    </ul>
  )
}

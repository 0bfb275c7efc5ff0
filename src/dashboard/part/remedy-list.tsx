/** What to do, likeliest first. */
import type { Remedy } from '../../causes/cause.ts'
import { Command } from './command.tsx'

export function RemedyList({ remedies }: { readonly remedies: readonly Remedy[] }) {
  return (
    <ol class="remedies">
      {remedies.map(({ do: deed, when, command }) => (
        <li key={deed}>
          <p>
            <strong>{deed}</strong> {when !== '' && <span class="quiet">{when}</span>}
          </p>
          {command !== undefined && <Command text={command} />}
        </li>
      ))}
    </ol>
  )
}

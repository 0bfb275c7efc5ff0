/** What the library knows of a cause beside its remedies: what visitors can do, what to check in each server, how others say it. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { read } from '../api.ts'
import { useAsked } from './asked.ts'
import { Command } from './command.tsx'

export function CauseGuide({ id }: { readonly id: KnownCauseId }) {
  const reply = useAsked(id, () => read('cause', { id }))
  if (reply === null || !reply.ok) return null
  const { visitor, checks, signs, rules } = reply.value
  return (
    <>
      <section class="card">
        <h2>What a visitor can do</h2>
        <ul>
          {visitor.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </section>
      {checks.length > 0 && (
        <section class="card">
          <h2>What to check, by server</h2>
          {checks.map(({ do: deed, when, commands }) => (
            <details key={deed}>
              <summary>
                {deed} {when !== '' && <span class="quiet">{when}</span>}
              </summary>
              {commands.map(({ server, command }) => (
                <div key={server}>
                  <h3>{server}</h3>
                  <Command text={command} />
                </div>
              ))}
            </details>
          ))}
        </section>
      )}
      {signs.length + rules.length > 0 && (
        <section class="card">
          <h2>How others say it</h2>
          <ul>
            {signs.map(({ server, says }) => (
              <li key={server}>
                <strong>{server}</strong> {says.join('; ').replaceAll('`', '')}
              </li>
            ))}
            {rules.map(({ rule, compares }) => (
              <li key={rule}>
                <code>gatewell lint</code> compares {compares}: <code>{rule}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

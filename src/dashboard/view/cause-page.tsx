/** One cause: what it means, what to do, and how to see it happen on purpose. */
import { CAUSES } from '../../causes/catalogue.ts'
import { isKnownCause } from '../../causes/foreign-catalogue.ts'
import { causeOf } from '../cause.ts'
import { incidents } from '../live.ts'
import { CauseGuide } from '../part/cause-guide.tsx'
import { Command } from '../part/command.tsx'
import { IncidentRows } from '../part/incident-row.tsx'
import { RemedyList } from '../part/remedy-list.tsx'
import { linkTo } from '../route.ts'
import { Lost } from './lost.tsx'

export function CausePage({ id }: { readonly id: string }) {
  const cause = causeOf(id)
  if (cause === null) return <Lost />
  const { title, meaning, status, proxyStatus, remedies } = cause
  const own = (incidents.value ?? []).filter((one) => one.cause === id)
  return (
    <article class="story">
      <p class="trail">
        <a href={linkTo('causes')}>Causes</a> / <code>{id}</code>
      </p>
      <h1>{title}</h1>
      <p>
        <span class="badge">{status}</span> <span class="badge">{proxyStatus}</span>
      </p>
      <p class="summary">{meaning}</p>
      <section class="card">
        <h2>What to do, likeliest first</h2>
        <RemedyList remedies={remedies} />
      </section>
      {isKnownCause(id) && <CauseGuide id={id} />}
      {own.length > 0 && (
        <section class="card">
          <h2>Incidents</h2>
          <IncidentRows incidents={own} />
        </section>
      )}
      <div class="columns">
        <section class="card">
          <h2>In a terminal</h2>
          <Command text={`gatewell why ${id}`} />
          {Object.hasOwn(CAUSES, id) && <Command text={`gatewell rehearse ${id}`} />}
        </section>
        <section class="card">
          <h2>Requests</h2>
          <p>
            <a href={linkTo('requests', '', { cause: id })}>The latest that met it</a>
          </p>
        </section>
      </div>
    </article>
  )
}

/** One incident in a list: what, where, since when, and what visitors saw of it. */
import type { Incident } from '../../control/incident/incident.ts'
import { agoText, spanText } from '../../std/quantity-text.ts'
import { titleOf } from '../cause.ts'
import { counted, countText } from '../format.ts'
import { now } from '../live.ts'
import { linkTo } from '../route.ts'
import { PulseBars } from './pulse-bars.tsx'

function IncidentRow({ incident }: { readonly incident: Incident }) {
  const { id, cause, upstream, state, firstSeen, lastSeen, failures, visitors, rescued, pulse } = incident
  const isOpen = state === 'open'
  return (
    <li class="incident">
      <a href={linkTo('incidents', id)}>
        <span class={`dot ${isOpen ? 'bad' : 'unknown'}`} />
        <span class="what">
          <strong>{titleOf(cause)}</strong>
          <small>
            {upstream === '' ? '' : `${upstream} · `}
            {isOpen
              ? `open for ${spanText(now.value - firstSeen)}`
              : `over, ${agoText(now.value - lastSeen)} after ${spanText(lastSeen - firstSeen)}`}
          </small>
        </span>
        <span class="seen">
          {failures === 0 ? <span class="fine">nobody saw an error</span> : <span class="bad">{counted(failures, 'error')} seen</span>}
          <small>
            {visitors > 0 ? `${counted(visitors, 'visitor')} · ` : ''}
            {countText(rescued)} rescued
          </small>
        </span>
        <PulseBars pulse={pulse} />
      </a>
    </li>
  )
}

export function IncidentRows({ incidents }: { readonly incidents: readonly Incident[] }) {
  return (
    <ul class="incidents">
      {incidents.map((incident) => (
        <IncidentRow key={incident.id} incident={incident} />
      ))}
    </ul>
  )
}

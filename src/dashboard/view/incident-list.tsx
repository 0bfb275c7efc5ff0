/** Incidents, the latest first: what is wrong now, and what went wrong. */
import { useState } from 'preact/hooks'
import type { Incident } from '../../control/incident/incident.ts'
import { read } from '../api.ts'
import { incidents, openIncidents } from '../live.ts'
import { IncidentRows } from '../part/incident-row.tsx'
import { notify } from '../part/notice.tsx'
import { Pending } from '../part/pending.tsx'

const PAGE = 50

export function IncidentList() {
  const [older, setOlder] = useState<readonly Incident[]>([])
  const [isAtEnd, setAtEnd] = useState(false)
  const [count, setCount] = useState(PAGE)
  const known = incidents.value
  const all = known === null ? null : [...known, ...older.filter(({ id }) => known.every((one) => one.id !== id))]
  const shown = all?.slice(0, count) ?? null
  const more = async (): Promise<void> => {
    setCount(count + PAGE)
    if (all !== null && all.length > count) return
    const reply = await read('incidents', { all: 'true', before: all?.at(-1)?.opened, limit: PAGE })
    if (!reply.ok) return notify(reply.error, false)
    setOlder([...older, ...reply.value])
    setAtEnd(reply.value.length < PAGE)
  }
  const open = openIncidents.value
  const over = (shown ?? []).filter(({ state }) => state === 'closed')
  return (
    <>
      <h1>Incidents</h1>
      <section class="card">
        <h2>Now</h2>
        {shown === null ? (
          <Pending refusal={null} />
        ) : open.length === 0 ? (
          <p class="empty">Nothing is wrong.</p>
        ) : (
          <IncidentRows incidents={open} />
        )}
      </section>
      <section class="card">
        <h2>Over</h2>
        {over.length === 0 ? <p class="empty">{shown === null ? '' : 'None ended within a day.'}</p> : <IncidentRows incidents={over} />}
        <p class="more">
          {isAtEnd ? (
            <span class="quiet">That is all that is kept.</span>
          ) : (
            <button type="button" onClick={more}>
              Show earlier ones
            </button>
          )}
        </p>
      </section>
    </>
  )
}

/** Finds requests: by the id on an error page, or the latest ones of a cause, an upstream, an incident. */
import { useState } from 'preact/hooks'
import { CAUSE_IDS } from '../../causes/catalogue.ts'
import type { FoundRecord } from '../../control/store/store.ts'
import { read } from '../api.ts'
import { titleOf } from '../cause.ts'
import { status } from '../live.ts'
import { useAsked } from '../part/asked.ts'
import { notify } from '../part/notice.tsx'
import { Pending } from '../part/pending.tsx'
import { RequestTable } from '../part/request-table.tsx'
import { linkTo, route } from '../route.ts'

const PAGE = 50

export function RequestList() {
  const { cause, upstream, incident } = route.value.query
  const query = { cause, upstream, incident }
  const [times, setTimes] = useState(0)
  const key = `${JSON.stringify(query)} ${times}`
  const reply = useAsked(key, () => read('requests', { ...query, limit: PAGE }))
  const [older, setOlder] = useState<{ readonly key: string; readonly found: readonly FoundRecord[]; readonly isAtEnd: boolean } | null>(
    null,
  )
  const earlier = older?.key === key ? older : null
  const found = [...(reply?.ok ? reply.value : []), ...(earlier?.found ?? [])]
  const isAtEnd = found.length < PAGE || earlier?.isAtEnd === true
  const more = async (): Promise<void> => {
    const next = await read('requests', { ...query, limit: PAGE, before: found.at(-1)?.place })
    if (!next.ok) return notify(next.error, false)
    setOlder({ key, found: [...(earlier?.found ?? []), ...next.value], isAtEnd: next.value.length < PAGE })
  }
  return (
    <>
      <h1>Requests</h1>
      <Find />
      <section class="card">
        <div class="head">
          <h2>{incident === undefined ? 'Latest that went wrong' : `Of incident ${incident}`}</h2>
          <button type="button" onClick={() => setTimes(times + 1)}>
            Look again
          </button>
        </div>
        <Filters />
        {reply?.ok ? <RequestTable found={found} /> : <Pending refusal={reply} />}
        {reply?.ok && !isAtEnd && (
          <p class="more">
            <button type="button" onClick={more}>
              Show earlier ones
            </button>
          </p>
        )}
      </section>
    </>
  )
}

function Find() {
  const find = (event: SubmitEvent): void => {
    event.preventDefault()
    const id = String(new FormData(event.currentTarget as HTMLFormElement).get('id')).trim()
    if (id !== '') location.hash = linkTo('requests', id)
  }
  return (
    <search>
      <form class="card find" onSubmit={find}>
        <label for="request-id">Id on the error page, or of the field X-Request-Id</label>
        <input id="request-id" name="id" autocomplete="off" spellcheck={false} maxLength={200} placeholder="a8508dbb37-1" />
        <button type="submit" class="main">
          Find
        </button>
      </form>
    </search>
  )
}

function Filters() {
  const { query } = route.value
  const set = (name: string) => (event: Event) => {
    location.hash = linkTo('requests', '', { [name]: (event.currentTarget as HTMLSelectElement).value })
  }
  return (
    <p class="filters">
      <label>
        Cause{' '}
        <select value={query.cause ?? ''} onChange={set('cause')}>
          <option value="">any</option>
          {CAUSE_IDS.map((id) => (
            <option key={id} value={id}>
              {titleOf(id)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Upstream{' '}
        <select value={query.upstream ?? ''} onChange={set('upstream')}>
          <option value="">any</option>
          {(status.value?.upstreams ?? []).map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {query.incident !== undefined && <a href={linkTo('requests')}>Of all incidents</a>}
    </p>
  )
}

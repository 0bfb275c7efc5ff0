/** The library: every cause that Gatewell can name. */
import { useState } from 'preact/hooks'
import { CAUSE_IDS, CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { Cause } from '../../causes/cause.ts'
import { linkTo } from '../route.ts'

const SIDES: Readonly<Record<Cause['side'], string>> = {
  upstream: 'the server or the way to it',
  app: 'the application',
  gateway: 'the gateway',
  downstream: 'the client',
}

export function CauseList() {
  const [words, setWords] = useState('')
  const found = CAUSE_IDS.filter((id) => isMeant(id, words))
  return (
    <>
      <h1>Causes</h1>
      <search>
        <form class="card find" onSubmit={(event) => event.preventDefault()}>
          <label for="cause-words">Words, a status, or what a log said</label>
          <input
            id="cause-words"
            type="search"
            value={words}
            placeholder="ECONNREFUSED, 504, certificate…"
            onInput={(event) => setWords(event.currentTarget.value)}
          />
          <output>{found.length === CAUSE_IDS.length ? `${found.length} causes` : `${found.length} of ${CAUSE_IDS.length} causes`}</output>
        </form>
      </search>
      <ul class="causes">
        {found.map((id) => {
          const { title, meaning, status, side } = CAUSES[id] as Cause
          return (
            <li key={id}>
              <a class="card" href={linkTo('causes', id)}>
                <strong>{title}</strong>
                <span>{meaning}</span>
                <small>
                  <code>{id}</code> · {status} · {SIDES[side]}
                </small>
              </a>
            </li>
          )
        })}
      </ul>
    </>
  )
}

/** All of the words are somewhere in it. */
function isMeant(id: CauseId, words: string): boolean {
  const { title, meaning, status, proxyStatus, remedies } = CAUSES[id] as Cause
  const text = [id, title, meaning, status, proxyStatus, ...remedies.flatMap((one) => [one.do, one.when, one.command ?? ''])].join(' ')
  const lower = text.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word))
}

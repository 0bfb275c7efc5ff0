/** The library: every cause that Gatewell can name, also those that only other servers meet. */
import { useState } from 'preact/hooks'
import type { Cause } from '../../causes/cause.ts'
import { KNOWN_CAUSES } from '../../causes/foreign-catalogue.ts'
import { linkTo } from '../route.ts'

const SIDES: Readonly<Record<Cause['side'], string>> = {
  upstream: 'the server or the way to it',
  app: 'the application',
  gateway: 'the gateway',
  downstream: 'the client',
}

const ALL: readonly (readonly [string, Cause])[] = Object.entries(KNOWN_CAUSES)

export function CauseList() {
  const [words, setWords] = useState('')
  const found = ALL.filter(([id, cause]) => isMeant(id, cause, words))
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
          <output>{found.length === ALL.length ? `${found.length} causes` : `${found.length} of ${ALL.length} causes`}</output>
        </form>
      </search>
      <ul class="causes">
        {found.map(([id, { title, meaning, status, side }]) => (
          <li key={id}>
            <a class="card" href={linkTo('causes', id)}>
              <strong>{title}</strong>
              <span>{meaning}</span>
              <small>
                <code>{id}</code> · {status} · {SIDES[side]}
              </small>
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

/** All of the words are somewhere in it. */
function isMeant(id: string, { title, meaning, status, proxyStatus, remedies }: Cause, words: string): boolean {
  const text = [id, title, meaning, status, proxyStatus, ...remedies.flatMap((one) => [one.do, one.when, one.command ?? ''])].join(' ')
  const lower = text.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word))
}

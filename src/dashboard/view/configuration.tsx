/** The configuration in force as it was written, without secrets, and what the last reload changed. */
import { useState } from 'preact/hooks'
import { change, type Reply, read } from '../api.ts'
import { diffLines } from '../diff.ts'
import { momentText } from '../format.ts'
import { now } from '../live.ts'
import { Action } from '../part/action.tsx'
import { useAsked } from '../part/asked.ts'
import { Pending } from '../part/pending.tsx'

type Known = Extract<Awaited<ReturnType<typeof readConfig>>, { ok: true }>['value']

const readConfig = () => read('config', {})

export function Configuration() {
  const [times, setTimes] = useState(0)
  const reply = useAsked(String(times), readConfig)
  const reload = async (): Promise<Reply<{ readonly changes: readonly string[] }>> => {
    const done = await change('reload', {})
    setTimes(times + 1)
    return done
  }
  return (
    <>
      <div class="head">
        <h1>Configuration</h1>
        <p class="buttons">
          <Action name="Reload" about="the configuration" title="Read the configuration anew?" deed="Reload" act={reload}>
            <p>If it is valid it is put in force, all of it, without dropping a request. If not, the present one goes on.</p>
          </Action>
        </p>
      </div>
      {reply?.ok ? <Known key={reply.value.reloadedAt} known={reply.value} /> : <Pending refusal={reply} />}
    </>
  )
}

function Known({ known }: { readonly known: Known }) {
  const { file, text, former, changes, reloadedAt, refused } = known
  const [isWhole, setWhole] = useState(former === null)
  return (
    <>
      <section class="card">
        <h2>{file ?? 'No file'}</h2>
        {file === null && <p>It was started without a configuration file, by its targets on the command line.</p>}
        <p class="quiet">
          {reloadedAt === null ? 'As it was when the gateway started.' : `Last read anew ${momentText(reloadedAt, now.value)}.`}
        </p>
        {refused !== null && <p class="refusal">{refused}</p>}
        {changes.length > 0 && (
          <ul class="changes">
            {changes.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
      </section>
      {text !== null && (
        <section class="card">
          {former !== null && (
            <fieldset class="choice">
              <legend class="unseen">What to show</legend>
              <label>
                <input type="radio" name="config-show" checked={!isWhole} onChange={() => setWhole(false)} /> Difference
              </label>
              <label>
                <input type="radio" name="config-show" checked={isWhole} onChange={() => setWhole(true)} /> As it is
              </label>
            </fieldset>
          )}
          <Text before={isWhole || former === null ? text : former} after={text} />
        </section>
      )}
    </>
  )
}

const SIGNS = { same: ' ', added: '+', removed: '−' } as const

function Text({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled must be reached by keyboard
    <section class="code" tabIndex={0} aria-label="Configuration text">
      <ol>
        {diffLines(before.trimEnd(), after.trimEnd()).map(({ kind, text, line }) => (
          <li key={`${kind} ${line}`} class={kind}>
            <span class="sign">{SIGNS[kind]}</span>
            <span class="line" aria-hidden="true">
              {line}
            </span>
            <code>{text}</code>
          </li>
        ))}
      </ol>
    </section>
  )
}

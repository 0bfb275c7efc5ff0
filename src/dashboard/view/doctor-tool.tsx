/** Looks at a site from outside, hop by hop, and says who made the error. */
import type { DoctorReport, Hop } from '../../insight/doctor/report.ts'
import { type Reply, read } from '../api.ts'
import { latencyText } from '../format.ts'
import { CauseName } from '../part/cause-name.tsx'
import { Fact } from '../part/fact.tsx'
import { RemedyList } from '../part/remedy-list.tsx'
import { ToolResult, useWork } from '../part/tool-result.tsx'

export function DoctorTool() {
  const [work, run] = useWork<DoctorReport>()
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const [url = '', origin = ''] = ['url', 'origin'].map((name) => String(form.get(name)).trim())
    run(() => read('doctor', { url, ...(origin !== '' && { origin }) }) as Promise<Reply<DoctorReport>>)
  }
  return (
    <section class="card tool">
      <h2>Doctor: why does a site fail?</h2>
      <form onSubmit={submit}>
        <label>
          Address
          <input name="url" required inputMode="url" autocomplete="off" spellcheck={false} placeholder="https://shop.example.com/" />
        </label>
        <label>
          Its server, if something stands in front
          <input name="origin" autocomplete="off" spellcheck={false} placeholder="203.0.113.7:443" />
        </label>
        <button type="submit" class="main" disabled={work.state === 'busy'}>
          Examine
        </button>
      </form>
      <ToolResult work={work}>{(report) => <Examined report={report} />}</ToolResult>
    </section>
  )
}

function Examined({ report: { verdict, hops, advice } }: { readonly report: DoctorReport }) {
  const end = Math.max(1, ...hops.map(({ timings }) => timings.beganMs + timings.ms))
  return (
    <>
      <p class="summary">{verdict.summary}</p>
      <p class="quiet">
        {verdict.cause !== null && <CauseName id={verdict.cause} />} {Math.round(verdict.confidence * 100)} % sure
      </p>
      <ol class="hops">
        {hops.map((hop, index) => (
          <HopRow key={`${hop.name} ${index}`} hop={hop} end={end} />
        ))}
      </ol>
      {advice.visitor.length > 0 && <h3>For a visitor</h3>}
      {advice.visitor.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {advice.owner.length > 0 && <h3>For the owner, likeliest first</h3>}
      <RemedyList remedies={advice.owner} />
    </>
  )
}

function HopRow({ hop, end }: { readonly hop: Hop; readonly end: number }) {
  const { name, address, ok, cause, timings, evidence } = hop
  const share = (ms: number): string => `${(ms / end) * 100}%`
  return (
    <li class={ok ? 'fine' : 'failed'}>
      <p>
        <span class={`badge ${ok ? 'good' : 'bad'}`}>{name}</span> <code>{address}</code> <small>{latencyText(timings.ms)}</small>{' '}
        {cause !== undefined && <CauseName id={cause} />}
      </p>
      <div class="track" aria-hidden="true">
        <i class={ok ? 'receive' : 'wrong'} style={{ left: share(timings.beganMs), width: share(timings.ms) }} />
      </div>
      <p class="quiet">
        {evidence.map((fact) => (
          <Fact key={fact.name} fact={fact} />
        ))}
      </p>
    </li>
  )
}

/** What visitors saw against what happened, by cause: the difference is what the gateway is for. */
import { useState } from 'preact/hooks'
import type { TrafficSample } from '../../control/admin/traffic.ts'
import { causeOf } from '../cause.ts'
import { counted, countText, shareText } from '../format.ts'
import { samples, sinceStart } from '../live.ts'
import { CauseName } from '../part/cause-name.tsx'
import { sumOf, together } from '../traffic-sum.ts'

type Row = { readonly cause: string; readonly rescued: number; readonly seen: number }

export function SeenAndHappened() {
  const [isRecent, setRecent] = useState(false)
  const sample = isRecent ? together(samples.value) : sinceStart.value
  const rows = sample === null ? [] : rowsOf(sample)
  return (
    <section class="card seen">
      <div class="head">
        <h2>What happened, and what visitors saw</h2>
        <fieldset class="choice">
          <legend class="unseen">Time</legend>
          <label>
            <input type="radio" name="seen-span" checked={!isRecent} onChange={() => setRecent(false)} /> Since start
          </label>
          <label>
            <input type="radio" name="seen-span" checked={isRecent} onChange={() => setRecent(true)} /> Last minutes
          </label>
        </fieldset>
      </div>
      {sample !== null && <Balance sample={sample} rows={rows} />}
      {rows.length > 0 && <CauseTable rows={rows} />}
    </section>
  )
}

function Balance({ sample, rows }: { readonly sample: TrafficSample; readonly rows: readonly Row[] }) {
  const seen = rows.reduce((sum, row) => sum + row.seen, 0)
  const rescued = rows.reduce((sum, row) => sum + row.rescued, 0)
  const happened = seen + rescued
  const parts = Math.max(1, happened)
  const good = sample.requests === 0 ? 1 : Math.max(0, 1 - sample.seen / sample.requests)
  return (
    <div class="balance">
      <p>
        <b>{countText(happened)}</b> {happened === 1 ? 'request' : 'requests'} went wrong
        <span class="bar">
          <i class="rescued" style={{ width: `${(rescued / parts) * 100}%` }} />
          <i class="bad" style={{ width: `${(seen / parts) * 100}%` }} />
        </span>
        <small>{counted(rescued, 'request')} rescued: nobody noticed</small>
      </p>
      <p>
        <b class={seen > 0 ? 'bad' : 'fine'}>{countText(seen)}</b> {seen === 1 ? 'was' : 'were'} seen
        <span class="bar">
          <i class="bad" style={{ width: `${(seen / parts) * 100}%` }} />
        </span>
        <small>
          {shareText(good)} of {counted(sample.requests, 'request')} without an error of ours
        </small>
      </p>
    </div>
  )
}

function CauseTable({ rows }: { readonly rows: readonly Row[] }) {
  const most = Math.max(...rows.map(({ rescued, seen }) => rescued + seen))
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Cause</th>
          <th scope="col" class="wide">
            <span class="unseen">Share</span>
          </th>
          <th scope="col" class="number">
            Rescued
          </th>
          <th scope="col" class="number">
            Seen
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ cause, rescued, seen }) => (
          <tr key={cause}>
            <th scope="row">
              <CauseName id={cause} />
              {causeOf(cause)?.side === 'downstream' && <small> the client's own doing</small>}
            </th>
            <td class="wide">
              <span class="bar thin">
                <i class="rescued" style={{ width: `${(rescued / most) * 100}%` }} />
                <i class={causeOf(cause)?.side === 'downstream' ? 'unknown' : 'bad'} style={{ width: `${(seen / most) * 100}%` }} />
              </span>
            </td>
            <td class="number">{countText(rescued)}</td>
            <td class="number">{countText(seen)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function rowsOf({ errors, rescued }: TrafficSample): Row[] {
  const causes = new Set([...Object.keys(errors), ...Object.keys(rescued)])
  const rows = [...causes].map((cause) => ({ cause, rescued: rescued[cause] ?? 0, seen: errors[cause] ?? 0 }))
  return rows.filter((row) => row.rescued + row.seen > 0).sort((one, other) => sumOf(numbersOf(other)) - sumOf(numbersOf(one)))
}

function numbersOf({ rescued, seen }: Row): Record<string, number> {
  return { rescued, seen }
}

/** How it goes: one sentence, a few numbers, the last minutes, and what visitors saw against what happened. */
import type { TrafficSample } from '../../control/admin/traffic.ts'
import type { Incident } from '../../control/incident/incident.ts'
import { spanText } from '../../std/quantity-text.ts'
import { titleOf } from '../cause.ts'
import { counted, countText, latencyText, rateText } from '../format.ts'
import { incidents, latest, now, openIncidents, samples, sinceStart, status, WINDOW_S } from '../live.ts'
import { Chart } from '../part/chart.tsx'
import { IncidentRows } from '../part/incident-row.tsx'
import { linkTo } from '../route.ts'
import { isUsed } from '../standing.ts'
import { sumOf } from '../traffic-sum.ts'
import { SeenAndHappened } from './seen-and-happened.tsx'

const RECENT = 5
/** Of the charts, when the page has just been opened. */
const SHORTEST_MS = 60_000

export function Overview() {
  return (
    <div class="overview">
      <Headline />
      <Numbers />
      <div class="columns">
        <section class="card">
          <h2>Requests a second</h2>
          <TrafficChart />
        </section>
        <section class="card">
          <h2>Latency</h2>
          <LatencyChart />
        </section>
      </div>
      <SeenAndHappened />
      <Incidents />
    </div>
  )
}

function Headline() {
  const open = openIncidents.value
  const worst = open.toSorted((one, other) => other.failures - one.failures)[0]
  const isKnown = status.value !== null && incidents.value !== null
  const { used, all } = countEndpoints()
  const calm =
    used < all
      ? `${all - used} of ${counted(all, 'endpoint')} ${all - used === 1 ? 'is' : 'are'} out, visitors notice nothing.`
      : 'All is well.'
  const text = !isKnown ? 'Looking…' : worst === undefined ? calm : `${titleOf(worst.cause)}.`
  const mood = worst === undefined ? (used < all ? 'doubtful' : 'good') : worst.failures === 0 ? 'doubtful' : 'bad'
  return (
    <div class={`headline ${mood}`}>
      <h1>{text}</h1>
      <p>
        {worst !== undefined && sayWhere(worst, open.length)} {sinceStart.value !== null && sayRescued(sinceStart.value)}{' '}
        {worst !== undefined && <a href={linkTo('incidents', worst.id)}>Why, and what to do</a>}
      </p>
    </div>
  )
}

function countEndpoints(): { readonly used: number; readonly all: number } {
  const all = (status.value?.upstreams ?? []).flatMap(({ endpoints }) => endpoints)
  return { used: all.filter(isUsed).length, all: all.length }
}

function sayWhere({ upstream, firstSeen }: Incident, open: number): string {
  const where = upstream === '' ? 'For' : `At ${upstream}, for`
  const others = open === 1 ? '' : ` ${open === 2 ? 'Another incident is' : `${open - 1} other incidents are`} open.`
  return `${where} ${spanText(now.value - firstSeen)}.${others}`
}

function sayRescued({ rescued, seen }: TrafficSample): string {
  const saved = sumOf(rescued)
  if (saved === 0 && seen === 0) return 'No request has gone wrong since the gateway started.'
  const was = saved === 1 ? 'was' : 'were'
  return `Since it started ${counted(saved, 'request')} that went wrong ${was} rescued; visitors saw ${seen === 0 ? 'no error' : counted(seen, 'error')}.`
}

function Numbers() {
  const sample = latest.value
  const seconds = Math.max(1, sample?.seconds ?? 1)
  const recent = samples.value.reduce((sum, { seen }) => sum + seen, 0)
  const saved = samples.value.reduce((sum, { rescued }) => sum + sumOf(rescued), 0)
  const { used, all } = countEndpoints()
  return (
    <dl class="numbers">
      <Figure name="Requests a second" value={sample === null ? '–' : rateText(sample.requests / seconds)} />
      <Figure name="Errors visitors saw" note={minutesText()} value={countText(recent)} mood={recent > 0 ? 'bad' : ''} />
      <Figure name="Requests rescued" note={minutesText()} value={countText(saved)} mood={saved > 0 ? 'rescued' : ''} />
      <Figure name="Median latency" value={latencyText(sample?.p50Ms ?? null)} />
      <Figure name="In flight" value={sample === null ? '–' : countText(sample.inflight)} />
      <Figure
        name="Endpoints in use"
        value={status.value === null ? '–' : `${used} of ${all}`}
        mood={used < all ? (used === 0 ? 'bad' : 'doubtful') : ''}
      />
    </dl>
  )
}

/** `last 3 min`: as much as has been looked at. */
function minutesText(): string {
  const seconds = samples.value.reduce((sum, one) => sum + one.seconds, 0)
  return seconds < 90 ? `last ${Math.round(seconds)} s` : `last ${Math.round(seconds / 60)} min`
}

function Figure({
  name,
  value,
  note,
  mood = '',
}: {
  readonly name: string
  readonly value: string
  readonly note?: string
  readonly mood?: string
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={mood}>
        {value} {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  )
}

function range(): { readonly times: readonly number[]; readonly from: number; readonly to: number } {
  const times = samples.value.map(({ at }) => at)
  const to = times.at(-1) ?? Date.now()
  const from = Math.max(to - WINDOW_S * 1_000, Math.min(to - SHORTEST_MS, times[0] ?? to))
  return { times, from, to }
}

function TrafficChart() {
  const all = samples.value
  const perSecond = (of: (sample: TrafficSample) => number): number[] => all.map((one) => of(one) / Math.max(0.001, one.seconds))
  const lines = [
    { name: 'all', colour: 'accent', values: perSecond(({ requests }) => requests), isFilled: true },
    { name: 'rescued', colour: 'rescued', values: perSecond(({ rescued }) => sumOf(rescued)), isFilled: true },
    { name: 'errors seen', colour: 'bad', values: perSecond(({ seen }) => seen), isFilled: true },
  ]
  const label = `Requests a second over the last minutes; now ${lines.map(({ name, values }) => `${rateText(values.at(-1) ?? 0)} ${name}`).join(', ')}`
  return <Chart label={label} {...range()} lines={lines} format={rateText} />
}

function LatencyChart() {
  const all = samples.value
  const lines = [
    { name: 'p50', colour: 'accent', values: all.map(({ p50Ms }) => p50Ms) },
    { name: 'p95', colour: 'rescued', values: all.map(({ p95Ms }) => p95Ms) },
    { name: 'p99', colour: 'quiet', values: all.map(({ p99Ms }) => p99Ms) },
  ]
  const label = `Latency over the last minutes; now ${lines.map(({ name, values }) => `${name} ${latencyText(values.at(-1) ?? null)}`).join(', ')}`
  return <Chart label={label} {...range()} lines={lines} format={latencyText} />
}

function Incidents() {
  const all = incidents.value ?? []
  return (
    <section class="card">
      <h2>Latest incidents</h2>
      {all.length === 0 ? (
        <p class="empty">{incidents.value === null ? '' : 'There was none within a day.'}</p>
      ) : (
        <IncidentRows incidents={all.slice(0, RECENT)} />
      )}
      {all.length > RECENT && (
        <p class="more">
          <a href={linkTo('incidents')}>All incidents</a>
        </p>
      )}
    </section>
  )
}

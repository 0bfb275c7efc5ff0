/** One incident: what it is, why, what to do, who saw it, and how it went. Alerts lead here. */
import type { Incident } from '../../control/incident/incident.ts'
import type { IncidentStory } from '../../control/incident/story.ts'
import { agoText, spanText } from '../../std/quantity-text.ts'
import { read } from '../api.ts'
import { titleOf } from '../cause.ts'
import { counted, countText, momentText } from '../format.ts'
import { incidents, now } from '../live.ts'
import { useAsked } from '../part/asked.ts'
import { CauseName } from '../part/cause-name.tsx'
import { FindingList } from '../part/finding-list.tsx'
import { Pending } from '../part/pending.tsx'
import { RemedyList } from '../part/remedy-list.tsx'
import { RequestTable } from '../part/request-table.tsx'
import { ShareBars } from '../part/share-bars.tsx'
import { linkTo } from '../route.ts'
import { Timeline } from './timeline.tsx'

/** Where counts of clients begin to be estimates. */
const EXACT_MAX = 100

export function IncidentPage({ id }: { readonly id: string }) {
  const heard = incidents.value?.find((one) => one.id === id)
  // Whenever something is said of it, the story is asked for anew: it has the evidence.
  const key = heard === undefined ? '' : `${heard.failures} ${heard.rescued} ${heard.state} ${heard.diagnosis?.summary}`
  const reply = useAsked(`${id} ${key}`, () => read('incident', { id }))
  if (reply === null || !reply.ok) {
    return (
      <>
        <h1>Incident {id}</h1>
        <Pending refusal={reply} />
      </>
    )
  }
  return <Story story={reply.value} />
}

function Story({ story }: { readonly story: IncidentStory }) {
  const { incident, cause, examples } = story
  const { upstream, state, firstSeen, lastSeen } = incident
  const named = cause ?? incident.cause
  const isOpen = state === 'open'
  return (
    <article class="story">
      <p class="trail">
        <a href={linkTo('incidents')}>Incidents</a> / <code>{incident.id}</code>
      </p>
      <h1>
        {titleOf(named)}
        {upstream !== '' && <span class="quiet"> at {upstream}</span>}
      </h1>
      <p>
        <span class={`badge ${isOpen ? 'bad' : 'good'}`}>
          {isOpen ? `open for ${spanText(now.value - firstSeen)}` : `over, ${agoText(now.value - lastSeen)}`}
        </span>{' '}
        <a class="badge" href={linkTo('causes', named)}>
          {named}
        </a>
      </p>
      <Diagnosis story={story} />
      <Seen incident={incident} />
      <Timeline incident={incident} />
      <div class="columns">
        <section class="card">
          <h2>Routes</h2>
          <ShareBars counts={incident.routes} name={(route) => <code>{route === '' ? 'no route' : route}</code>} />
        </section>
        <section class="card">
          <h2>Endpoints</h2>
          <ShareBars counts={incident.endpoints} name={(endpoint) => <code>{endpoint}</code>} />
        </section>
      </div>
      <section class="card">
        <h2>Latest requests</h2>
        <RequestTable found={examples.map((record) => ({ record, incident: incident.id, place: record.endedAt }))} />
        <p class="more">
          <a href={linkTo('requests', '', { incident: incident.id })}>All of its requests</a>
        </p>
      </section>
    </article>
  )
}

function Diagnosis({ story }: { readonly story: IncidentStory }) {
  const { summary, confidence, saidBy, evidence, against, remedies } = story
  const percent = Math.round(confidence * 100)
  return (
    <section class="card diagnosis">
      <h2>Why</h2>
      <p class="summary">{summary}</p>
      <p class="quiet">
        <meter min={0} max={100} value={percent} aria-label="Confidence" /> {percent} % sure
        {saidBy !== null && <>. The error was made by {saidBy}, further in.</>}
      </p>
      <div class="columns">
        <div>
          <h3>What speaks for it</h3>
          {evidence.length === 0 ? <p class="empty">Nothing was noted yet.</p> : <FindingList findings={evidence} sign="for" />}
          {against.length > 0 && <h3>What speaks against it</h3>}
          {against.length > 0 && <FindingList findings={against} sign="against" />}
        </div>
        <div>
          <h3>What to do, likeliest first</h3>
          <RemedyList remedies={remedies} />
        </div>
      </div>
    </section>
  )
}

function Seen({ incident }: { readonly incident: Incident }) {
  const { failures, visitors, crawlers, rescued, statuses, causes, worth, lastSeen } = incident
  const facts: readonly (readonly [string, string, string])[] = [
    ['Errors seen', countText(failures), failures > 0 ? 'bad' : ''],
    ['Visitors', `${visitors > EXACT_MAX ? 'about ' : ''}${countText(visitors)}`, ''],
    ['Shown to crawlers', countText(crawlers), crawlers > 0 ? 'bad' : ''],
    ['Rescued', countText(rescued), rescued > 0 ? 'rescued' : ''],
    ...(worth === null ? [] : [['Cost, about', `${worth.amount.toFixed(2)} ${worth.currency}`, ''] as const]),
    ['Latest', agoText(now.value - lastSeen), ''],
  ]
  return (
    <>
      <dl class="numbers">
        {facts.map(([name, value, mood]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class={mood}>{value}</dd>
          </div>
        ))}
      </dl>
      {failures > 0 && (
        <p class="quiet">
          Visitors were told{' '}
          {Object.entries(statuses)
            .map(([status, count]) => `${status} (${count})`)
            .join(', ')}
          .
          {Object.keys(causes).length > 1 && (
            <>
              {' '}
              Other signs of it:{' '}
              {Object.keys(causes)
                .filter((id) => id !== incident.cause)
                .map((id) => (
                  <span key={id}>
                    <CauseName id={id} />{' '}
                  </span>
                ))}
            </>
          )}
        </p>
      )}
      {failures === 0 && (
        <p class="quiet">
          Nobody saw an error of it: {counted(rescued, 'request')} went wrong and {rescued === 1 ? 'was' : 'were'} answered well after all,
          last {momentText(lastSeen, now.value)}.
        </p>
      )}
    </>
  )
}

/** The story of one request: its attempts over time, what it failed of, and what to do. */
import type { RequestStory } from '../../control/incident/story.ts'
import { read } from '../api.ts'
import { titleOf } from '../cause.ts'
import { latencyText, momentText } from '../format.ts'
import { now } from '../live.ts'
import { useAsked } from '../part/asked.ts'
import { Command } from '../part/command.tsx'
import { FindingList } from '../part/finding-list.tsx'
import { Pending } from '../part/pending.tsx'
import { RemedyList } from '../part/remedy-list.tsx'
import { Waterfall } from '../part/waterfall.tsx'
import { linkTo } from '../route.ts'

const MOODS = { failed: 'bad', 'cut off': 'bad', rescued: 'rescued', slow: 'doubtful' } as const satisfies Record<
  RequestStory['outcome'],
  string
>

export function RequestPage({ id }: { readonly id: string }) {
  const reply = useAsked(id, () => read('request', { id }))
  return (
    <article class="story">
      <p class="trail">
        <a href={linkTo('requests')}>Requests</a> / <code>{id}</code>
      </p>
      {reply?.ok ? (
        <Story story={reply.value} />
      ) : (
        <>
          <h1>Request {id}</h1>
          <Pending refusal={reply} />
        </>
      )}
    </article>
  )
}

function Story({ story }: { readonly story: RequestStory }) {
  const { record, outcome, cause, summary, evidence, remedies, incident, namesakes } = story
  return (
    <>
      <h1 class="break">
        {record.method} {record.target}
      </h1>
      <p>
        <span class={`badge ${MOODS[outcome]}`}>{outcome === 'failed' ? String(record.status) : outcome}</span>{' '}
        {cause !== null && (
          <a class="badge" href={linkTo('causes', cause)}>
            {titleOf(cause)}
          </a>
        )}{' '}
        {incident !== null && (
          <a class="badge" href={linkTo('incidents', incident)}>
            incident {incident}
          </a>
        )}
      </p>
      <p class="summary">{summary}</p>
      {namesakes > 0 && <p class="quiet">{namesakes} earlier ones had the same id: whoever sent them had chosen it.</p>}
      <section class="card">
        <h2>{attemptsText(record.attempts.length)}</h2>
        <Waterfall record={record} />
      </section>
      <div class="columns">
        <section class="card">
          <h2>Facts</h2>
          <Facts story={story} />
          {evidence.length > 0 && <FindingList findings={evidence} sign="noted" />}
        </section>
        <section class="card">
          <h2>What to do, likeliest first</h2>
          <RemedyList remedies={remedies} />
          <h3>In a terminal</h3>
          <Command text={`gatewell why ${record.id}`} />
        </section>
      </div>
    </>
  )
}

function Facts({ story: { record } }: { readonly story: RequestStory }) {
  const { endedAt, client, host, route, upstream, status, ms, queuedMs, phase, error, userAgent, isCrawler, traceId, usualMs } = record
  const facts: readonly (readonly [string, string])[] = [
    ['Ended', momentText(endedAt, now.value)],
    ['Took', `${latencyText(ms)}${queuedMs > 0 ? `, ${latencyText(queuedMs)} of it in the queue` : ''}`],
    ['Usual here', usualMs === null ? '' : `99 of 100 take less than ${latencyText(usualMs)}`],
    ['Answered with', String(status)],
    ['Host', host],
    ['Route', route],
    ['Upstream', upstream],
    ['Failed at', (phase ?? '').replace('-', ' ')],
    ['Node said', error],
    ['Client', `${client}${isCrawler ? ', a crawler' : ''}`],
    ['Calls itself', userAgent],
    ['Trace', traceId],
  ]
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

function attemptsText(count: number): string {
  return count === 0 ? 'No attempt' : count === 1 ? 'One attempt' : `${count} attempts`
}

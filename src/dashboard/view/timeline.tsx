/** How an incident went: failures over time, and its moments in order. */
import type { Incident } from '../../control/incident/incident.ts'
import { spanText } from '../../std/quantity-text.ts'
import { counted, momentText } from '../format.ts'
import { now } from '../live.ts'
import { PulseBars } from '../part/pulse-bars.tsx'

type Moment = { readonly at: number; readonly text: string }

export function Timeline({ incident }: { readonly incident: Incident }) {
  const { pulse } = incident
  return (
    <section class="card">
      <h2>Timeline</h2>
      <PulseBars pulse={pulse} isTall />
      <p class="axis">
        <span>{momentText(pulse.beganAt, now.value)}</span>
        <span>a bar is {spanText(pulse.stepMs)}</span>
      </p>
      <ol class="moments">
        {momentsOf(incident).map(({ at, text }) => (
          <li key={text}>
            <time dateTime={new Date(at).toISOString()}>{momentText(at, now.value)}</time> {text}
          </li>
        ))}
      </ol>
    </section>
  )
}

function momentsOf({ lastGood, firstSeen, opened, lastSeen, closed, reopened, failures, diagnosis }: Incident): Moment[] {
  const moments: (Moment | null)[] = [
    lastGood === null || lastGood > firstSeen ? null : { at: lastGood, text: 'The upstream answered well for the last time.' },
    { at: firstSeen, text: failures > 0 ? 'The first request failed.' : 'The first request went wrong, and was rescued.' },
    opened - firstSeen < 1_000 ? null : { at: opened, text: 'It became an incident.' },
    reopened === 0
      ? null
      : { at: lastSeen, text: `It came back ${reopened === 1 ? 'once' : `${reopened} times`} after it had seemed over.` },
    { at: lastSeen, text: `The latest sign of it${diagnosis === null ? '' : `, after ${counted(failures, 'failure')}`}.` },
    closed === null ? null : { at: closed, text: 'Held to be over, after two quiet minutes.' },
  ]
  return moments.filter((one) => one !== null).sort((one, other) => one.at - other.at)
}

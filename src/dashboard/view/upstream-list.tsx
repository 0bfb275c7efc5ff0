/** Upstreams and their endpoints: how they are, and what an operator can do about it. */
import type { EndpointReport, UpstreamReport } from '../../control/health/health-report.ts'
import { agoText } from '../../std/quantity-text.ts'
import { change } from '../api.ts'
import { latencyText } from '../format.ts'
import { now, status } from '../live.ts'
import { Action } from '../part/action.tsx'
import { CauseName } from '../part/cause-name.tsx'
import { Pending } from '../part/pending.tsx'
import { ProbeStrip } from '../part/probe-strip.tsx'
import { moodOf, sayState } from '../standing.ts'
import { MaintenanceAction, maintenanceOf } from './maintenance-action.tsx'

export function UpstreamList() {
  const { upstreams = null, isDrained = false } = status.value ?? {}
  return (
    <>
      <div class="head">
        <h1>Upstreams</h1>
        <p class="buttons">
          <MaintenanceAction upstream={null} />
          <DrainGateway isDrained={isDrained} />
        </p>
      </div>
      {upstreams === null && <Pending refusal={null} />}
      {upstreams?.map((upstream) => (
        <Upstream key={upstream.name} upstream={upstream} />
      ))}
    </>
  )
}

function DrainGateway({ isDrained }: { readonly isDrained: boolean }) {
  if (isDrained) {
    return (
      <Action name="Undrain gateway" about="" title="Take the gateway back?" deed="Undrain" act={() => change('resume', {})}>
        <p>It says that it is ready again, so that a load balancer in front sends it traffic.</p>
      </Action>
    )
  }
  return (
    <Action name="Drain gateway" about="" title="Drain the whole gateway?" deed="Drain" act={() => change('drain', {})}>
      <p>
        It says that it is not ready (/readyz), so that a load balancer in front sends its traffic elsewhere. It serves on until it is
        stopped.
      </p>
    </Action>
  )
}

function Upstream({ upstream }: { readonly upstream: UpstreamReport }) {
  const { name, endpoints, isPaused, isLost, isPanicking, inflight, queued, held } = upstream
  const remarks = [
    ...(isPaused ? [`paused, ${held} requests wait`] : []),
    ...(isLost ? ['no endpoint can be reached'] : []),
    ...(isPanicking ? ['so few endpoints are well that all are used'] : []),
    ...(maintenanceOf(name) ? ['in maintenance'] : []),
    ...(queued > 0 ? [`${queued} in the queue`] : []),
  ]
  return (
    <section class="card upstream">
      <div class="head">
        <h2>
          {name} <small>{inflight} in flight</small>
        </h2>
        <p class="buttons">
          <PauseAction name={name} isPaused={isPaused} />
          <MaintenanceAction upstream={name} />
        </p>
      </div>
      {remarks.length > 0 && (
        <p>
          {remarks.map((remark) => (
            <span key={remark} class={`badge ${remark.startsWith('no ') ? 'bad' : 'doubtful'}`}>
              {remark}
            </span>
          ))}
        </p>
      )}
      <ul class="endpoints">
        {endpoints.map((endpoint) => (
          <Endpoint key={endpoint.address} upstream={name} endpoint={endpoint} isLast={endpoints.length === 1} />
        ))}
      </ul>
    </section>
  )
}

function PauseAction({ name, isPaused }: { readonly name: string; readonly isPaused: boolean }) {
  if (isPaused) {
    return (
      <Action name="Resume" about={name} title={`Resume ${name}?`} deed="Resume" act={() => change('resume', { what: name })}>
        <p>The requests that wait are sent now, and new ones as usual.</p>
      </Action>
    )
  }
  return (
    <Action name="Pause" about={name} title={`Pause ${name}?`} deed="Pause" act={() => change('pause', { upstream: name })}>
      <p>Its requests wait, for the seconds of a deploy or a migration. Those that wait too long get an error.</p>
    </Action>
  )
}

type EndpointProps = { readonly upstream: string; readonly endpoint: EndpointReport; readonly isLast: boolean }

function Endpoint({ upstream, endpoint, isLast }: EndpointProps) {
  const { address, foundBy, inflight, weight, isBackup, failure, probe } = endpoint
  const notes = [
    ...(foundBy === null ? [] : [`found by ${foundBy}`]),
    ...(weight === 1 ? [] : [`weight ${weight}`]),
    ...(isBackup ? ['backup'] : []),
    `${inflight} in flight`,
    ...(probe === null ? [] : [`probes take ${latencyText(probe.p50Ms)}, at most ${latencyText(probe.p99Ms)}`]),
  ]
  return (
    <li>
      <div class="who">
        <code>{address}</code>
        <span class={`badge ${moodOf(endpoint)}`}>{sayState(endpoint)}</span>
      </div>
      <ProbeStrip probe={probe} />
      <p class="quiet">
        {notes.join(' · ')}
        {failure !== null && (
          <>
            {' · last failure '}
            {agoText(now.value - failure.at)}: <CauseName id={failure.cause} />
          </>
        )}
      </p>
      <DrainAction upstream={upstream} endpoint={endpoint} isLast={isLast} />
    </li>
  )
}

function DrainAction({ upstream, endpoint: { address, state }, isLast }: EndpointProps) {
  if (state === 'drained') {
    const act = () => change('resume', { what: address, upstream })
    return (
      <Action name="Undrain" about={address} title={`Use ${address} again?`} deed="Undrain" act={act}>
        <p>It gets requests again.</p>
      </Action>
    )
  }
  return (
    <Action
      name="Drain"
      about={address}
      title={`Drain ${address}?`}
      deed="Drain"
      act={() => change('drain', { endpoint: address, upstream })}
    >
      <p>It gets no new requests; those under way finish. {isLast && <strong>It is the only endpoint of {upstream}.</strong>}</p>
    </Action>
  )
}

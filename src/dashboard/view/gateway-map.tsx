/** The way of requests, as it is now: clients, the gateway, upstreams, endpoints. Lines are as thick and quick as what runs along them. */
import type { UpstreamReport } from '../../control/health/health-report.ts'
import { counted, rateText } from '../format.ts'
import { latest, samples, status } from '../live.ts'
import { Pending } from '../part/pending.tsx'
import { ProbeStrip } from '../part/probe-strip.tsx'
import { linkTo } from '../route.ts'
import { moodOf, sayState } from '../standing.ts'
import { sumOf } from '../traffic-sum.ts'

type Rate = { readonly perSecond: number; readonly failedShare: number }

/** Heights of a row, in the units of the drawings between the columns. */
const ROW = 84
const GAP = 20
/** Seconds that a rate is the mean of. */
const MEAN = 3

export function GatewayMap() {
  const { upstreams = null } = status.value ?? {}
  return (
    <>
      <h1>Map</h1>
      {upstreams === null ? <Pending refusal={null} /> : <Chain upstreams={upstreams} />}
      <p class="quiet">
        Lines are as thick and quick as the requests on them, and red where attempts fail. Each endpoint has its last 64 probes: the higher,
        the slower; red ones failed.
      </p>
    </>
  )
}

function Chain({ upstreams }: { readonly upstreams: readonly UpstreamReport[] }) {
  const sample = latest.value
  const perSecond = (sample?.requests ?? 0) / Math.max(1, sample?.seconds ?? 1)
  const seen = sample?.seen ?? 0
  const saved = sumOf(sample?.rescued ?? {})
  const heights = upstreams.map(({ endpoints }) => Math.max(1, endpoints.length) * ROW)
  const total = heights.reduce((sum, one) => sum + one, 0) + GAP * Math.max(0, upstreams.length - 1)
  const middles = heights.map((height, index) => heights.slice(0, index).reduce((sum, one) => sum + one + GAP, 0) + height / 2)
  const rates = upstreams.map((upstream) => sumRates(upstream.endpoints.map(({ address }) => rateOf(upstream.name, address))))
  return (
    <div class="map" style={{ '--row': `${ROW}px`, '--gap': `${GAP}px` }}>
      <div class="node">
        <strong>Clients</strong>
        <b>{rateText(perSecond)}/s</b>
        <small>{counted(sample?.connections ?? 0, 'connection')}</small>
      </div>
      <Wires height={total} from={total / 2} to={[total / 2]} rates={[{ perSecond, failedShare: share(seen, sample?.requests ?? 0) }]} />
      <div class={`node gate ${seen > 0 ? 'bad' : ''}`}>
        <strong>Gatewell</strong>
        <b>{counted(sample?.inflight ?? 0, 'request')} in flight</b>
        <small>
          {saved} rescued, {seen} seen in the last second
        </small>
      </div>
      <Wires height={total} from={total / 2} to={middles} rates={rates} />
      <ul class="upstreams">
        {upstreams.map((upstream, index) => (
          <li key={upstream.name}>
            <div class={`node ${upstream.isLost ? 'bad' : upstream.isPaused || upstream.isPanicking ? 'doubtful' : ''}`}>
              <a href={linkTo('upstreams')}>{upstream.name}</a>
              <b>{rateText(rates[index]?.perSecond ?? 0)}/s</b>
              <small>{remarkOf(upstream)}</small>
            </div>
            <Endpoints upstream={upstream} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Endpoints({ upstream }: { readonly upstream: UpstreamReport }) {
  const { endpoints, name } = upstream
  const height = Math.max(1, endpoints.length) * ROW
  const rates = endpoints.map(({ address }) => rateOf(name, address))
  return (
    <>
      <Wires height={height} from={height / 2} to={endpoints.map((_, index) => (index + 0.5) * ROW)} rates={rates} />
      <ul class="endpoints">
        {endpoints.map((endpoint, index) => (
          <li key={endpoint.address} class={`node ${moodOf(endpoint)}`}>
            <code>{endpoint.address.replace(/^http:\/\//, '')}</code>
            <ProbeStrip probe={endpoint.probe} />
            <small>
              {sayState(endpoint)} · {rateText(rates[index]?.perSecond ?? 0)}/s · {endpoint.inflight} in flight
            </small>
          </li>
        ))}
      </ul>
    </>
  )
}

type WiresProps = { readonly height: number; readonly from: number; readonly to: readonly number[]; readonly rates: readonly Rate[] }

function Wires({ height, from, to, rates }: WiresProps) {
  return (
    <svg class="wires" viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" style={{ height: `${height}px` }} aria-hidden="true">
      {to.map((y, index) => {
        const { perSecond = 0, failedShare = 0 } = rates[index] ?? {}
        const path = `M0 ${from}C50 ${from} 50 ${y} 100 ${y}`
        const mood = perSecond === 0 ? 'still' : failedShare > 0 ? 'bad' : ''
        return (
          <g key={y} class={mood} stroke-width={1.5 + Math.min(4, Math.log2(1 + perSecond) / 2)}>
            <path d={path} vector-effect="non-scaling-stroke" />
            {perSecond > 0 && (
              <path class="flow" d={path} vector-effect="non-scaling-stroke" style={{ animationDuration: `${paceOf(perSecond)}s` }} />
            )}
          </g>
        )
      })}
    </svg>
  )
}

/** In whole steps: an animation whose length changes begins anew. */
function paceOf(perSecond: number): number {
  return perSecond > 100 ? 0.8 : perSecond > 10 ? 1.4 : 2.4
}

function rateOf(upstream: string, endpoint: string): Rate {
  const recent = samples.value.slice(-MEAN)
  const seconds = Math.max(
    1,
    recent.reduce((sum, one) => sum + one.seconds, 0),
  )
  const own = recent.flatMap(({ endpoints }) => endpoints.filter((one) => one.upstream === upstream && one.endpoint === endpoint))
  const attempts = own.reduce((sum, one) => sum + one.attempts, 0)
  const failed = own.reduce((sum, one) => sum + one.failed, 0)
  return { perSecond: attempts / seconds, failedShare: share(failed, attempts) }
}

function sumRates(rates: readonly Rate[]): Rate {
  const perSecond = rates.reduce((sum, one) => sum + one.perSecond, 0)
  const failed = rates.reduce((sum, one) => sum + one.perSecond * one.failedShare, 0)
  return { perSecond, failedShare: share(failed, perSecond) }
}

function share(part: number, all: number): number {
  return all === 0 ? 0 : part / all
}

function remarkOf({ isPaused, isLost, isPanicking, queued, held, inflight }: UpstreamReport): string {
  if (isPaused) return `paused, ${held} wait`
  if (isLost) return held > 0 ? `cannot be reached, ${held} wait` : 'cannot be reached'
  if (isPanicking) return 'few endpoints are well: all are used'
  return queued > 0 ? `${inflight} in flight, ${queued} in the queue` : `${inflight} in flight`
}

/** The last probes of an endpoint, a bar each: how long it took, and whether it was well. */
import type { EndpointReport } from '../../control/health/health-report.ts'
import { latencyText } from '../format.ts'

type Probe = NonNullable<EndpointReport['probe']>

const PROBES = 64
const HEIGHT = 24
const STEP = 4

export function ProbeStrip({ probe }: { readonly probe: Probe | null }) {
  if (probe === null) return <span class="probes none">not probed</span>
  const { history, asks, p50Ms, lastFailure } = probe
  const failed = history.filter(({ ok }) => ok === false).length
  const outcome = failed === 0 ? 'all good' : `${failed} failed, the last one: ${lastFailure?.saw ?? ''}`
  const label = `Last ${history.length} probes (${asks}): ${outcome}; half of them took at most ${latencyText(p50Ms)}`
  const usual = Math.max(0.1, p50Ms ?? 1)
  const gap = PROBES - history.length
  return (
    <svg class="probes" viewBox={`0 0 ${PROBES * STEP} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      {Array.from({ length: gap }, (_, index) => (
        <rect key={index} class="none" x={index * STEP} y={HEIGHT - 3} width="3" height="3" />
      ))}
      {history.map(({ at, ok, ms }, index) => {
        const height = ok ? Math.min(HEIGHT, Math.max(6, 5 * (1 + Math.log2(1 + ms / usual)))) : HEIGHT
        const mood = ok === null ? 'unknown' : ok ? 'good' : 'bad'
        return <rect key={at} class={mood} x={(gap + index) * STEP} y={HEIGHT - height} width="3" height={height} rx="0.5" />
      })}
    </svg>
  )
}

/** The last probes of an endpoint, a bar each: how long it took, and whether it was well. */
import type { EndpointReport } from '../../control/health/health-report.ts'
import { latencyText } from '../format.ts'
import { pathOf } from './bar-path.ts'

type Probe = NonNullable<EndpointReport['probe']>

const PROBES = 64
const HEIGHT = 24
const STEP = 4
const MOODS = ['good', 'bad', 'unknown'] as const

export function ProbeStrip({ probe }: { readonly probe: Probe | null }) {
  if (probe === null) return <span class="probes none">not probed</span>
  const { history, asks, p50Ms, lastFailure } = probe
  const failed = history.filter(({ ok }) => ok === false).length
  const outcome = failed === 0 ? 'all good' : `${failed} failed, the last one: ${lastFailure?.saw ?? ''}`
  const label = `Last ${history.length} probes (${asks}): ${outcome}; half of them took at most ${latencyText(p50Ms)}`
  const usual = Math.max(0.1, p50Ms ?? 1)
  const gap = PROBES - history.length
  const bars = history.map(({ ok, ms }, index) => ({
    mood: ok === null ? 'unknown' : ok ? 'good' : 'bad',
    x: (gap + index) * STEP,
    height: ok ? Math.min(HEIGHT, Math.max(6, 5 * (1 + Math.log2(1 + ms / usual)))) : HEIGHT,
  }))
  const empty = Array.from({ length: gap }, (_, index) => ({ x: index * STEP, height: 3 }))
  return (
    <svg class="probes" viewBox={`0 0 ${PROBES * STEP} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      <path class="none" d={pathOf(empty, HEIGHT, STEP - 1)} />
      {MOODS.map((mood) => (
        <path
          key={mood}
          class={mood}
          d={pathOf(
            bars.filter((bar) => bar.mood === mood),
            HEIGHT,
            STEP - 1,
          )}
        />
      ))}
    </svg>
  )
}

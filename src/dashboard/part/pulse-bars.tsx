/** Failures over time as bars. */
import type { Pulse } from '../../control/incident/incident.ts'
import { spanText } from '../../std/quantity-text.ts'
import { counted } from '../format.ts'
import { pathOf } from './bar-path.ts'

const BARS = 60
const STEP = 4
const HEIGHT = 32

export function PulseBars({ pulse, isTall = false }: { readonly pulse: Pulse; readonly isTall?: boolean }) {
  const { counts, stepMs } = pulse
  const most = Math.max(1, ...counts)
  const total = counts.reduce((sum, one) => sum + one, 0)
  const label = `${counted(total, 'failure')} in ${spanText(counts.length * stepMs)}, at most ${most} in ${spanText(stepMs)}`
  const bars = counts.map((count, index) => ({ x: index * STEP, height: count === 0 ? 0 : Math.max(3, (count / most) * HEIGHT) }))
  const ground = Array.from({ length: BARS }, (_, index) => ({ x: index * STEP, height: 1 }))
  return (
    <svg
      class={isTall ? 'pulse tall' : 'pulse'}
      viewBox={`0 0 ${BARS * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="none" d={pathOf(ground, HEIGHT, STEP - 1)} />
      <path d={pathOf(bars, HEIGHT, STEP - 1)} />
    </svg>
  )
}

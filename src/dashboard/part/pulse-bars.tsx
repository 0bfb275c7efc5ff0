/** Failures over time as bars. */
import type { Pulse } from '../../control/incident/incident.ts'
import { counted, spanText } from '../format.ts'

const BARS = 60

export function PulseBars({ pulse, isTall = false }: { readonly pulse: Pulse; readonly isTall?: boolean }) {
  const { counts, stepMs } = pulse
  const most = Math.max(1, ...counts)
  const total = counts.reduce((sum, one) => sum + one, 0)
  const label = `${counted(total, 'failure')} in ${spanText(counts.length * stepMs)}, at most ${most} in ${spanText(stepMs)}`
  return (
    <svg class={isTall ? 'pulse tall' : 'pulse'} viewBox={`0 0 ${BARS * 4} 32`} preserveAspectRatio="none" role="img" aria-label={label}>
      {Array.from({ length: BARS }, (_, index) => {
        const count = counts[index] ?? 0
        const height = count === 0 ? 1 : Math.max(3, (count / most) * 32)
        return <rect key={index} class={count === 0 ? 'none' : ''} x={index * 4} y={32 - height} width="3" height={height} rx="0.5" />
      })}
    </svg>
  )
}

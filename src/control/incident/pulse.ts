/** Failures over time in at most sixty numbers: when time runs out of them, two become one. */
import type { Pulse } from './incident.ts'

const STEPS = 60
const FIRST_STEP_MS = 1_000

export function createPulse(beganAt: number): { beganAt: number; stepMs: number; counts: number[] } {
  return { beganAt, stepMs: FIRST_STEP_MS, counts: [] }
}

/** `pulse` with one more at `at`, in place. */
export function beat(pulse: ReturnType<typeof createPulse>, at: number): void {
  const passed = Math.max(0, at - pulse.beganAt)
  while (passed >= pulse.stepMs * STEPS) {
    pulse.stepMs *= 2
    pulse.counts = Array.from({ length: Math.ceil(pulse.counts.length / 2) }, (_, i) => countAt(pulse, 2 * i) + countAt(pulse, 2 * i + 1))
  }
  const index = Math.floor(passed / pulse.stepMs)
  while (pulse.counts.length <= index) pulse.counts.push(0)
  pulse.counts[index]!++
}

function countAt({ counts }: Pulse, index: number): number {
  return counts[index] ?? 0
}

/**
 * How long a client between two requests is given when the gateway drains. Closing at once would meet the request that is just on its
 * way, and the client would see a reset; so it gets one more answer, which says that it is the last.
 */

const PATIENCE_MS_MIN = 1_000
const PATIENCE_MS_MAX = 5_000

/** By the pace that the client had so far: twice its usual pause, within bounds. */
export function patienceMs(openedAt: number, served: number, now: number): number {
  const pauseMs = served === 0 ? 0 : (now - openedAt) / served
  return Math.min(PATIENCE_MS_MAX, Math.max(PATIENCE_MS_MIN, 2 * pauseMs))
}

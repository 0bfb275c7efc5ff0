/** The workers as the status shows them. */
import type { Status } from './admin/status.ts'
import type { WorkerGroup } from './worker-group.ts'

/** `now`: of the clock that they were started by. */
export function workerStatuses({ workers }: Pick<WorkerGroup, 'workers'>, now: number): Status['workers'] {
  return workers.map(({ place, pid, state, startedAt }) => ({ place, pid, state, uptimeMs: Math.round(now - startedAt) }))
}

/** Which trouble of a server explains which failures of requests to it, and how long before and after. For events that do not say it. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'

export type Explanation = {
  readonly causes: readonly KnownCauseId[]
  /** How long the trouble may have lasted before a request that it explains began. */
  readonly beforeMs: number
  /** How much later it may have been written. */
  readonly afterMs: number
}

const BROKEN: readonly KnownCauseId[] = [
  'reset-before-response',
  'closed-before-response',
  'truncated-body',
  'request-write-failed',
  'keepalive-race',
]

export const EXPLANATIONS: Readonly<Partial<Record<KnownCauseId, Explanation>>> = {
  // Said once when it begins, not when it ends.
  'worker-pool-exhausted': {
    causes: ['response-timeout', 'connect-timeout', 'backlog-overflow', 'overload-shed', 'idle-timeout'],
    beforeMs: 60_000,
    afterMs: 2_000,
  },
  'worker-oom-killed': { causes: BROKEN, beforeMs: 2_000, afterMs: 3_000 },
  'worker-crashed': { causes: BROKEN, beforeMs: 2_000, afterMs: 3_000 },
  'script-timeout': { causes: BROKEN, beforeMs: 2_000, afterMs: 3_000 },
  'upstream-draining': { causes: [...BROKEN, 'connect-refused'], beforeMs: 5_000, afterMs: 2_000 },
  'dependency-down': { causes: ['upstream-5xx', 'response-timeout'], beforeMs: 2_000, afterMs: 2_000 },
  'connect-refused': { causes: ['no-healthy-upstream'], beforeMs: 60_000, afterMs: 1_000 },
  'connect-timeout': { causes: ['no-healthy-upstream'], beforeMs: 60_000, afterMs: 1_000 },
  'backlog-overflow': { causes: ['connect-timeout'], beforeMs: 10_000, afterMs: 2_000 },
  'fd-exhaustion': { causes: ['connect-refused', 'connect-timeout', 'response-timeout'], beforeMs: 10_000, afterMs: 2_000 },
}

/** Of several that explain one failure, the one that goes deepest. */
export const DEPTH: readonly KnownCauseId[] = ['worker-oom-killed', 'script-timeout', 'worker-crashed', 'dependency-down']

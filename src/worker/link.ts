/**
 * The one link between control and a worker: two unions of messages, plain data that structured cloning can carry.
 * Control never waits in a worker's hot path and a worker never waits for control: reports are taken together, one is under way
 * at a time, numbers add up until the next one, and records beyond a few hundred are dropped and counted.
 */
import type { ListenerPlan, Plan } from '../config/plan.ts'
import type { FailureRecord } from '../gateway/observe/record.ts'
import type { Series } from '../gateway/observe/series.ts'
import type { StatusFile } from '../gateway/respond/status-page.ts'
import type { Switches } from '../gateway/switches.ts'
import type { UpstreamStatus } from '../gateway/upstream/status.ts'
import type { Verdict } from '../gateway/upstream/verdict.ts'
import type { Address } from '../net/address.ts'

export type ToWorker =
  /** Comes first and once. `descriptors`: by the name of the listener; one that is missing is bound by the worker itself. */
  | { readonly kind: 'start'; readonly plan: Plan; readonly descriptors: Readonly<Record<string, number>> }
  /** The same listeners, all else may differ. */
  | { readonly kind: 'apply'; readonly plan: Plan }
  /** Answered by a report that carries this ticket. */
  | { readonly kind: 'collect'; readonly ticket: number }
  /** What probes concluded: all that is known at the start, afterwards what changed. */
  | { readonly kind: 'verdicts'; readonly verdicts: readonly Verdict[] }
  /** The public status page, all its files. Comes again every half minute. */
  | { readonly kind: 'status-page'; readonly files: readonly StatusFile[] }
  /** What operators have switched, all of it. */
  | { readonly kind: 'operate'; readonly switches: Switches }
  /** It has so many connections more than its share: they end with their next answer, and their clients come back to whoever is free. */
  | { readonly kind: 'give-up'; readonly connections: number }
  | { readonly kind: 'reopen-logs' }
  | { readonly kind: 'drain'; readonly graceMs: number }

export type ToControl =
  | { readonly kind: 'listening'; readonly listeners: readonly Bound[] }
  /** It cannot start, and ends. `reason` is a sentence. */
  | { readonly kind: 'unable'; readonly reason: string }
  | { readonly kind: 'report'; readonly report: Report }
  /** Its endpoints as it has them now, and whether it uses them: when it listens, and whenever that has changed. */
  | { readonly kind: 'endpoints'; readonly upstreams: readonly UpstreamStatus[] }
  /** Something about its surroundings that the operator should know, in a sentence. */
  | { readonly kind: 'notice'; readonly text: string }
  /** A bug: it stops accepting, finishes what it has, and ends. Control starts the next one at once. */
  | { readonly kind: 'last-words'; readonly words: LastWords }
  /** It drains because something other than control told it to. */
  | { readonly kind: 'leaving' }

export type Bound = { readonly listener: ListenerPlan; readonly address: Address }

export type LastWords = {
  readonly message: string
  readonly stack: string
  /** The exchange that began last before it, or ''. */
  readonly exchange: string
}

export type Report = {
  /** Of the `collect` it answers, or 0. */
  readonly ticket: number
  /** Counted since the last report. */
  readonly series: readonly Series[]
  /** As it is now. */
  readonly gauges: readonly Series[]
  readonly records: readonly FailureRecord[]
  /** Went well, and told for their trace alone. */
  readonly traced: readonly FailureRecord[]
  /** Only in answer to a `collect`. */
  readonly upstreams: readonly UpstreamStatus[]
}

/** What the doctor finds, as values: the hops in the order of the way, the verdict over them, and the advice. `doctor --json` prints it. */
import type { Remedy } from '../../causes/cause.ts'
import type { Evidence } from '../../causes/failure.ts'
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'

/** A kind of look at the site. `repeat`: whether it answers alike every time. `idle`: how long it keeps an idle connection. */
export type Step = 'dns' | 'tcp' | 'tls' | 'http' | 'redirect' | 'repeat' | 'http2' | 'websocket' | 'idle' | 'fastcgi'

/** With `--origin` there are two ways: the one that visitors take, and the one straight to the server. */
export type HopName = Step | `origin-${Step}`

/** Milliseconds. `beganMs` is since the examination began; `connectMs`, `tlsMs`, `waitMs` and `receiveMs` are the parts of `ms`. */
export type Timings = {
  readonly beganMs: number
  readonly ms: number
  readonly connectMs?: number
  readonly tlsMs?: number
  readonly waitMs?: number
  readonly receiveMs?: number
}

export type Hop = {
  readonly name: HopName
  /** What was asked: a name server, an address, a page. */
  readonly address: string
  /** False only for what keeps visitors from the site, or will. */
  readonly ok: boolean
  readonly cause?: KnownCauseId
  readonly timings: Timings
  readonly evidence: readonly Evidence[]
}

export type Verdict = {
  /** Null: nothing is wrong that can be seen from here. */
  readonly cause: KnownCauseId | null
  readonly hop: HopName | null
  /** 0 to 1. */
  readonly confidence: number
  /** A sentence or two for people. */
  readonly summary: string
}

export type Advice = { readonly visitor: readonly string[]; readonly owner: readonly Remedy[] }

export type DoctorReport = {
  readonly target: string
  readonly verdict: Verdict
  readonly hops: readonly Hop[]
  readonly advice: Advice
}

/** What is wrong at a hop, where something is. */
export type Trouble = { readonly kind: 'trouble'; readonly cause: KnownCauseId; readonly evidence: readonly Evidence[] }

export function factOf(hop: Hop, name: string): Evidence['value'] | undefined {
  return hop.evidence.find((one) => one.name === name)?.value
}

export function textOf(hop: Hop, name: string): string {
  return String(factOf(hop, name) ?? '')
}

/**
 * A failure is a value: what went wrong, in which phase, what the wire guarantees about it, and the facts that prove it.
 * It is made only where the fact is known and never thrown. Only bugs throw.
 */
import type { CauseId } from './catalogue.ts'

/** Where in an attempt it happened, in the order of time. */
export type Phase =
  | 'receive' // reading the client's request
  | 'route'
  | 'admit'
  | 'pick'
  | 'resolve'
  | 'connect'
  | 'handshake'
  | 'send-head'
  | 'send-body'
  | 'await-head'
  | 'receive-body'
  | 'relay'

/**
 * What the wire guarantees about the request that failed.
 * `safe`: no byte of it can have been processed, any method may be sent again.
 * `if-idempotent`: it may have been processed; only an idempotent one may be sent again (RFC 9110 §9.2.2).
 * `never`: sending it again gives the same answer, or part of the answer is already with the client.
 */
export type Replay = 'safe' | 'if-idempotent' | 'never'

/** A recorded fact: `name` is stable and machine-readable, `value` is text or a number in the unit the name ends in. */
export type Evidence = { readonly name: string; readonly value: string | number | boolean }

export type Failure = {
  readonly kind: 'failure'
  readonly cause: CauseId
  readonly phase: Phase
  readonly replay: Replay
  readonly evidence: readonly Evidence[]
  /** What Node said, where it said something. */
  readonly error: Error | null
}

/** Facts as written by hand: pairs become `Evidence`, those without a value are left out. */
export function evidence(facts: Readonly<Record<string, string | number | boolean | null | undefined>>): Evidence[] {
  const list: Evidence[] = []
  for (const [name, value] of Object.entries(facts)) {
    if (value !== null && value !== undefined) list.push({ name, value })
  }
  return list
}

export function failure(
  cause: CauseId,
  phase: Phase,
  replay: Replay,
  facts: Readonly<Record<string, string | number | boolean | null | undefined>> = {},
  error: Error | null = null,
): Failure {
  return { kind: 'failure', cause, phase, replay, evidence: evidence(facts), error }
}

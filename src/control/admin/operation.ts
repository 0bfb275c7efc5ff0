/**
 * What one operation of the admin address is. The table of them is `operation-table.ts`; the routes, the OpenAPI document, the client of
 * the command line, the tools of assistants and the audit lines are made from it.
 */
import type * as z from 'zod'
import type { Problem } from '../../config/problem.ts'

/** Why not, in a sentence. 404: it names something that does not exist. 409: not now. 422: what it would put in force is not valid. */
export type Refused = {
  readonly ok: false
  readonly status: 400 | 403 | 404 | 409 | 413 | 415 | 422 | 500
  readonly error: string
  readonly problems?: readonly Problem[]
}

export type Result<T> = { readonly ok: true; readonly value: T } | Refused

export type Effect = 'read' | 'change'

/** `Source`: what it operates. A read is `GET /api/NAME?…`, a change or what has `bodyBytesMax` `POST /api/NAME` with its input as JSON. */
export type Operation<Source, E extends Effect, Input extends z.ZodType, Output extends z.ZodType> = {
  /** One sentence, for documents and for assistants. */
  readonly summary: string
  readonly effect: E
  /** The most that its input may have as JSON, for a read whose input does not fit into a query. */
  readonly bodyBytesMax?: number
  /** It is about its input alone, and `run` looks at nothing else: no gateway has to run for it. */
  readonly isApart?: true
  /** It asks others on the network. */
  readonly isOutward?: true
  readonly input: Input
  readonly output: Output
  readonly run: (source: Source, input: z.output<Input>) => Promise<Result<z.output<Output>>>
}

/** One of them, whatever its parts are. */
export type AnyOperation<Source> = Operation<Source, Effect, z.ZodType, z.ZodType>

const INPUT_BYTES_MAX = 64 * 1024

/** The most bytes of its input as JSON, or null for one that is asked by GET. */
export function postedBytesMax({ effect, bodyBytesMax }: AnyOperation<never>): number | null {
  return bodyBytesMax ?? (effect === 'change' ? INPUT_BYTES_MAX : null)
}

/** Only fixes the types of the parts to each other. */
export function defineFor<Source>() {
  return <E extends Effect, Input extends z.ZodType, Output extends z.ZodType>(
    one: Operation<Source, E, Input, Output>,
  ): Operation<Source, E, Input, Output> => one
}

export function done<T>(value: T): Result<T> {
  return { ok: true, value }
}

export function refused(status: Refused['status'], error: string, problems: readonly Problem[] = []): Refused {
  return problems.length === 0 ? { ok: false, status, error } : { ok: false, status, error, problems }
}

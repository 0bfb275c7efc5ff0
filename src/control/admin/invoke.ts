/** One operation of the table, asked for by whoever: its input is held to the schema, and a change leaves an audit line. */
import type * as z from 'zod'
import type { Audit, Peer } from './audit.ts'
import { type AnyOperation, type Refused, type Result, refused } from './operation.ts'
import { OPERATIONS, type Operable } from './operation-table.ts'

/** Those of the table as they are to code that treats them all alike. */
export function allOperations(): readonly (readonly [name: string, operation: AnyOperation<Operable>])[] {
  return Object.entries(OPERATIONS) as unknown as [string, AnyOperation<Operable>][]
}

export type Invocation = {
  readonly gateway: Operable
  readonly name: string
  readonly operation: AnyOperation<Operable>
  /** As it came, or why it could not be read. */
  readonly input: Result<unknown>
  readonly peer: Peer
  readonly audit: Audit
}

export async function invoke({ gateway, name, operation, input, peer, audit }: Invocation): Promise<Result<unknown>> {
  const given = input.ok ? operation.input.safeParse(input.value) : null
  const result = given === null ? (input as Refused) : given.success ? await operation.run(gateway, given.data) : misfit(given.error)
  if (operation.effect === 'change') audit.tell({ peer, operation: name, input: given?.data, result })
  return result
}

function misfit(error: z.ZodError): Refused {
  const said = error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
  return refused(400, `${said.join('. ')}.`)
}

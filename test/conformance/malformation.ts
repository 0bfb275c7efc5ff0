/**
 * Tables of answers that must not be relayed: each sent by the origin whole and a byte at a time. The client gets 502 with the
 * cause and nothing of the answer, and the connection to the origin is not used again.
 */
import { expect, test } from 'vitest'
import type { CauseId } from '../../src/causes/catalogue.ts'
import { type RawAnswer, RawClient } from '../support/raw-client.ts'
import { feed, get, type Rig, startRig } from './rig.ts'

export type Malformation = {
  readonly name: string
  readonly answered: string
  readonly cause: CauseId
  readonly rule?: string
}

/** Each row's answer holds this; no client may ever see it. */
export const SECRET = 'relayed-secret'

export function malformation(cause: CauseId, rule?: string): (name: string, answered: string) => Malformation {
  return (name, answered) => ({ name, answered, cause, ...(rule === undefined ? {} : { rule }) })
}

/** One test for each row. `request` is what is asked. */
export function rejects(rows: readonly Malformation[], request = get()): void {
  test.for(rows)('$name', async ({ answered, cause, rule }) => {
    for (const stepBytes of [answered.length, 1]) {
      const { rig, answer } = await answeredWith(answered, stepBytes, request)
      expect(answer?.status).toBe(502)
      expect(answer?.fields.get('proxy-status')).toMatch(new RegExp(`; details="${cause}"$`))
      expect(answer?.head).not.toContain(SECRET)
      expect(answer?.body.latin1Slice()).not.toContain(SECRET)
      const [finished] = await rig.gateway.finishedCount(1)
      expect(finished).toMatchObject({ status: 502, cause, attempts: 1, ...(rule === undefined ? {} : { evidence: { rule } }) })
      const [connection] = rig.origin.connections
      while (connection !== undefined && !connection.isEnded) await connection.more()
      rig.close()
    }
  })
}

/** Asks once with an origin that answers so and then waits. */
export async function answeredWith(
  answered: string,
  stepBytes = answered.length,
  request = get(),
  isEnded = false,
): Promise<{ rig: Rig; answer: RawAnswer | null; client: RawClient }> {
  const rig = await startRig({ retry: { attempts: 1 } }, undefined, async (connection) => {
    if ((await connection.head()) === null) return
    await feed(connection, answered, stepBytes)
    if (isEnded) connection.end()
  })
  const client = await RawClient.open(rig.gateway.port)
  client.send(request)
  const answer = await client.answer(request.slice(0, request.indexOf(' ')))
  return { rig, answer, client }
}

/** Tables of requests that must be refused: each whole and a byte at a time, with its status, its cause, and nothing sent upstream. */
import { expect, test } from 'vitest'
import { CAUSES, type CauseId } from '../../src/causes/catalogue.ts'
import { feed, type Rig, startRig } from './rig.ts'

export type Refusal = {
  readonly name: string
  readonly sent: string
  readonly cause: CauseId
  /** What the evidence calls the broken rule. */
  readonly rule?: string
}

/** One test for each row. They share a gateway, so that one refusal also shows the next that nothing is left of it. */
export function refuses(rows: readonly Refusal[], start: () => Promise<Rig> = startRig): void {
  let rig: Promise<Rig> | null = null
  test.for(rows)('$name', async (row) => {
    rig ??= start()
    await expectRefusal(await rig, row, row.sent.length)
    await expectRefusal(await rig, row, 1)
  })
}

/** A row of a table by its name and what is sent. */
export function refusal(cause: CauseId, rule?: string): (name: string, sent: string) => Refusal {
  return (name, sent) => ({ name, sent, cause, ...(rule === undefined ? {} : { rule }) })
}

async function expectRefusal(rig: Rig, { sent, cause, rule }: Refusal, stepBytes: number): Promise<void> {
  const { gateway } = rig
  const before = { exchanges: gateway.finished.length, requests: rig.seen.length }
  const client = await rig.client()
  await feed(client, sent, stepBytes)
  const answer = await client.answer(sent.startsWith('HEAD ') ? 'HEAD' : 'GET')
  const { status, proxyStatus } = CAUSES[cause]
  expect({ status: answer?.status, cause: answer?.fields.get('proxy-status') }).toEqual({
    status,
    cause: `gatewell; error=${proxyStatus}; details="${cause}"`,
  })
  expect(answer?.fields.get('connection'), 'the answer says that the connection closes').toBe('close')
  expect((await client.end()).latin1Slice(), 'nothing follows, and the connection ends').toBe('')
  client.close()
  const [finished] = gateway.finished.slice(before.exchanges)
  expect(finished).toMatchObject({ status, cause, attempts: 0, ...(rule === undefined ? {} : { evidence: { rule } }) })
  expect(gateway.finished.length - before.exchanges, 'exchanges').toBe(1)
  expect(rig.seen.length - before.requests, 'requests upstream').toBe(0)
}

/** What a client sees of a gateway that drains. */
import { beforeEach, expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { serving, startOrigin } from '../support/raw-origin.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

let gateway: RunningGateway
let client: RawClient

beforeEach(async () => {
  const origin = closing(await startOrigin(serving('hello')))
  gateway = closing(await startGateway({ endpoints: [origin.port], isClockManual: true }))
  client = closing(await RawClient.open(gateway.port))
})

async function ask(): Promise<string | undefined> {
  client.send(GET)
  const answer = await client.answer()
  expect(answer?.status).toBe(200)
  return answer?.fields.get('connection')
}

test('a connection between two requests gets one more answer, which says that it is the last', async () => {
  expect(await ask()).toBe(undefined)
  const drained = gateway.gateway.drain(30_000)
  gateway.advance(900)
  expect(await ask()).toBe('close')
  await client.end()
  client.close()
  await drained
})

test('a client that takes its time is given twice its usual pause, and no more', async () => {
  for (let i = 0; i < 4; i++) {
    await ask()
    gateway.advance(2_000)
  }
  const drained = gateway.gateway.drain(30_000)
  gateway.advance(3_900)
  expect(client.isEnded).toBe(false)
  gateway.advance(200)
  expect(await client.end()).toEqual(Buffer.alloc(0))
  expect(client.isReset).toBe(false)
  client.close()
  await drained
})

test('a connection that never had a request is given a second', async () => {
  const drained = gateway.gateway.drain(30_000)
  gateway.advance(900)
  expect(client.isEnded).toBe(false)
  gateway.advance(200)
  await client.end()
  client.close()
  await drained
})

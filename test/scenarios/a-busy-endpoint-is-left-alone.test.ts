/** What an overloaded server says is believed: how long it wants to be left alone, and that asking again makes it worse. */
import { expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { ask } from '../support/raw-client.ts'
import { serving, startOrigin } from '../support/raw-origin.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

/** Answers 503 to everything, with these fields. */
async function startBusy(fields: string) {
  let asked = 0
  const origin = await startOrigin(async (connection) => {
    while ((await connection.request()) !== null) {
      asked++
      connection.send(`HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n${fields}\r\nbusy`)
    }
  })
  return closing({ port: origin.port, asked: () => asked, close: () => origin.close() })
}

test('Retry-After keeps requests away for so long', async () => {
  const busy = await startBusy('Retry-After: 5\r\n')
  const good = closing(await startOrigin(serving('ok')))
  const gateway = closing(
    await startGateway({ endpoints: [busy.port, good.port], isClockManual: true, upstream: { balance: 'round-robin' } }),
  )
  for (let i = 0; i < 20; i++) {
    expect((await ask(gateway.port, GET))?.status).toBe(200)
    gateway.advance(200)
  }
  expect(busy.asked()).toBe(1)
  gateway.advance(1_100)
  for (let i = 0; i < 4; i++) expect((await ask(gateway.port, GET))?.status).toBe(200)
  expect(busy.asked()).toBe(2)
})

test.each([
  ['Envoy', 'X-Envoy-Overloaded: true\r\n'],
  ['another gateway', 'Proxy-Status: inner; error=connection_limit_reached; details="overload-shed"\r\n'],
])('what %s has turned away for want of room is not asked again', async (_, fields) => {
  const [one, other] = [await startBusy(fields), await startBusy(fields)]
  const gateway = closing(await startGateway({ endpoints: [one.port, other.port] }))
  const answer = await ask(gateway.port, GET)
  expect([answer?.status, String(answer?.body)]).toEqual([503, 'busy'])
  expect(one.asked() + other.asked()).toBe(1)
})

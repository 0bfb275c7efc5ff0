import { afterEach, expect, test } from 'vitest'
import { type RunningGateway, startGateway } from './support/gateway.ts'
import { ask } from './support/raw-client.ts'
import { type RawOrigin, serving, startOrigin, unusedPort } from './support/raw-origin.ts'

const open: { close(): void }[] = []

function closing<T extends RunningGateway | RawOrigin>(one: T): T {
  open.push(one)
  return one
}

afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

test('a request goes to the endpoint and its answer comes back', async () => {
  const origin = closing(await startOrigin(serving('hello')))
  const gateway = closing(await startGateway({ endpoints: [origin.port] }))
  const answer = await ask(gateway.port, 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n')
  expect(answer?.status).toBe(200)
  expect(answer?.body.toString()).toBe('hello')
  const [finished] = await gateway.finishedCount(1)
  expect(finished).toMatchObject({ status: 200, cause: null, attempts: 1 })
})

test('an endpoint that refuses is passed over, and the visitor sees nothing of it', async () => {
  const origin = closing(await startOrigin(serving('hello')))
  const gateway = closing(await startGateway({ endpoints: [await unusedPort(), origin.port] }))
  for (let i = 0; i < 8; i++) {
    const answer = await ask(gateway.port, 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n')
    expect(answer?.status).toBe(200)
  }
  expect(gateway.finished.some((one) => one.earlier.includes('connect-refused'))).toBe(true)
})

test('with no endpoint that answers the visitor gets the cause', async () => {
  const gateway = closing(await startGateway({ endpoints: [await unusedPort()] }))
  const answer = await ask(gateway.port, 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n')
  expect(answer?.status).toBe(502)
  expect(answer?.fields.get('proxy-status')).toBe('gatewell; error=connection_refused; details="connect-refused"')
})

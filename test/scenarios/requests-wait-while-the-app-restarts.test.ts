/** A single app restarts: on a deploy, or because it crashed. Visitors wait a moment and see nothing of it. */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { HOLD } from '../../src/config/defaults.ts'
import { App } from '../support/app.ts'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { type Outcome, offer } from '../support/offered-load.ts'
import { ask } from '../support/raw-client.ts'
import { unusedPort } from '../support/raw-origin.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
const DOWN_MS = 1_000

test.each(['SIGTERM', 'SIGKILL'] as const)('after %s no GET fails, and no request is lost', { timeout: 15_000 }, async (signal) => {
  const app = closing(await App.start())
  const gateway = closing(await startGateway({ endpoints: [app.port], upstream: { hold: HOLD } }))
  const load = offer({ port: gateway.port, forMs: 2_500, streams: { pages: { perSecond: 100 } } })
  await pause(500)
  await app.kill(signal)
  await pause(DOWN_MS)
  await app.startAgain()
  const { pages } = await load
  expectAllGood(pages)
  // Some of them had to wait.
  expect(gateway.finished.some(({ earlier }) => earlier.length > 0)).toBe(true)
})

test('a POST that was not sent yet waits, too, and is done once', { timeout: 15_000 }, async () => {
  const app = closing(await App.start())
  const gateway = closing(await startGateway({ endpoints: [app.port], upstream: { hold: HOLD } }))
  await app.kill('SIGTERM')
  const load = offer({ port: gateway.port, forMs: 1_000, streams: { orders: { perSecond: 50, method: 'POST' } } })
  await pause(DOWN_MS)
  await app.startAgain()
  expectAllGood((await load).orders)
})

test('an app that is started after the gateway is waited for', { timeout: 15_000 }, async () => {
  const port = await unusedPort()
  const gateway = closing(await startGateway({ endpoints: [port], upstream: { hold: HOLD } }))
  const answer = ask(gateway.port, GET)
  await pause(300)
  closing(await App.start(port))
  expect((await answer)?.status).toBe(200)
})

test('an upload that is larger than what is kept waits, is held back meanwhile, and arrives whole', async () => {
  const port = await unusedPort()
  const gateway = closing(await startGateway({ endpoints: [port], upstream: { hold: HOLD } }))
  const body = randomBytes(1_000_000)
  const answer = fetch(`http://127.0.0.1:${gateway.port}/`, { method: 'POST', body })
  await waitFor(() => held(gateway) === 1)
  const received = new Promise<Buffer>((resolve) => {
    const server = createServer(async (request, response) => {
      const pieces: Buffer[] = []
      for await (const piece of request) pieces.push(piece)
      resolve(Buffer.concat(pieces))
      response.end('ok')
    })
    closing(server.listen(port, '127.0.0.1'))
  })
  expect((await answer).status).toBe(200)
  expect((await received).equals(body)).toBe(true)
})

test('all instances may restart at the same time', { timeout: 15_000 }, async () => {
  const apps = [closing(await App.start()), closing(await App.start())]
  const gateway = closing(await startGateway({ endpoints: apps.map(({ port }) => port), upstream: { hold: HOLD } }))
  const load = offer({ port: gateway.port, forMs: 2_000, streams: { pages: { perSecond: 100 } } })
  await pause(500)
  await Promise.all(apps.map((app) => app.kill('SIGTERM')))
  await pause(DOWN_MS)
  await Promise.all(apps.map((app) => app.startAgain()))
  expectAllGood((await load).pages)
})

test('when the window is over, requests fail at once with their cause, until somebody answers again', async () => {
  const port = await unusedPort()
  const gateway = closing(await startGateway({ endpoints: [port], isClockManual: true, upstream: { hold: HOLD } }))
  const first = ask(gateway.port, GET)
  await waitFor(() => held(gateway) === 1)
  gateway.advance(HOLD.windowMs)
  expect(await first).toMatchObject({ status: 502 })
  const late = await ask(gateway.port, GET)
  expect(late?.head).toContain('details="connect-refused"')
  expect(gateway.finished.at(-1)?.evidence).toMatchObject({ upstream: 'app', lost_for_ms: HOLD.windowMs })
  // Only the scouts went on looking, and who comes in vain makes them look.
  const app = closing(await App.start(port))
  let asked = 0
  while ((await ask(gateway.port, GET))?.status !== 200) {
    gateway.advance(50)
    asked++
  }
  expect(asked).toBeLessThan(5)
  expect(app.port).toBe(port)
})

test('no more than so many wait, and a visitor who leaves gives his place up', async () => {
  const hold = { ...HOLD, requestsMax: 1 }
  const gateway = closing(await startGateway({ endpoints: [await unusedPort()], isClockManual: true, upstream: { hold } }))
  const leaving = new AbortController()
  const first = fetch(`http://127.0.0.1:${gateway.port}/`, { signal: leaving.signal }).catch(() => null)
  await waitFor(() => held(gateway) === 1)
  expect((await ask(gateway.port, GET))?.status).toBe(502)
  leaving.abort()
  await first
  await waitFor(() => held(gateway) === 0)
})

function expectAllGood({ sent, answers, broken }: Outcome): void {
  expect({ answers, broken }).toEqual({ answers: { 200: sent }, broken: 0 })
}

function held({ gateway }: Awaited<ReturnType<typeof startGateway>>): number {
  return gateway.status()[0]?.held ?? 0
}

async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(5)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

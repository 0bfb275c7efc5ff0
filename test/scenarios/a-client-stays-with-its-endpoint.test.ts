/** Sessions that live in one instance: a cookie or a hash brings the client back to it, as long as it is there. */
import { expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { ask } from '../support/raw-client.ts'
import { type RawOrigin, serving, startOrigin } from '../support/raw-origin.ts'

const STICKY = { cookie: 'route', maxAgeMs: 3_600_000 }

async function startThree(): Promise<RawOrigin[]> {
  return Promise.all(['a', 'b', 'c'].map(async (name) => closing(await startOrigin(serving(name)))))
}

async function visit(gateway: RunningGateway, fields = ''): Promise<{ body: string; cookie: string }> {
  const answer = await ask(gateway.port, `GET / HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`)
  return { body: String(answer?.body), cookie: /\r\nset-cookie: (\S+);/i.exec(answer?.head ?? '')?.[1] ?? '' }
}

test('a cookie brings it back, and is set only once', async () => {
  const origins = await startThree()
  const endpoints = origins.map(({ port }) => port)
  const gateway = closing(await startGateway({ endpoints, upstream: { sticky: STICKY, balance: 'round-robin' } }))
  const { body, cookie } = await visit(gateway)
  expect(cookie).toMatch(/^route=[\w-]{11}$/)
  for (let i = 0; i < 10; i++) expect(await visit(gateway, `Cookie: a=b; ${cookie}; c=d\r\n`)).toEqual({ body, cookie: '' })
  // Others are spread.
  const seen = new Set<string>()
  for (let i = 0; i < 6; i++) seen.add((await visit(gateway)).body)
  expect(seen.size).toBe(3)
})

test('the cookie survives the death of its endpoint, and then names another', async () => {
  const origins = await startThree()
  const endpoints = origins.map(({ port }) => port)
  const gateway = closing(await startGateway({ endpoints, upstream: { sticky: STICKY } }))
  const before = await visit(gateway)
  origins['abc'.indexOf(before.body)]?.close()
  const after = await visit(gateway, `Cookie: ${before.cookie}\r\n`)
  expect(after.body).not.toBe(before.body)
  expect(after.cookie).toMatch(/^route=/)
  for (let i = 0; i < 5; i++) expect((await visit(gateway, `Cookie: ${after.cookie}\r\n`)).body).toBe(after.body)
})

test('a cookie that names nothing is replaced', async () => {
  const origins = await startThree()
  const gateway = closing(await startGateway({ endpoints: origins.map(({ port }) => port), upstream: { sticky: STICKY } }))
  expect((await visit(gateway, 'Cookie: route=../../etc\r\n')).cookie).toMatch(/^route=[\w-]{11}$/)
})

test.each([
  ['header', 'x-user', (user: number) => `X-User: user-${user}\r\n`],
  ['cookie', 'session', (user: number) => `Cookie: theme=dark; session=s${user}\r\n`],
] as const)('hashing by %s keeps each on one endpoint, and uses all', async (by, name, fields) => {
  const origins = await startThree()
  const endpoints = origins.map(({ port }) => port)
  const gateway = closing(await startGateway({ endpoints, upstream: { balance: 'hash', hash: { by, name } } }))
  const used = new Set<string>()
  for (let user = 0; user < 20; user++) {
    const first = (await visit(gateway, fields(user))).body
    expect((await visit(gateway, fields(user))).body).toBe(first)
    used.add(first)
  }
  expect(used.size).toBe(3)
})

test('hashing by address keeps one client on one endpoint', async () => {
  const origins = await startThree()
  const endpoints = origins.map(({ port }) => port)
  const gateway = closing(await startGateway({ endpoints, upstream: { balance: 'hash' } }))
  const used = new Set<string>()
  for (let i = 0; i < 10; i++) used.add((await visit(gateway)).body)
  expect(used.size).toBe(1)
})

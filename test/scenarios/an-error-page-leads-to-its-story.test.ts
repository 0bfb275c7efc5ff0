/**
 * An endpoint is killed under load, then the other one: visitors are rescued first and see errors later. What an error page shows leads to
 * the story of that request and to the incident, in words, also after control was killed and started again.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { App } from '../support/app.ts'
import { Child, type Ended } from '../support/child.ts'
import { Gatewell } from '../support/gatewell.ts'
import { type Answered, answerTo } from '../support/http-request.ts'
import { until } from '../support/until.ts'

const LAUNCHER = join(import.meta.dirname, '../../gatewell')

let folder: string
let apps: App[]
let gatewell: Gatewell

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-story-'))
  apps = [await App.start(), await App.start()]
  gatewell = await start()
})

afterEach(async () => {
  await gatewell.stop()
  for (const app of apps) await app.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(): Promise<Gatewell> {
  const [one, other] = apps.map(({ port }) => `http://127.0.0.1:${port}`)
  const hold = 'hold: { window: 0 }'
  const file = join(folder, 'gatewell.yaml')
  writeFileSync(
    file,
    `upstreams: { shop: { endpoints: ["${one}", "${other}"], ${hold} } }\nroutes: [{ to: shop }]\naccessLog: { what: off }\n`,
  )
  return Gatewell.start(['run', '-c', file, '--workers', '1', '--data', join(folder, 'data')])
}

function visit(path: string): Promise<Answered> {
  return answerTo(gatewell.port, { path, headers: { accept: 'text/html' } })
}

/** What a command prints; 0 and 1 are its exit codes. */
async function say(...words: readonly string[]): Promise<string> {
  const ended: Ended = await new Child([LAUNCHER, ...words, '--admin', `127.0.0.1:${gatewell.adminPort}`], { input: '' }).ended
  expect([0, 1]).toContain(ended.code)
  return String(ended.stdout)
}

/** The last one that its visitor has noticed nothing of. */
async function rescuedId(): Promise<string> {
  await apps[0]?.kill('SIGKILL')
  const ids: string[] = []
  for (let i = 0; i < 8; i++) {
    const { status, headers } = await visit('/browse')
    expect(status).toBe(200)
    ids.push(String(headers['x-request-id']))
  }
  return until('a rescued request is kept', async () => {
    for (const id of ids) if ((await answerTo(gatewell.adminPort, { path: `/api/request?id=${id}` })).status === 200) return id
    return null
  })
}

test('the id on an error page, and the incident behind it, are told in words', async () => {
  const rescued = await say('why', await rescuedId())
  expect(rescued).toMatch(/^GET \/browse → 200 OK, rescued after/)
  expect(rescued).toMatch(/2 attempts\n.*✗ Nothing listens on that port: connect-refused.*✓ answered with 200/s)
  await apps[1]?.kill('SIGKILL')
  const { status, body } = await visit('/buy')
  expect(status).toBe(502)
  const [id = ''] = /[0-9a-f]{10}-[0-9a-z]+/.exec(String(body)) ?? []

  const incident = await until('the incident is open', async () => /i-[0-9a-z]{8}/.exec(await say('incidents'))?.[0])
  const story = await say('why', id)
  expect(story).toMatch(/^GET \/buy → 502 Bad Gateway after/)
  expect(story).toContain(`incident   ${incident}`)
  expect(story).toContain('What to do')
  expect(await say('why', incident)).toMatch(/● open for .*failed {5}1 request, answered with 502; seen by 1 visitor/s)

  gatewell.child.kill('SIGKILL')
  // Its worker keeps its standard error open, and goes on under the next one.
  await once(gatewell.child.process, 'exit')
  gatewell = await start()
  expect(await say('why', id)).toMatch(/^GET \/buy → 502 Bad Gateway after/)
  expect(JSON.parse(await say('incidents', '--json'))).toMatchObject([
    { id: incident, cause: 'connect-refused', state: 'open', failures: 1 },
  ])
}, 30_000)

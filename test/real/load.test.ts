/** Programs that ask as fast as they can: no request may fail, and each is counted once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { program } from '../setup/program.ts'
import { run } from '../support/child.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { type Nginx, startNginx } from '../support/nginx.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatewell-load-'))
let nginx: Nginx
let gateway: RunningGateway

beforeAll(async () => {
  writeFileSync(join(folder, 'small'), 'gatewell')
  writeFileSync(join(folder, 'large'), Buffer.alloc(200_000, 'gatewell'))
  nginx = await startNginx({ root: folder, scratch: join(folder, 'scratch') })
  gateway = await startGateway({ endpoints: [nginx.port] })
})

afterAll(async () => {
  gateway?.close()
  await nginx?.close()
  rmSync(folder, { recursive: true })
})

test('wrk with 64 connections sees no error in two seconds', async () => {
  const before = gateway.finished.length
  const { stdout } = await run([program('wrk'), '-t', '1', '-c', '64', '-d', '2s', `http://127.0.0.1:${gateway.port}/small`])
  const text = String(stdout)
  expect(text).toMatch(/[1-9]\d* requests in/)
  expect(text).not.toMatch(/Socket errors|Non-2xx/)
  expect(failures(before)).toEqual([])
})

test.each(['small', 'large'])('h2load --h1 gets 4,000 answers of a %s file, and as many are recorded', async (file) => {
  const before = gateway.finished.length
  const { stdout } = await run([program('h2load'), '--h1', '-n', '4000', '-c', '32', `http://127.0.0.1:${gateway.port}/${file}`])
  const text = String(stdout)
  expect(text).toContain('4000 total, 4000 started, 4000 done, 4000 succeeded, 0 failed, 0 errored, 0 timeout')
  expect(text).toContain('status codes: 4000 2xx, 0 3xx, 0 4xx, 0 5xx')
  expect(text).toContain(`${4_000 * (file === 'small' ? 8 : 200_000)}) data`)
  expect(gateway.finished.length - before).toBe(4_000)
  expect(failures(before)).toEqual([])
})

test('a new connection for each request costs none of them', async () => {
  const before = gateway.finished.length
  const asked = ['-t', '1', '-c', '16', '-d', '1s', '-H', 'Connection: close']
  const { stdout } = await run([program('wrk'), ...asked, `http://127.0.0.1:${gateway.port}/small`])
  expect(String(stdout)).not.toMatch(/Socket errors|Non-2xx/)
  expect(failures(before)).toEqual([])
})

/** What ended badly since then; a client that was told to stop leaves its last requests behind. */
function failures(before: number) {
  return gateway.finished.slice(before).filter(({ status, cause }) => status !== 200 && cause !== 'client-closed')
}

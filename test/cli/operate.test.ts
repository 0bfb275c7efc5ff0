/** The commands that operate a running gateway, against the admin address of a gateway that notes what it was asked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { problemOfFile } from '../../src/config/problem.ts'
import { done, refused } from '../../src/control/admin/operation.ts'
import type { Operable, SwitchReport } from '../../src/control/admin/operation-table.ts'
import { AdminServer } from '../../src/control/admin/server.ts'
import { NOTHING_SWITCHED } from '../../src/control/admin/switch-state.ts'
import { createLog } from '../../src/control/log.ts'
import type { Address } from '../../src/net/address.ts'
import { closing } from '../support/closing.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { gatewell } from './recording-terminal.ts'

const TOKEN = 'a-token'
const LOOPBACK: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 }

let asked: unknown[]
let isValid: boolean
let report: SwitchReport

beforeEach(() => {
  asked = []
  isValid = true
  report = { changes: ['It is so now.'], isDrained: false, switches: NOTHING_SWITCHED }
})

async function opened(address = LOOPBACK): Promise<string> {
  const change = async (input: unknown) => {
    asked.push(input)
    return done(report)
  }
  const operator = {
    reload: async () =>
      isValid
        ? done({ changes: ['upstream shop: health off'], problems: [] })
        : refused(422, 'The former one goes on.', [problemOfFile('gatewell.yaml', 'is empty.')]),
    drain: async (input: unknown) => {
      asked.push(input)
      return done({ ...report, endpoints: [] })
    },
    pause: async () => refused(404, 'There is no upstream "shpo". Did you mean shop?'),
    resume: change,
    maintain: change,
  } as unknown as Operable
  const source = {
    version: '1',
    operator,
    readiness: async () => ({ isReady: true, problems: [] }),
    metrics: async () => '',
    oversight: { numbers: new Map(), hearIncidents: () => () => {} },
  }
  const log = createLog({ isTerminal: false, destination: { write: () => {} } })
  const server = await AdminServer.open({ address, token: TOKEN, source, log })
  if (!(server instanceof AdminServer)) throw server.error
  closing(server)
  return server.address.kind === 'tcp' ? `127.0.0.1:${server.address.port}` : `unix:${server.address.path}`
}

describe('gatewell reload', () => {
  test('prints what is different', async () => {
    const admin = await opened()
    expect(await gatewell('reload', '--admin', admin)).toEqual({
      code: 0,
      printed: 'upstream shop: health off',
      said: 'Reloaded. Nothing else is different.',
    })
  })

  test('prints what is wrong, and exits with 1', async () => {
    isValid = false
    const admin = await opened()
    expect(await gatewell('reload', '--admin', admin)).toEqual({
      code: 1,
      printed: 'gatewell.yaml: is empty.',
      said: 'gatewell: The former one goes on.',
    })
    const { code, printed } = await gatewell('reload', '--admin', admin, '--json')
    expect([code, JSON.parse(printed)]).toEqual([1, { ok: false, error: 'The former one goes on.', problems: [expect.anything()] }])
  })
})

describe('what is switched', () => {
  test('is asked for as it was written', async () => {
    const admin = await opened()
    const words = ['on', '--message', 'Back at 9.', '--allow', '10.0.0.0/8', '::1', '--retry-after', '10m', '--route', '/api/*']
    expect(await gatewell('maintenance', ...words, '--admin', admin)).toEqual({ code: 0, printed: 'It is so now.', said: '' })
    await gatewell('drain', '10.0.0.1:3000', '--upstream', 'shop', '--admin', admin)
    await gatewell('resume', '--admin', admin)
    expect(asked).toEqual([
      { state: 'on', message: 'Back at 9.', allow: ['10.0.0.0/8', '::1'], retryAfterMs: 600_000, route: '/api/*' },
      { endpoint: '10.0.0.1:3000', upstream: 'shop' },
      {},
    ])
  })

  test('is said where it was so before', async () => {
    report = { ...report, changes: [] }
    const admin = await opened()
    expect((await gatewell('drain', '--admin', admin)).said).toBe('It was drained already.')
    expect((await gatewell('resume', '--admin', admin)).said).toBe('The gateway was not drained.')
  })

  test('is printed whole as JSON', async () => {
    const { printed } = await gatewell('resume', 'shop', '--json', '--admin', await opened())
    expect(JSON.parse(printed)).toEqual(report)
  })

  test('and does not exist is a wrong usage', async () => {
    const { code, said } = await gatewell('pause', 'shpo', '--admin', await opened())
    expect([code, said]).toEqual([2, 'gatewell: There is no upstream "shpo". Did you mean shop?'])
  })

  test.each([
    ['maintenance', 'maybe'],
    ['maintenance', 'on', '--retry-after', 'soon'],
    ['drain', '--wait', 'long'],
    ['pause'],
    ['reload', '--admin', 'nowhere'],
  ])('%s %s is a wrong usage', async (...words) => {
    expect((await gatewell(...words)).code).toBe(2)
  })
})

describe('the way to the gateway', () => {
  test('nobody is there', async () => {
    const { code, said } = await gatewell('reload', '--admin', `127.0.0.1:${await unusedPort()}`)
    expect(code).toBe(1)
    expect(said).toMatch(/^gatewell: No gateway answers at 127\.0\.0\.1:\d+\. Is it running\?/)
  })

  test('something else is there', async () => {
    const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    closing(other)
    const { said } = await gatewell('reload', '--admin', `127.0.0.1:${(other.address() as { port: number }).port}`)
    expect(said).toMatch(/is no gateway's admin address/)
  })

  test('it may be a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatewell-admin-'))
    closing({ close: () => rmSync(folder, { recursive: true }) })
    const admin = await opened({ kind: 'unix', path: join(folder, 'admin.sock') })
    expect((await gatewell('reload', '--admin', admin)).code).toBe(0)
  })

  test('needs the token where the address is open to all, from a file or the environment', async () => {
    const admin = await opened({ kind: 'tcp', host: '0.0.0.0', port: 0 })
    const { code, said } = await gatewell('reload', '--admin', admin)
    expect([code, said]).toEqual([
      1,
      'gatewell: The gateway wants its admin token. Give it in the environment as GATEWELL_TOKEN, or with --token-file FILE.',
    ])
    const folder = mkdtempSync(join(tmpdir(), 'gatewell-token-'))
    closing({ close: () => rmSync(folder, { recursive: true }) })
    writeFileSync(join(folder, 'token'), `${TOKEN}\n`)
    expect((await gatewell('reload', '--admin', admin, '--token-file', join(folder, 'token'))).code).toBe(0)
    expect((await gatewell('reload', '--admin', admin, '--token-file', join(folder, 'none'))).code).toBe(2)
  })
})

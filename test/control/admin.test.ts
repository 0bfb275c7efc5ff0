import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AdminSource } from '../../src/control/admin/app.ts'
import { AdminServer } from '../../src/control/admin/server.ts'
import { createLog } from '../../src/control/log.ts'
import type { Address } from '../../src/net/address.ts'
import { type Answered, type Asked, answerTo } from '../support/http-request.ts'

let problems: string[]
let isBroken: boolean
let logged: string
let server: AdminServer

const source: AdminSource = {
  readiness: async () => {
    if (isBroken) throw new Error('broken on purpose')
    return { isReady: problems.length === 0, problems }
  },
  status: async () => ({ version: '1.2.3', state: 'serving', uptimeMs: 5, workers: [], upstreams: [] }),
  metrics: async () => 'gatewell_build_info 1\n',
}

const log = createLog({
  isTerminal: false,
  destination: {
    write: (line) => {
      logged += line
    },
  },
})

beforeEach(async () => {
  problems = []
  isBroken = false
  logged = ''
  server = await opened({ kind: 'tcp', host: '127.0.0.1', port: 0 })
})

afterEach(() => server.close())

async function opened(address: Address, token: string | null = null): Promise<AdminServer> {
  const result = await AdminServer.open({ address, token, source, log })
  if (!(result instanceof AdminServer)) throw result.error
  return result
}

function ask(path: string, asked: Asked = {}): Promise<Answered> {
  return answerTo(portOf(server), { path, ...asked })
}

function portOf({ address }: AdminServer): number {
  return address.kind === 'tcp' ? address.port : 0
}

describe('the admin address', () => {
  test('says that the process lives', async () => {
    expect((await ask('/livez')).status).toBe(200)
  })

  test('says whether the gateway is ready, and what is missing', async () => {
    expect((await ask('/readyz')).status).toBe(200)
    problems = ['Upstream shop has no usable endpoint.']
    const { status, body } = await ask('/readyz')
    expect(status).toBe(503)
    expect(JSON.parse(body.toString())).toEqual({ status: 'not ready', problems })
  })

  test('has metrics in the type that Prometheus asks for', async () => {
    const { headers, body } = await ask('/metrics')
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(body.toString()).toBe('gatewell_build_info 1\n')
  })

  test('has the status as JSON', async () => {
    expect(JSON.parse((await ask('/api/status')).body.toString())).toMatchObject({ version: '1.2.3', workers: [], upstreams: [] })
  })

  test('says what there is where there is nothing', async () => {
    const { status, body } = await ask('/nothing')
    expect(status).toBe(404)
    expect(body.toString()).toContain('/readyz')
  })

  test.each(['/livez', '/nothing'])('is nothing for caches, frames and foreign scripts: %s', async (path) => {
    expect((await ask(path)).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    })
  })

  test('turns away a page that was led here by a foreign name', async () => {
    const { status, headers } = await ask('/api/status', { headers: { host: 'evil.example' } })
    expect(status).toBe(421)
    expect(headers['cache-control']).toBe('no-store')
  })

  test('says to who has no token which kind it wants, and answers who has it', async () => {
    await server.close()
    server = await opened({ kind: 'tcp', host: '0.0.0.0', port: 0 }, 'secret')
    const { status, headers } = await ask('/metrics')
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer'])
    expect((await ask('/metrics', { headers: { authorization: 'Bearer secret' } })).status).toBe(200)
  })

  test('answers a bug of its own without telling it to strangers, and logs it', async () => {
    isBroken = true
    const { status, body } = await ask('/readyz')
    expect(status).toBe(500)
    expect(body.toString()).not.toContain('on purpose')
    expect(logged).toContain('broken on purpose')
  })

  test('that is taken is a sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    const result = await AdminServer.open({ address: { kind: 'tcp', host: '127.0.0.1', port }, token: null, source, log })
    expect(result instanceof AdminServer ? '' : result.error?.message).toMatch(/another program already listens there/)
    other.close()
  })
})

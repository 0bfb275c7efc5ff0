import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { problemOfFile } from '../../src/config/problem.ts'
import type { AdminSource } from '../../src/control/admin/app.ts'
import { done, type Result, refused } from '../../src/control/admin/operation.ts'
import { type DrainReport, OPERATIONS, type Operable } from '../../src/control/admin/operation-table.ts'
import { AdminServer } from '../../src/control/admin/server.ts'
import { NOTHING_SWITCHED } from '../../src/control/admin/switch-state.ts'
import { createLog } from '../../src/control/log.ts'
import type { Address } from '../../src/net/address.ts'
import { type Answered, type Asked, answerTo } from '../support/http-request.ts'

let problems: string[]
let isBroken: boolean
let logged: string
let server: AdminServer

/** Says what it was asked to do. */
const asked: unknown[] = []
const report = async (input: unknown): Promise<Result<DrainReport>> => {
  asked.push(input)
  return done({ changes: ['Done.'], isDrained: false, switches: NOTHING_SWITCHED, endpoints: [] })
}
const operator: Operable = {
  status: async () => ({
    version: '1.2.3',
    state: 'serving',
    uptimeMs: 5,
    isDrained: false,
    workers: [],
    upstreams: [],
    switches: NOTHING_SWITCHED,
  }),
  incidents: async (input) => {
    asked.push(input)
    return []
  },
  incident: async ({ id }) => refused(404, `There is no incident ${id}.`),
  request: async ({ id }) => refused(404, `No request ${id} is known.`),
  requests: async () => done([]),
  config: async () => ({ file: null, text: null, former: null, changes: [], reloadedAt: null, refused: null }),
  alerts: async () => ({ channels: [], isQuiet: false }),
  testAlerts: async () => done({ channels: [] }),
  reload: async () => refused(422, 'It is not valid.', [problemOfFile('gatewell.yaml', 'is empty.')]),
  upgrade: async () => done({ pid: 1_234, version: '1.2.4' }),
  drain: report,
  pause: report,
  resume: report,
  maintain: report,
}

const source: AdminSource = {
  version: '1.2.3',
  operator,
  readiness: async () => {
    if (isBroken) throw new Error('broken on purpose')
    return { isReady: problems.length === 0, problems }
  },
  oversight: { numbers: new Map(), hearIncidents: () => () => {} },
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

describe('the operations', () => {
  const change = (name: string, input: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answered> => {
    const body = JSON.stringify(input)
    return ask(`/api/${name}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
  }

  test('take their input as JSON, answer with JSON, and leave an audit line', async () => {
    const { status, body } = await change('pause', { upstream: 'shop' })
    expect([status, JSON.parse(body.toString())]).toEqual([
      200,
      { changes: ['Done.'], isDrained: false, switches: NOTHING_SWITCHED, endpoints: [] },
    ])
    expect(asked.at(-1)).toEqual({ upstream: 'shop' })
    expect(JSON.parse(logged)).toMatchObject({
      audit: true,
      operation: 'pause',
      peer: '127.0.0.1',
      input: { upstream: 'shop' },
      isDone: true,
    })
  })

  test('are refused with a sentence, the problems and an audit line', async () => {
    const { status, body } = await change('reload', {})
    expect([status, JSON.parse(body.toString())]).toEqual([
      422,
      { error: 'It is not valid.', problems: [expect.objectContaining({ file: 'gatewell.yaml' })] },
    ])
    expect(logged).toContain('reload (refused: It is not valid.)')
  })

  test.each<[string, number, Asked]>([
    ['a page of another site', 403, { headers: { 'content-type': 'application/json', origin: 'http://evil.example' } }],
    ['a form', 415, { headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['what is not JSON', 400, { headers: { 'content-type': 'application/json' }, body: '{' }],
    ['what is not its input', 400, { headers: { 'content-type': 'application/json' }, body: '{"upstraem":"shop"}' }],
    ['too much', 413, { headers: { 'content-type': 'application/json' }, body: `"${'x'.repeat(70_000)}"` }],
  ])('take no change from %s', async (_, expected, how) => {
    const before = asked.length
    expect((await ask('/api/pause', { method: 'POST', body: '{"upstream":"shop"}', ...how })).status).toBe(expected)
    expect(asked).toHaveLength(before)
    expect(logged).toContain('"isDone":false')
  })

  test('take a change from a page of their own', async () => {
    const host = `127.0.0.1:${portOf(server)}`
    expect((await change('pause', { upstream: 'shop' }, { host, origin: `http://${host}` })).status).toBe(200)
  })

  test('change nothing by a GET, which a link could be', async () => {
    const { status, headers } = await ask('/api/pause?upstream=shop')
    expect([status, headers.allow]).toEqual([405, 'POST'])
  })

  test('are all in the OpenAPI document, with the schemas that they are held to', async () => {
    const document = JSON.parse((await ask('/api/openapi.json')).body.toString())
    expect(Object.keys(document.paths)).toEqual(Object.keys(OPERATIONS).map((name) => `/api/${name}`))
    const { post } = document.paths['/api/pause']
    expect(post.requestBody.content['application/json'].schema).toMatchObject({ required: ['upstream'], additionalProperties: false })
    expect(document.paths['/api/status'].get.responses[200].content['application/json'].schema.required).toContain('upstreams')
  })
})

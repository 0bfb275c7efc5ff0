/** Servers as people run them are recognised by what they really say, and the setting to change is named in their own words. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { expect, test } from 'vitest'
import type { CauseId } from '../../src/causes/catalogue.ts'
import { Investigator } from '../../src/control/fact/investigator.ts'
import type { FailureRecord } from '../../src/gateway/observe/record.ts'
import type { Diagnosis } from '../../src/insight/diagnosis/diagnosis.ts'
import { ask } from '../../src/insight/fault/fault.ts'
import { planOf, UPSTREAM_NAME } from '../../src/insight/fault/rehearsal-plan.ts'
import { Stage } from '../../src/insight/fault/stage.ts'
import { ThrowAwayGateway } from '../../src/insight/fault/throw-away.ts'
import { systemClock } from '../../src/std/clock.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { program } from '../setup/program.ts'
import { run } from '../support/child.ts'
import { closing } from '../support/closing.ts'
import { type OriginName, startOrigin } from '../support/origin-server.ts'

/** Recognised as; what makes it keep idle connections; who made the error of `/behind`, if not the app; and what to look at then. */
const ORIGINS: readonly (readonly [OriginName, string, string, string | null, RegExp])[] = [
  ['nginx', 'nginx', 'keepalive_timeout 75s;', 'nginx', /\/var\/log\/nginx\/error\.log/],
  ['apache', 'Apache', 'KeepAliveTimeout 65', 'Apache', /\/var\/log\/apache2\/error\.log/],
  ['node', 'Node', 'server.keepAliveTimeout = 65_000', null, /journalctl/],
  ['gunicorn', 'gunicorn', 'gunicorn --worker-class gthread --keep-alive 65', null, /gunicorn --error-logfile/],
  ['haproxy', 'HAProxy', 'timeout http-keep-alive 65s', 'HAProxy', /haproxy/],
]

test.for(ORIGINS)('%s', { timeout: 20_000 }, async ([name, called, keepIdle, speaker, look]) => {
  const port = await startOrigin(name)
  const plan = planOf({ endpoints: [{ kind: 'tcp', host: '127.0.0.1', port }] })
  const investigator = investigatorOf(plan)
  const error = await errorOf(plan)
  const relayed = await investigator.diagnose({ record: error, related: [] })
  expect(relayed.saidBy).toBe(speaker)
  expect(saysOrigin(relayed)).toContainEqual(expect.stringContaining(`the server is ${called},`))
  expect(relayed.remedies.slice(0, 2).map(({ command }) => command)).toContainEqual(expect.stringMatching(look))
  const raced = await investigator.diagnose({ record: raceOf(port), related: [] })
  expect(saysOrigin(raced)).toContainEqual(expect.stringContaining(`the server is ${called},`))
  expect(raced.remedies[0]).toMatchObject({ do: expect.stringContaining(called), command: expect.stringContaining(keepIdle) })
  const others = ORIGINS.map(([, other]) => other).filter((other) => other !== called)
  for (const other of others) expect(JSON.stringify(raced.remedies)).not.toContain(other)
})

test('an accept queue that is full is told from a silent way', async () => {
  const stage = new Stage()
  closing(stage)
  const { address } = await stage.stuckListener()
  const plan = planOf({ endpoints: [address], timeouts: { connectMs: 100 } })
  const diagnosis = await investigatorOf(plan).diagnose({ record: await errorOf(plan), related: [] })
  expect(diagnosis).toMatchObject({ cause: 'backlog-overflow' })
  expect(diagnosis.summary).toContain('accepts nothing: the queue of waiting connections is full')
})

test('a port for TLS that hangs up without a word is found out', async () => {
  const server = createTlsServer(await certificate())
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing(server)
  const plan = planOf({ endpoints: [{ kind: 'tcp', host: '127.0.0.1', port: (server.address() as { port: number }).port }] })
  const record = await errorOf(plan)
  expect(record.cause).toBe('closed-before-response')
  expect(await investigatorOf(plan).diagnose({ record, related: [] })).toMatchObject({ cause: 'plaintext-to-tls-port' })
})

async function certificate(): Promise<{ key: string; cert: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-certificate-'))
  closing({ close: () => rmSync(folder, { recursive: true }) })
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  await run([program('openssl'), 'req', '-x509', ...curve, '-keyout', key, '-out', cert, '-subj', '/CN=a.test'])
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}

function saysOrigin({ evidence }: Diagnosis): string[] {
  return evidence.map(({ says }) => says)
}

/** What a gateway records of the server's own error. */
async function errorOf(plan: ReturnType<typeof planOf>): Promise<FailureRecord> {
  const stage = new Stage()
  closing(stage)
  const gateway = closing(await ThrowAwayGateway.start(plan, null))
  await ask(stage, gateway, 'GET /behind HTTP/1.1\r\nHost: rehearsal.test\r\n\r\n')
  await gateway.failed(5_000)
  return gateway.records[0] as FailureRecord
}

/** A lost race with this server: its idle limit is too long to be waited for in a test, and all that is recognised here is the server. */
function raceOf(port: number): FailureRecord {
  const cause: CauseId = 'keepalive-race'
  const evidence = [
    { name: 'idle_ms', value: 4_998 },
    { name: 'is_reused', value: true },
  ]
  const phase = 'await-head' as const
  const times = { ms: 1, beganMs: 0, connectedMs: 0, sentMs: 0, answeredMs: 0 }
  const attempt = { endpoint: `http://127.0.0.1:${port}`, isReused: true, idleMs: 4_998, phase, status: 0, cause, evidence, ...times }
  const request = { id: 'r1', endedAt: 1_000, client: '192.0.2.9', method: 'POST', host: 'a.test', target: '/', route: 'all', traceId: '' }
  const rest = { queuedMs: 0, isCrawler: false, userAgent: '', error: '', trace: null, usualMs: null }
  const attempts = [{ ...attempt, bytesSent: 241, bytesReceived: 0 }]
  return { ...request, ...rest, upstream: UPSTREAM_NAME, status: 502, cause, phase, evidence, attempts, ms: 1 }
}

function investigatorOf(plan: ReturnType<typeof planOf>): Investigator {
  const wheel = closing(new Wheel({ clock: systemClock, tickMs: 5 }))
  return new Investigator({ clock: systemClock, wheel, plan: () => plan, pids: () => [process.pid], folder: '/' })
}

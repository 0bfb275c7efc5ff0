/** What rules make of evidence, facts and many failures together. Pure: no servers here. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CauseId } from '../../src/causes/catalogue.ts'
import type { Evidence } from '../../src/causes/failure.ts'
import type { FailureRecord } from '../../src/gateway/observe/record.ts'
import { caseOf } from '../../src/insight/diagnosis/case.ts'
import { diagnose, type Facts } from '../../src/insight/diagnosis/diagnosis.ts'
import { DIAGNOSIS_RULES } from '../../src/insight/diagnosis/rule-table.ts'
import { weigh } from '../../src/insight/diagnosis/weigh.ts'
import { fillCommand, isTold, spanText, valueText } from '../../src/insight/diagnosis/wording.ts'
import { sizeText } from '../../src/std/quantity-text.ts'
import { Random } from '../../src/std/random.ts'

const ENDPOINT = 'http://10.0.0.1:3000'
const AT = 1_700_000_000_000

type Values = Readonly<Record<string, string | number | boolean>>

function failed(cause: CauseId, values: Values = {}, changes: Partial<FailureRecord> = {}): FailureRecord {
  const evidence: Evidence[] = Object.entries(values).map(([name, value]) => ({ name, value }))
  const phase = 'await-head' as const
  const times = { ms: 1, beganMs: 0, connectedMs: 0, sentMs: 0, answeredMs: null, idleMs: 0 }
  const attempt = { endpoint: ENDPOINT, isReused: false, phase, status: 0, cause, evidence, ...times, bytesSent: 0, bytesReceived: 0 }
  const request = { id: 'r1', endedAt: AT, client: '192.0.2.9', method: 'GET', host: 'a.test', target: '/cart', route: 'all', traceId: '' }
  const rest = { queuedMs: 0, isCrawler: false, userAgent: '', error: '', ms: 10, trace: null, usualMs: null }
  return { ...request, ...rest, upstream: 'app', status: 502, cause, phase, evidence, attempts: [attempt], ...changes }
}

const LISTENER = { address: '10.0.0.1', port: 3_000 }
const APP = { pid: 4711, name: 'gunicorn', startedAt: AT - 3_600_000, service: 'shop' }

/** What was seen, what was found out, and what follows. */
const DEEPER: readonly (readonly [string, FailureRecord, Facts, CauseId, RegExp])[] = [
  [
    'a name that moved',
    failed('connect-refused', { address: '10.0.0.1', code: 'ECONNREFUSED' }),
    { name: { host: 'app.internal', used: ['10.0.0.1'], fresh: ['10.0.0.2'] } },
    'dns-stale',
    /app\.internal has moved from 10\.0\.0\.1 to 10\.0\.0\.2/,
  ],
  [
    'a full accept queue',
    failed('connect-timeout', { address: '10.0.0.1', limit_ms: 3_000, elapsed_ms: 3_001 }),
    { listeners: [{ ...LISTENER, queued: 129, process: APP }], connection: { isOpen: false, ms: 1_000, code: 'ETIMEDOUT' } },
    'backlog-overflow',
    /gunicorn \(process 4711\) listens on port 3000 but accepts nothing/,
  ],
  [
    'TLS behind a silent hang-up',
    failed('closed-before-response', { elapsed_ms: 2 }),
    { isTls: true },
    'plaintext-to-tls-port',
    /expects TLS/,
  ],
  ['a circle', failed('upstream-5xx', { status: 502, proxy_status: 'edge; error=proxy_loop_detected' }), {}, 'proxy-loop', /came back/],
]

describe('a cause behind the cause', () => {
  test.for(DEEPER)('%s', ([, record, facts, cause, summary]) => {
    const diagnosis = diagnose(record, facts, [])
    expect(diagnosis).toMatchObject({ cause, summary: expect.stringMatching(summary) })
    expect(diagnosis.confidence).toBeGreaterThan(0.8)
    expect(diagnose(record, {}, []).cause).toBe(record.cause === 'upstream-5xx' ? 'proxy-loop' : record.cause)
  })

  test('an upstream without endpoints is lost for what they failed of before', () => {
    const record = failed('no-healthy-upstream', { endpoints: `${ENDPOINT} ejected` }, { attempts: [], ms: 1 })
    const before = [1, 2, 3].map((s) => failed('connect-refused', { code: 'ECONNREFUSED' }, { id: `r${s}`, endedAt: AT - s * 1_000 }))
    const elsewhere = before.map((one) => ({ ...one, upstream: 'blog' }))
    expect(diagnose(record, {}, before)).toMatchObject({ cause: 'connect-refused', confidence: 0.93 })
    expect(diagnose(record, {}, elsewhere).cause).toBe('no-healthy-upstream')
    expect(diagnose({ ...record, endedAt: AT + 3_600_000 }, {}, before).cause).toBe('no-healthy-upstream')
    const drained = failed('no-healthy-upstream', { endpoints: `${ENDPOINT} drained` })
    const { cause, remedies } = diagnose(drained, {}, before)
    expect([cause, remedies[0]?.command]).toEqual(['no-healthy-upstream', `gatewell resume ${ENDPOINT}`])
  })
})

describe('what only many failures show', () => {
  const broken = (ms: number, id: number): FailureRecord => failed('closed-before-response', { elapsed_ms: ms }, { id: `r${id}` })
  const gunicorn = { server: { status: 404, server: 'gunicorn' } }

  test('they end after the same time: the app server has a time limit', () => {
    const all = [30_010, 30_025, 30_002, 30_090].map(broken)
    const diagnosis = diagnose(all[0] as FailureRecord, gunicorn, all)
    expect(diagnosis.summary).toMatch(/All 4 failures of this kind came after 30 s|gunicorn ends requests that take longer than 30 s/)
    expect(diagnosis.remedies[0]).toEqual({
      do: 'Raise the time limit of gunicorn, or make the request faster.',
      when: '',
      command: 'gunicorn --timeout 120',
    })
    expect(diagnosis.evidence.find(({ name }) => name === 'constant-time')?.says).toContain('30 s is that of gunicorn, PHP and Heroku')
  })

  test('they end after any time: it has none', () => {
    const all = [1_010, 7_025, 30_002, 19_090].map(broken)
    expect(diagnose(all[0] as FailureRecord, {}, all).evidence.map(({ name }) => name)).not.toContain('constant-time')
  })

  test('idle connections break from a certain age on: the server closes them then', () => {
    const all = [5_010, 5_900, 5_002].map((ms, id) => failed('keepalive-race', { idle_ms: ms, is_reused: true }, { id: `r${id}` }))
    const { summary, remedies } = diagnose(all[0] as FailureRecord, { server: { status: 200, keepAliveS: 5 } }, all)
    expect(summary).toContain('Node closes connections that were idle for about 5 s')
    expect(remedies[0]?.command).toBe('server.keepAliveTimeout = 65_000')
    expect(JSON.stringify(remedies)).not.toMatch(/uvicorn|Apache/)
  })

  test('they are all at one path, and another endpoint answers', () => {
    const all = [1, 2, 3].map((id) =>
      failed('response-timeout', { elapsed_ms: 30_000, limit_ms: 30_000 }, { id: `r${id}`, target: `/report?n=${id}` }),
    )
    const attempts = failed('response-timeout').attempts
    const good = { ...(attempts[0] as (typeof attempts)[number]), endpoint: 'http://10.0.0.2:3000', status: 200, cause: null }
    const rescued = { ...failed('response-timeout'), id: 'r9', target: '/report', cause: null, status: 200, attempts: [...attempts, good] }
    const { evidence, remedies } = diagnose(all[0] as FailureRecord, { server: { status: 404, server: 'gunicorn' } }, [...all, rescued])
    const deeds = remedies.map((remedy) => remedy.do)
    expect(deeds).toContain('Find out what the request waits for: mostly a slow query, a lock or another service.')
    expect(deeds).not.toContain('Let gunicorn work on more requests at a time.')
    expect(evidence.map(({ name, value }) => [name, value])).toEqual(
      expect.arrayContaining([
        ['one-route', '/report'],
        ['one-endpoint', 'http://10.0.0.2:3000'],
      ]),
    )
  })
})

describe('what the pool of PHP-FPM tells', () => {
  const pool = { pool: 'www', manager: 'dynamic', active: 5, idle: 0, queued: 12, maxReached: 3, slow: 7 }
  const slow = failed('response-timeout', { elapsed_ms: 30_000, limit_ms: 30_000 })

  test('all of its workers are busy', () => {
    const { summary, remedies } = diagnose(slow, { php: pool }, [])
    expect(summary).toContain('All 5 PHP workers of the pool www are busy, and 12 requests wait for one.')
    expect(remedies[0]?.command).toBe('pm.max_children = 10')
  })

  test('they were before, and some are idle now', () => {
    const { evidence, remedies } = diagnose(slow, { php: { ...pool, idle: 2, queued: 0 } }, [])
    expect(evidence.map(({ name }) => name)).toContain('php-limit-reached')
    expect(remedies[0]?.do).toBe('Read which scripts were slow: 7 have been.')
    expect(diagnose(slow, { php: { ...pool, idle: 2, maxReached: 0 } }, []).evidence).toHaveLength(1)
  })
})

test('a certificate that has ended is said to have', () => {
  const certificate = { names: ['shop.test'], issuer: 'Nobody', validFrom: AT - 9e9, validTo: AT - 1e9 }
  const { evidence } = diagnose(failed('plaintext-to-tls-port', { status: 400 }), { isTls: true, certificate }, [])
  const says = 'the certificate it shows is for these names, from Nobody, and ended on 2023-11-03'
  expect(evidence).toContainEqual({ name: 'certificate-shown', value: 'shop.test', says })
})

describe('words', () => {
  test('a remedy has what is known filled in, and nothing that a client wrote', () => {
    const facts = { isLocal: true, listeners: [{ ...LISTENER, process: APP }] }
    const { remedies } = diagnose(
      failed('reset-before-response', { elapsed_ms: 3 }, { host: 'x;rm -rf /', target: '/$(reboot)' }),
      facts,
      [],
    )
    const commands = remedies.map(({ command }) => command ?? '').join('\n')
    expect(commands).toContain('journalctl -u shop --since')
    expect(commands).toContain('curl -v http://10.0.0.1:3000/')
    expect(commands).not.toMatch(/rm -rf|reboot/)
    expect(fillCommand({ do: '', when: '', command: 'nc HOST PORT' }, { HOST: 'db' }).command).toBe('nc db PORT')
  })

  test('times and sizes', () => {
    expect([0, 999, 30_000, 30_250, 90_000, 300_000, 7_200_000].map(spanText)).toEqual([
      '0 ms',
      '999 ms',
      '30 s',
      '30.3 s',
      '90 s',
      '5 min',
      '2 h',
    ])
    expect([0, 1_000, 1_024, 1_048_576].map(sizeText)).toEqual(['0 bytes', '1000 bytes', '1 KiB', '1 MiB'])
  })
})

describe('weighing', () => {
  const record = failed('connect-refused', { address: '10.0.0.1', code: 'ECONNREFUSED' })
  const facts: Facts = {
    isLocal: true,
    listeners: [],
    connection: { isOpen: false, ms: 1, code: 'ECONNREFUSED' },
    name: { host: 'app.internal', used: ['10.0.0.1'], fresh: ['10.0.0.2'] },
    dependencies: [{ url: 'redis://db:6379', isUp: false, ms: 1, says: 'connection refused' }],
  }

  test('the order of the rules makes no difference', () => {
    const random = new Random(7)
    const one = caseOf(record, facts, [])
    const expected = weigh(one, 0.9, DIAGNOSIS_RULES)
    for (let i = 0; i < 20; i++) {
      const shuffled = [...DIAGNOSIS_RULES].sort(() => random.fraction() - 0.5)
      const { cause, confidence } = weigh(one, 0.9, shuffled)
      expect({ cause, confidence }).toEqual({ cause: expected.cause, confidence: expected.confidence })
    }
  })

  test('what speaks for another cause is told as speaking against this one', () => {
    const { cause, against } = diagnose(record, facts, [])
    expect(cause).toBe('connect-refused')
    expect(against.map(({ name }) => name)).toEqual(['name-moved'])
  })

  test('whatever the facts, it is plain data with a confidence from 0 to 0.99', () => {
    const anything = fc.record(
      {
        isLocal: fc.boolean(),
        isTls: fc.boolean(),
        listeners: fc.array(fc.record({ address: fc.string(), port: fc.nat(), queued: fc.nat() })),
        server: fc.record({ status: fc.integer({ min: -1, max: 599 }), server: fc.string() }),
        connection: fc.record({ isOpen: fc.boolean(), ms: fc.nat(), code: fc.string() }),
      },
      { requiredKeys: [] },
    )
    const causes = fc.constantFrom<CauseId>(
      'connect-refused',
      'connect-timeout',
      'closed-before-response',
      'upstream-5xx',
      'response-timeout',
    )
    fc.assert(
      fc.property(causes, anything, fc.dictionary(fc.string(), fc.string()), (cause, found, values) => {
        const diagnosis = diagnose(failed(cause, values), found, [])
        expect(diagnosis.confidence).toBeGreaterThan(0)
        expect(diagnosis.confidence).toBeLessThanOrEqual(0.99)
        expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis)
      }),
      { seed: 42, numRuns: 100 },
    )
  })
})

test('each rule has a name of its own, and says what it looks at in a clause', () => {
  expect(new Set(DIAGNOSIS_RULES.map(({ name }) => name)).size).toBe(DIAGNOSIS_RULES.length)
  for (const { name, looksAt } of DIAGNOSIS_RULES)
    expect([name, looksAt]).toEqual([expect.stringMatching(/^[a-z0-9-]+$/), expect.stringMatching(/^[a-z`].*[^.]$/)])
})

test('a fact has its unit, and is not told twice', () => {
  expect(valueText('limit_ms', 3_000)).toBe('3 s')
  expect(isTold({ name: 'port', value: 3000, says: 'nothing listens on port 3000, it seems' })).toBe(true)
  expect(isTold({ name: 'path', value: '/work', says: 'nearly all of them are at this path' })).toBe(false)
  expect(isTold({ name: 'port', value: 0, says: 'nothing listens on port 3000' })).toBe(false)
})

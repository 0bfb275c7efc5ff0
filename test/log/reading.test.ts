/** Reading logs: packed, broken, long, of several lines an entry, several at a time; and that the quick way sees what the slow one does. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HaproxyScan } from '../../src/insight/dialect/haproxy/quick-line.ts'
import { LOG_FORMATS } from '../../src/insight/dialect/log-format-table.ts'
import { findFormat, LineReader } from '../../src/insight/log/line-reader.ts'
import { createQuickScan } from '../../src/insight/log/quick-scan.ts'
import { parseSince } from '../../src/insight/log/since.ts'
import { judge } from '../../src/insight/log/verdict.ts'
import { access, counts, NOW, nginx, REFUSED, read, TIMED_OUT } from './made.ts'

const LINES = [access(10, 200), access(11, 502), access(12, 404)]
const TEXT = `${LINES.join('\n')}\n`

describe('a log', () => {
  test('may be packed, in several members', async () => {
    const [first, second] = [Buffer.from(`${LINES[0]}\n`), Buffer.from(`${LINES[1]}\n${LINES[2]}\n`)]
    const gzip = await read({ a: Buffer.concat([gzipSync(first), gzipSync(second)]) })
    const zstd = await read({ a: Buffer.concat([zstdCompressSync(first), zstdCompressSync(second)]) })
    expect([gzip, zstd].map(({ requests, errors }) => [requests, errors])).toEqual([
      [3, 1],
      [3, 1],
    ])
  })

  test('that is packed and cut off is read as far as it goes, and said to be so', async () => {
    const packed = gzipSync(
      Buffer.from(Array.from({ length: 5_000 }, (_, i) => access(i % 3_000, 502, { path: `/${i * 7919}` })).join('\n')),
    )
    const report = await read({ a: packed.subarray(0, packed.length / 2) })
    expect(report.errors).toBeGreaterThan(500)
    expect(report.files[0]?.problem).toMatch(/unexpected end/)
  })

  test('may lack its last line feed, have others, or blank lines', async () => {
    expect(await read({ a: TEXT.trimEnd() })).toMatchObject({ requests: 3, errors: 1 })
    expect(await read({ a: TEXT.replaceAll('\n', '\r\n\r\n') })).toMatchObject({ requests: 3, errors: 1, files: [{ unparsed: 0 }] })
    expect(await read({ a: '' })).toMatchObject({ requests: 0, errors: 0, files: [{ format: null, lines: 0 }] })
  })

  test('has lines counted that nothing understands, and shown', async () => {
    const report = await read({
      a: [LINES[0] as string, 'what?', LINES[1] as string, LINES[1]?.slice(0, 40) as string, '\u0000\ufffd\u001b[2J'],
    })
    expect(report).toMatchObject({ requests: 2, errors: 1, files: [{ lines: 5, unparsed: 3, format: 'combined' }] })
    expect(report.files[0]?.unread.map(({ line }) => line)).toEqual([2, 4, 5])
  })

  test('may have a line that is longer than any line', async () => {
    const report = await read({ a: `${LINES[0]}\n${'x'.repeat(3 << 20)}\n${LINES[1]}\n` })
    expect(report).toMatchObject({ requests: 2, errors: 1, files: [{ lines: 3, unparsed: 1 }] })
  })

  test('may be longer than a chunk, with a line across each border', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => access(i % 3_000, i % 100 === 0 ? 502 : 200, { path: `/${'y'.repeat(i % 97)}` }))
    const report = await read({ a: lines })
    expect(report).toMatchObject({ requests: 20_000, errors: 200, files: [{ lines: 20_000, unparsed: 0 }] })
    expect(report.timeline.requests.reduce((sum, count) => sum + count, 0)).toBe(20_000)
    expect(report.timeline.errors.reduce((sum, count) => sum + count, 0)).toBe(200)
  })

  test('may be mixed, and in the envelope of a collector', async () => {
    const docker = JSON.stringify({ log: `${LINES[1]}\n`, stream: 'stdout', time: '2026-11-22T06:00:11Z' })
    const kubernetes = `2026-11-22T06:00:11.1Z stdout F ${LINES[1]}`
    const compose = `web-1  | ${LINES[1]}`
    const syslog = `Nov 22 06:00:11 web nginx: ${nginx(30, REFUSED)}`
    const report = await read({ a: [docker, kubernetes, compose, syslog] })
    expect(report).toMatchObject({ requests: 3, files: [{ unparsed: 0 }] })
    expect(counts(report)).toEqual({ '?': 3, 'connect-refused': 1 })
  })

  test('has entries of several lines', async () => {
    const entry = [
      '2026/11/22 06:00:11 [error] 31#31: *1 FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught Exception: no',
      'Stack trace:',
      '#0 /srv/a.php(3): b()',
      '  thrown in /srv/a.php on line 3" while reading response header from upstream, client: 10.0.0.9, server: _, request: "GET /a HTTP/1.1", upstream: "fastcgi://unix:/run/php.sock:", host: "a"',
    ]
    const found: unknown[] = []
    const unread: string[] = []
    const reader = new LineReader({
      formats: LOG_FORMATS,
      nowMs: NOW,
      onEntry: (one) => void found.push(one),
      onUnread: (_, text) => void unread.push(text),
    })
    for (const [index, line] of [...entry, nginx(12, REFUSED)].entries()) reader.read(line, index + 1)
    reader.flush()
    expect(unread).toEqual([])
    expect(found).toMatchObject([{ line: 1, entry: { target: '/a', message: expect.stringContaining('#0 /srv/a.php(3)') } }, { line: 5 }])
  })

  test('may be read from some time on', async () => {
    const sinceMs = Date.UTC(2026, 10, 22, 6, 2)
    const lines = [access(60, 502), access(119, 200), access(120, 200), access(121, 502), nginx(30, REFUSED), nginx(130, TIMED_OUT)]
    const report = await read({ a: lines }, { sinceMs })
    expect(counts(report)).toEqual({ '?': 1, 'response-timeout': 1 })
    expect(report.requests).toBe(2)
  })

  test('may be said to be of a format', async () => {
    expect((await read({ a: LINES }, { format: 'nginx-error' })).files[0]).toMatchObject({ format: 'nginx-error', unparsed: 3 })
  })
})

test('logs that overlap are read in the order of time', async () => {
  const seen: number[] = []
  await read(
    {
      a: [access(10, 502), access(30, 502), access(29, 502)],
      b: [access(20, 502), access(40, 502)],
      c: gzipSync(Buffer.from(access(25, 502))),
    },
    { onError: ({ timeMs }) => void seen.push((timeMs / 1_000) % 60) },
  )
  expect(seen).toEqual([10, 20, 25, 30, 29, 40])
})

test('the logs that CrowdSec collected are understood, but what no server wrote', async () => {
  const folder = join(import.meta.dirname, '../golden/log/crowdsec')
  const files = readdirSync(folder).filter((name) => name.endsWith('.log'))
  const reports = await Promise.all(files.map((name) => read({ [name]: readFileSync(join(folder, name)) })))
  const unparsed = reports.flatMap((report) => report.files.map(({ path, unparsed }) => [path, unparsed] as const))
  expect(Object.fromEntries(unparsed.filter(([, count]) => count > 0))).toEqual({
    // Windows, and LiteSpeed's own log: neither is read. A plugin's chatter.
    'iis-xml-logs.log': 1,
    'litespeed-logs.log': 2,
    'traefik_json.log': 1,
  })
})

describe('--since', () => {
  const at = new Date(2026, 10, 22, 12, 0).getTime()
  test.each([
    ['2h', at - 2 * 3_600_000],
    ['2026-11-20', new Date(2026, 10, 20).getTime()],
    ['2026-11-20T10:00', new Date(2026, 10, 20, 10).getTime()],
    ['2026-11-20 10:00:30Z', Date.UTC(2026, 10, 20, 10, 0, 30)],
    ['10:00', new Date(2026, 10, 22, 10).getTime()],
    ['13:30', new Date(2026, 10, 21, 13, 30).getTime()],
  ])('%s', (text, ms) => expect(parseSince(text, at)).toEqual({ ok: true, value: ms }))

  test.each(['yesterday', '25:00', '2026-13-01', ''])('%j is refused', (text) => expect(parseSince(text, at).ok).toBe(false))
})

/** Lines that are nearly right, so that both ways are taken. */
const piece = fc.oneof(
  fc.constantFrom(
    '"',
    '\\',
    ' ',
    '-',
    '[',
    ']',
    '" 502 ',
    '" 200 ',
    '5',
    '"status":200',
    '"status": "502"',
    '{',
    '}',
    ',',
    '\t',
    '\u0000',
    'é',
  ),
  fc.string({ maxLength: 6 }),
)
const valid = fc
  .record({
    second: fc.integer({ min: 0, max: 3_599 }),
    status: fc.constantFrom(101, 200, 204, 301, 404, 408, 459, 460, 499, 500, 502, 504, 522),
    path: fc.array(piece, { maxLength: 4 }).map((parts) => `/${parts.join('')}`),
    agent: fc.array(piece, { maxLength: 4 }).map((parts) => parts.join('')),
  })
  .map(({ second, status, path, agent }) => access(second, status, { path, agent }))
const json = fc
  .record({ status: fc.constantFrom<unknown>(200, '200', 502, '502', null, [200]), uri: fc.string(), x: fc.jsonValue(), msg: fc.string() })
  .map(({ status, ...rest }) => JSON.stringify({ time: '2026-11-22T06:00:00Z', ...rest, status, y: { z: 1 } }))
const haproxyPiece = fc.oneof(
  fc.constantFrom(
    'haproxy[7]: ',
    '1.2.3.4:5 ',
    '[22/Nov/2026:06:11:54.123] ',
    'a b/c ',
    '0/0/1/2/3 ',
    '200 1 - - ---- ',
    '1/1/0/0/0 0/0',
    '/',
    '+',
  ),
  fc.constantFrom('-', ' ', ':', '[', ']', '9', 'SC', '502', '61', '99', 'Nov', '\t', '\r', '\u2028', 'é', '"', ''),
)
function mostly<T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: other })
}
/** All before its like is a prefix to the format. */
const WITHIN = 'haproxy[9]: 1.2.3.4:5 [22/Nov/2026:06:11:54.123] a b/c 0/0/1/2/3 502 1 - - SC-- 1/1/0/0/0 0/0 '
const haproxyLine = fc
  .record({
    front: fc.constantFrom('', 'Nov 22 06:11:54 lb1 haproxy[812]: ', 'haproxy[8]: ', 'haproxy: '),
    second: fc.integer({ min: 0, max: 61 }),
    status: mostly(fc.constant(200), fc.constantFrom(204, 301, 404, 408, 460, 499, 502, 503, -1)),
    state: mostly(fc.constant('----'), fc.constantFrom('--VN', 'SC--', 'SD--', 'CD--', 'LR--', 'S---', '-S--', '-')),
    timers: mostly(fc.constant('0/0/1/2/3'), fc.constantFrom('0/0/0/-1/9', '0/0/1/2/+30', '+0/0/1/2/3')),
    counts: mostly(fc.constant('1/1/0/0/0 0/0'), fc.constantFrom('1/1/0/0/+1 0/0', '1/1/0/0/-1 0/0', '1/1/0/0 0/0')),
    target: mostly(
      fc.constant('/cart?a=[1]'),
      fc.oneof(
        fc.constant(WITHIN),
        fc.array(haproxyPiece, { maxLength: 3 }).map((parts) => `/${parts.join('')}`),
      ),
    ),
  })
  .map(({ front, second, status, state, timers, counts: open, target }) => {
    const time = `22/Nov/2026:06:11:${String(second).padStart(2, '0')}.123`
    return `${front}203.0.113.9:4071 [${time}] web~ app/app1 ${timers} ${status} 612 - - ${state} ${open} "GET ${target} HTTP/1.1"`
  })
const haproxy = fc.oneof(
  haproxyLine,
  fc
    .tuple(haproxyLine, fc.nat(170), fc.nat(3), haproxyPiece)
    .map(([line, at, gone, text]) => line.slice(0, at) + text + line.slice(at + gone)),
)
const mutated = fc.tuple(fc.oneof(valid, json), fc.nat(300), fc.nat(3), piece).map(([line, at, gone, text]) => {
  return line.slice(0, at) + text + line.slice(at + gone)
})
const anyLine = fc.oneof(
  valid,
  json,
  mutated,
  fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
)

function entriesOf(line: string): { kind: string; status?: number | undefined }[] {
  const found: { kind: string; status?: number | undefined }[] = []
  const reader = new LineReader({ formats: LOG_FORMATS, nowMs: NOW, onEntry: ({ entry }) => void found.push(entry), onUnread: () => {} })
  reader.read(line, 1)
  reader.flush()
  return found
}

describe('no line', () => {
  test('makes a format throw', () => {
    const samples = LOG_FORMATS.map(({ name }) => name)
    expect(samples.length).toBeGreaterThan(25)
    fc.assert(
      fc.property(anyLine, (line) => {
        for (const format of LOG_FORMATS) {
          format.parse(line)
          format.continues?.(line, line)
        }
      }),
      { numRuns: 1_000, seed: 502 },
    )
  })

  test('is passed over by its bytes that the format would read otherwise', () => {
    const quick = createQuickScan({ kind: 'clf' })
    let passed = 0
    fc.assert(
      fc.property(fc.oneof(valid, mutated), (text) => {
        const line = text.replaceAll(/[\r\n]/g, '')
        const bytes = Buffer.from(line)
        if (!quick.isWell(bytes, 0, bytes.length)) return
        passed++
        const [entry] = entriesOf(line)
        expect(entry?.kind).toBe('access')
        expect(entry?.status).toBeGreaterThanOrEqual(200)
        expect(entry?.status).toBeLessThan(460)
      }),
      { numRuns: 5_000, seed: 502 },
    )
    expect(passed).toBeGreaterThan(1_000)
  })

  test('has another format for being tried first on those that its beginning hints at', () => {
    let [clf, read] = [0, 0]
    fc.assert(
      fc.property(anyLine, (line) => {
        const expected = findFormat(line, LOG_FORMATS)?.entry
        if (expected === undefined || Number.isNaN(expected.timeMs)) return
        read++
        if (line.startsWith('203.0.113.9 - - [')) clf++
        expect(entriesOf(line)[0]).toEqual(expected)
      }),
      { numRuns: 3_000, seed: 502 },
    )
    expect(clf).toBeGreaterThan(500)
    expect(read).toBeGreaterThan(clf)
  })

  test("of HAProxy's is passed over that is of another form, or of a request that failed", () => {
    const quick = new HaproxyScan()
    let [passed, left] = [0, 0]
    fc.assert(
      fc.property(haproxy, (line) => {
        const bytes = Buffer.from(`[x ${line}\n`)
        if (!quick.isWell(bytes, 3, bytes.length - 1)) {
          left++
          return
        }
        passed++
        const format = findFormat(line, LOG_FORMATS)
        expect(format?.format.name).toBe('haproxy')
        expect(format?.entry.status).toBeGreaterThanOrEqual(200)
        expect(format?.entry.status).toBeLessThan(460)
        expect(format && judge(format.entry)).toBeNull()
      }),
      { numRuns: 10_000, seed: 502 },
    )
    expect(passed).toBeGreaterThan(1_000)
    expect(left).toBeGreaterThan(3_000)
  })

  test('of JSON is passed over that has another status', () => {
    const quick = createQuickScan({ kind: 'json', key: 'status' })
    let passed = 0
    fc.assert(
      fc.property(json, (line) => {
        const bytes = Buffer.from(line)
        quick.renew()
        if (!quick.isWell(bytes, 0, bytes.length)) return
        passed++
        expect(Number(JSON.parse(line).status)).toBe(200)
      }),
      { numRuns: 2_000, seed: 502 },
    )
    expect(passed).toBeGreaterThan(300)
  })
})

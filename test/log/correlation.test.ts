/** What several logs say of one failure is one failure, of the deepest cause that any names; what nothing tells is not guessed. */
import { describe, expect, test } from 'vitest'
import { access, counts, nginx, REFUSED, RESET, read, TIMED_OUT } from './made.ts'

const FPM = (second: string, text: string): string => `[22-Nov-2026 06:${second}] WARNING: [pool www] ${text}`

describe('an access log and its error log', () => {
  test('count a request once, and the error log tells why', async () => {
    const report = await read({
      'access.log': [access(10, 200), access(11, 502), access(12, 502)],
      'error.log': [nginx(11, REFUSED), nginx(12, REFUSED)],
    })
    expect(counts(report)).toEqual({ 'connect-refused': 2 })
    expect(report).toMatchObject({ requests: 3, errors: 2 })
    const [example] = report.causes[0]?.examples ?? []
    expect(example).toMatchObject({ file: 'access.log', line: 2, evidence: [{ file: 'error.log', line: 1 }] })
    expect(report.causes[0]).toMatchObject({ share: 1, first: '2026-11-22T06:00:11.000Z', last: '2026-11-22T06:00:12.000Z' })
    expect(report.causes[0]?.upstreams).toEqual([{ name: '127.0.0.1:3000', count: 2 }])
  })

  test('a line of the error log tells of one request only', async () => {
    const report = await read({ 'access.log': [access(11, 502), access(11, 502)], 'error.log': [nginx(11, REFUSED)] })
    expect(counts(report)).toEqual({ 'connect-refused': 1, '?': 1 })
  })

  test('in whatever order they are given', async () => {
    const report = await read({ 'error.log': [nginx(11, REFUSED)], 'access.log': [access(11, 502)] })
    expect(counts(report)).toEqual({ 'connect-refused': 1 })
  })

  test('of which the second does not tell of a request leave it unattributed', async () => {
    const report = await read({
      'access.log': [access(11, 502)],
      'error.log': [nginx(11, REFUSED, { path: '/other' }), nginx(40, REFUSED)],
    })
    expect(counts(report)['?']).toBe(1)
    expect(report.unattributed.examples).toMatchObject([{ file: 'access.log', line: 1 }])
  })

  test('agree on the request even where a proxy in front hides the client from one', async () => {
    const report = await read({
      'access.log': [access(11, 502, { client: '198.51.100.7' })],
      'error.log': [nginx(11, REFUSED, { client: '10.0.0.2' })],
    })
    expect(counts(report)).toEqual({ 'connect-refused': 1 })
  })

  test('count attempts that another server made good apart', async () => {
    const report = await read({
      'access.log': [access(11, 502, { path: '/a' }), access(20, 200, { path: '/b' }), access(200, 200)],
      'error.log': [nginx(11, REFUSED, { path: '/a' }), nginx(20, REFUSED, { path: '/b', connection: 8 })],
    })
    expect(counts(report)).toEqual({ 'connect-refused': 1 })
    expect(report.causes[0]?.rescued).toBe(1)
  })

  test('several attempts of one request are one failure', async () => {
    const attempts = [nginx(11, REFUSED), nginx(11, REFUSED, { to: 'http://127.0.0.1:3001' })]
    const noLive = nginx(11, 'no live upstreams while connecting to upstream', { to: 'http://shop' })
    expect(counts(await read({ 'error.log': [...attempts, noLive] }))).toEqual({ 'connect-refused': 1 })
    expect(counts(await read({ 'error.log': [noLive] }))).toEqual({ 'no-healthy-upstream': 1 })
    expect(counts(await read({ 'error.log': [nginx(11, REFUSED), nginx(12, REFUSED)] }))).toEqual({ 'connect-refused': 2 })
  })
})

describe('what the app said of itself', () => {
  test('explains what its proxy saw', async () => {
    const report = await read({
      'error.log': [nginx(100, TIMED_OUT)],
      'php-fpm.log': [FPM('00:41', 'server reached pm.max_children setting (5), consider raising it')],
    })
    expect(counts(report)).toEqual({ 'worker-pool-exhausted': 1 })
    expect(report.causes[0]?.examples[0]?.evidence).toMatchObject([{ file: 'php-fpm.log', line: 1 }])
    expect(report.causes[0]?.remedies[0]?.command).toContain('pm.max_children')
    expect(report.causes[0]?.events).toBe(1)
  })

  test('at another time does not', async () => {
    const report = await read({
      'error.log': [nginx(600, RESET)],
      'php-fpm.log': [FPM('08:00', 'child 9 exited on signal 11 (SIGSEGV) after 3.1 seconds from start')],
    })
    expect(counts(report)).toEqual({ 'reset-before-response': 1 })
    expect(report.causes.find(({ cause }) => cause === 'worker-crashed')).toMatchObject({ count: 0, events: 1 })
  })

  test('stands for itself where no proxy is heard', async () => {
    const report = await read({ 'php-fpm.log': [FPM('00:41', 'server reached pm.max_children setting (5), consider raising it')] })
    expect(counts(report)).toEqual({ 'worker-pool-exhausted': 1 })
  })

  test('the kernel says who was killed', async () => {
    const kernel = 'Nov 22 06:00:11 web kernel: [123.4] Out of memory: Killed process 99 (php-fpm) total-vm:1kB'
    const report = await read({ 'error.log': [nginx(11, RESET)], syslog: [kernel] })
    expect(counts(report)).toEqual({ 'worker-oom-killed': 1 })
    expect(report.causes[0]?.examples[0]?.evidence).toMatchObject([{ file: 'syslog', text: expect.stringContaining('Killed process 99') }])
  })
})

describe('lines without a time zone', () => {
  test('are in that of the access log beside them', async () => {
    const report = await read(
      {
        'access.log': [access(11, 502).replace('06:00:11 +0000', '08:00:11 +0200')],
        'error.log': [nginx(11, REFUSED).replace(' 06:', ' 08:')],
      },
      { zoneMs: undefined as never },
    )
    expect(counts(report)).toEqual({ 'connect-refused': 1 })
    expect(report.causes[0]?.first).toBe('2026-11-22T06:00:11.000Z')
  })
})

test('what took the servers out is found after however many other failures', async () => {
  const of = (second: number, message: string, connection: number): string => nginx(second, message, { connection, path: `/${connection}` })
  const none = of(2, 'no live upstreams while connecting to upstream', 2)
  const later = Array.from({ length: 1_200 }, (_, i) => of(10 + Math.floor(i / 20), RESET, 10 + i))
  const report = await read({ 'error.log': [of(1, REFUSED, 1), none, ...later] })
  expect(counts(report)).toEqual({ 'reset-before-response': 1_200, 'connect-refused': 2 })
})

test('a health check says why no server was left', async () => {
  const down = 'Server app/web1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms.'
  const request = '10.0.0.9:50000 [22/Nov/2026:06:00:20.000] in app/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"'
  const log = [`Nov 22 06:00:11 lb haproxy[9]: ${down}`, `Nov 22 06:00:20 lb haproxy[9]: ${request}`]
  expect(counts(await read({ 'haproxy.log': log }))).toEqual({ 'connect-refused': 1 })
  expect(counts(await read({ 'haproxy.log': log.slice(1) }))).toEqual({ 'no-healthy-upstream': 1 })
})

test('lines without any time are counted all the same', async () => {
  const report = await read({ 'uvicorn.log': ['INFO:     10.0.0.9:50000 - "GET /a HTTP/1.1" 503 Service Unavailable'] })
  expect(report).toMatchObject({ requests: 1, errors: 1, causes: [{ cause: 'upstream-overloaded', count: 1, first: null }] })
})

test('crawlers and routes are named, ids are not', async () => {
  const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
  const report = await read({
    'access.log': [access(11, 502, { path: '/orders/1', agent: googlebot }), access(12, 502, { path: '/orders/2?x=1' })],
  })
  expect(report.unattributed.crawlers).toEqual([{ name: 'Googlebot', count: 1 }])
  expect(report.unattributed.routes).toEqual([{ name: 'GET /orders/*', count: 2 }])
  expect(report.unattributed.said).toEqual([{ name: 'by its length (157 bytes) a page that nginx makes itself', count: 2 }])
})

test('memory of what is open is bounded, and nothing is lost by it', async () => {
  const report = await read({ 'error.log': Array.from({ length: 25_000 }, (_, i) => nginx(11, REFUSED, { path: `/${i}`, connection: i })) })
  expect(counts(report)).toEqual({ 'connect-refused': 25_000 })
  expect(report.causes[0]?.routes.length).toBeLessThanOrEqual(10)
})

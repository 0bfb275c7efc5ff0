/** From hops to the verdict, and from the verdict to what is printed. Pure: no network here. */
import { describe, expect, test } from 'vitest'
import { KNOWN_CAUSES, type KnownCauseId } from '../../src/causes/foreign-catalogue.ts'
import { renderDoctor } from '../../src/cli/doctor-page.ts'
import { COLOURS } from '../../src/cli/terminal.ts'
import { PLAIN } from '../../src/config/problem.ts'
import { advise } from '../../src/insight/doctor/advice.ts'
import { judge } from '../../src/insight/doctor/judge.ts'
import type { DoctorReport, Hop, HopName } from '../../src/insight/doctor/report.ts'
import { VERDICT_RULES } from '../../src/insight/doctor/rule-table.ts'
import { parseOrigin, parseTarget, type WebTarget } from '../../src/insight/doctor/target.ts'

type Facts = Readonly<Record<string, string | number | boolean>>

let at = 0
function hop(name: HopName, facts: Facts = {}, cause?: KnownCauseId, address = ADDRESSES[name.replace('origin-', '')] ?? PAGE): Hop {
  at += 20
  const evidence = Object.entries(facts).map(([key, value]) => ({ name: key, value }))
  const timings = { beganMs: at, ms: 15, ...(name === 'http' ? { connectMs: 3, tlsMs: 4, waitMs: 6, receiveMs: 2 } : {}) }
  return { name, address, ok: cause === undefined, ...(cause === undefined ? {} : { cause }), timings, evidence }
}

const PAGE = 'https://shop.example.com/cart'
const ADDRESSES: Readonly<Record<string, string>> = { dns: '192.0.2.53', tcp: '203.0.113.7:443', tls: '203.0.113.7:443' }

const DNS = hop('dns', { host: 'shop.example.com', a: '203.0.113.7', ttl_s: 300 })
const TCP = hop('tcp', { family: 'IPv4' })
const TLS = hop('tls', {
  subject: 'shop.example.com',
  names: 'shop.example.com',
  issuer: 'R11',
  days_left: 61,
  versions: 'TLSv1.3 TLSv1.2',
  version: 'TLSv1.3',
  alpn: 'h2',
})
const HTTP = hop('http', { status: 200, hops: 'Cloudflare → nginx', front: 'cloudflare', head_bytes: 812, body_bytes: 12_288 })
const WELL = [DNS, TCP, TLS, HTTP, hop('repeat', { requests: 20, failed: 0, outcomes: '200 ×20', median_ms: 31, slowest_ms: 90 })]

describe('the verdict', () => {
  test('of a way that is whole is that all is well', () => {
    expect(judge(WELL)).toEqual({
      cause: null,
      hop: null,
      confidence: 0.95,
      summary: 'All is well: every hop works, and the page comes in 15 ms with status 200, 20 times out of 20.',
    })
  })

  test('is about the earliest hop that ends the way for everybody', () => {
    const hops = [
      DNS,
      hop('tcp', { family: 'IPv6' }, 'connect-refused', '[2001:db8::7]:443'),
      TCP,
      hop('tls', { days_left: -3, not_after: '2026-11-19' }, 'tls-cert-expired'),
      hop('http', { status: 502 }, 'upstream-5xx'),
    ]
    expect(judge(hops)).toMatchObject({ cause: 'tls-cert-expired', hop: 'tls' })
    const cracked = hops.map((one) => (one.name === 'tls' ? TLS : one.name === 'http' ? HTTP : one))
    expect(judge(cracked)).toMatchObject({ cause: 'connect-refused', hop: 'tcp', summary: expect.stringContaining('not over IPv6') })
  })

  test('does not blame the site for an IPv6 that this machine lacks', () => {
    const skipped = hop('tcp', { family: 'IPv6', skipped: 'this machine has no IPv6' }, undefined, '[2001:db8::7]:443')
    expect(judge([DNS, skipped, TCP, TLS, HTTP]).cause).toBe(null)
    expect(judge([DNS, skipped, hop('tcp', { family: 'IPv4', limit_ms: 4_000 }, 'connect-timeout')])).toMatchObject({
      cause: 'connect-timeout',
      hop: 'tcp',
    })
  })

  test('of one server among several says which', () => {
    const again = hop('repeat', { requests: 20, failed: 7, outcomes: '200 ×13, 502 ×7', failing_address: '203.0.113.8' }, 'upstream-5xx')
    expect(judge([DNS, TCP, TLS, HTTP, again])).toMatchObject({
      hop: 'repeat',
      summary: expect.stringContaining('all of them at 203.0.113.8'),
    })
  })

  test('blames the chain behind the front by what the server behind shows', () => {
    const front = hop(
      'http',
      { status: 526, said_by: 'Cloudflare', said_page: 'own', is_said_by_proxy: true, front: 'cloudflare' },
      'tls-untrusted',
    )
    const back = [hop('origin-tcp'), hop('origin-tls', { is_self_signed: true }, 'tls-untrusted')]
    expect(judge([DNS, TCP, TLS, front, ...back])).toMatchObject({
      cause: 'tls-untrusted',
      hop: 'origin-tls',
      summary: expect.stringMatching(
        /^Cloudflare says 526, and it is the server behind it\. The server shows a certificate that it has signed itself/,
      ),
    })
  })

  test('warns of an idle limit that the front does not know, and of no other', () => {
    const idle = (ms: number): Hop => hop('origin-idle', { keeps: true, idle_limit_ms: ms })
    expect(judge([...WELL, idle(5_000)])).toMatchObject({ cause: 'keepalive-race', hop: 'origin-idle' })
    expect(judge([...WELL, idle(905_000)]).cause).toBe(null)
    const behindNginx = (version: string): (string | null)[] => {
      const hops = [DNS, TCP, TLS, hop('http', { status: 200, front: 'nginx', hops: `nginx ${version} → Node` }), idle(5_000)]
      return [judge(hops).cause]
    }
    expect([behindNginx('1.28.0'), behindNginx('1.29.6'), behindNginx('1.29.7'), behindNginx('1.30.1')].flat()).toEqual([
      null,
      null,
      'keepalive-race',
      'keepalive-race',
    ])
    expect(
      judge([...WELL.map((one) => ({ ...one, evidence: one.evidence.filter(({ name }) => name !== 'front') })), idle(5_000)]).cause,
    ).toBe(null)
  })

  test('names a cause of the catalogue in every row, and is a sentence', () => {
    for (const rule of VERDICT_RULES) {
      const cause = rule.cause ?? rule.becomes ?? 'upstream-5xx'
      expect(KNOWN_CAUSES[cause]).toBeDefined()
      const facts = {
        status: 502,
        host: 'shop.example.com',
        received_bytes: 4,
        surplus_bytes: 4,
        requests: 20,
        failed: 2,
        limit_ms: 400,
        elapsed_ms: 3,
        family: 'IPv4',
        days_left: -2,
        issuer: 'R11',
      }
      const { summary } = judge([DNS, hop(rule.step, facts, cause)])
      expect(summary).toMatch(/^[A-Z0-9].*\.(?:"|$)/)
      expect(summary).not.toMatch(/undefined|null|NaN/)
    }
  })
})

describe('the advice', () => {
  test('for an error that nginx made begins with its log', () => {
    const hops = [DNS, TCP, TLS, hop('http', { status: 502, said_by: 'nginx', said_page: 'own', is_said_by_proxy: true }, 'upstream-5xx')]
    const { visitor, owner } = advise(hops, judge(hops))
    expect(visitor[0]).toMatch(/^It is not you/)
    expect(owner[0]).toMatchObject({
      do: 'See in the log of nginx what it met behind it.',
      command: expect.stringContaining('/var/log/nginx/error.log'),
    })
    expect(owner.length).toBeGreaterThan(2)
  })

  test('fills in what is known', () => {
    const hops = [hop('dns', { host: 'shop.example.com' }, 'dns-servfail')]
    expect(advise(hops, judge(hops)).owner[0]?.command).toBe('dig shop.example.com; dig shop.example.com @1.1.1.1')
  })

  test('for a site that is well names what may not stay so', () => {
    const soon = WELL.map((one) =>
      one.name === 'tls' ? hop('tls', { days_left: 3 }) : one.name === 'http' ? hop('http', { status: 200, head_bytes: 6_000 }) : one,
    )
    expect(advise(soon, judge(soon)).owner.map(({ do: deed }) => deed.split(':')[0])).toEqual([
      'Renew the certificate',
      'Make the header of the answer smaller',
    ])
    expect(advise(WELL, judge(WELL)).owner).toEqual([])
  })
})

describe('the page', () => {
  const hops = [
    ...WELL.slice(0, 3),
    hop(
      'http',
      { status: 502, said_by: 'nginx', said_page: 'own', is_said_by_proxy: true, head_bytes: 150, body_bytes: 157 },
      'upstream-5xx',
    ),
  ]
  const verdict = judge(hops)
  const report: DoctorReport = { target: PAGE, verdict, hops, advice: advise(hops, verdict) }

  test('stays within the width of the terminal, but for commands', () => {
    for (const columns of [50, 64, 80, 100]) {
      const commands = report.advice.owner.map(({ command }) => command)
      const long = renderDoctor(report, PLAIN, columns)
        .split('\n')
        .filter((line) => line.length > columns && line.trim().includes(' ') && !commands.includes(line.trim()))
      expect(long, `${columns}`).toEqual([])
    }
  })

  test('says the same with colours and without', () => {
    expect(renderDoctor(report, COLOURS, 80).replaceAll(/\u001b\[\d+m/g, '')).toBe(renderDoctor(report, PLAIN, 80))
  })

  test('has the verdict first, then the way, then who can do what', () => {
    const page = renderDoctor(report, PLAIN, 80)
    expect(page).toMatch(/^✗ nginx answers, but only to say 502 itself/)
    const parts = ['The way to the site', 'If you only want to visit the site', 'If it is your site, likeliest first'].map((title) =>
      page.indexOf(title),
    )
    expect(parts.every((one, index) => one > (parts[index - 1] ?? 0))).toBe(true)
    expect(page).toContain('  ✓ TLS        203.0.113.7:443')
    expect(page).toContain('certificate for shop.example.com · by R11 · 61 days left')
  })

  test('lets nothing that came from outside steer the terminal', () => {
    const evil = [
      hop(
        'http',
        { status: 500, said_by: 'x\u001b[2J', error_output: '\u0007', server: '\u001b]0;' },
        'upstream-5xx',
        'http://a.test/\u001b[31m',
      ),
    ]
    const text = renderDoctor({ ...report, verdict: judge(evil), hops: evil }, PLAIN, 80)
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/)
  })
})

describe('a target', () => {
  test.each([
    ['shop.example.com', { url: 'https://shop.example.com/', host: 'shop.example.com', port: 443, path: '/', isSecure: true }],
    ['http://[::1]:8080/a?b#c', { url: 'http://[::1]:8080/a?b', host: '::1', port: 8080, authority: '[::1]:8080', path: '/a?b' }],
    ['https://me:secret@shop.example.com/', { url: 'https://shop.example.com/', authority: 'shop.example.com' }],
    ['wss://shop.example.com/live', { isSecure: true, isWebSocket: true, port: 443 }],
    ['https://münchen.example/', { host: 'xn--mnchen-3ya.example' }],
    [
      'fastcgi://127.0.0.1:9000/var/www/html',
      { address: { kind: 'tcp', host: '127.0.0.1', port: 9000 }, script: '/var/www/html/index.php' },
    ],
    [
      'fastcgi:///run/php.sock?root=/srv/app/up.php',
      { address: { kind: 'unix', path: '/run/php.sock' }, root: '/srv/app', script: '/srv/app/up.php' },
    ],
  ])('%s', (text, expected) => {
    expect(parseTarget(text)).toMatchObject({ ok: true, value: expected })
  })

  test.each(['', 'ftp://x.test/', 'https://', 'fastcgi://', 'http://a b/', 'javascript:alert(1)', 'fastcgi://127.0.0.1/%zz'])(
    'not %j',
    (text) => {
      expect(parseTarget(text).ok).toBe(false)
    },
  )

  test('has a server behind it with a port of its own, or that of the site', () => {
    const site = (parseTarget('https://shop.example.com/') as { value: WebTarget }).value
    const value = (text: string): unknown => {
      const parsed = parseOrigin(text, site)
      return parsed.ok ? parsed.value : null
    }
    expect(value('203.0.113.7')).toEqual({ kind: 'tcp', host: '203.0.113.7', port: 443 })
    expect(value('app.internal:3000')).toEqual({ kind: 'tcp', host: 'app.internal', port: 3000 })
    expect(value('[2001:db8::1]:8443')).toEqual({ kind: 'tcp', host: '2001:db8::1', port: 8443 })
    expect(value('2001:db8::1')).toEqual({ kind: 'tcp', host: '2001:db8::1', port: 443 })
    expect(value('a b')).toBe(null)
    expect(value('x:99999')).toBe(null)
  })
})

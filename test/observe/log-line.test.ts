import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/gateway/exchange/exchange.ts'
import { FIELDS } from '../../src/gateway/observe/field.ts'
import { LogLine } from '../../src/gateway/observe/log-line.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { attemptOf, endpointOf, exchangeOf, routeOf } from './exchange.ts'

const PIPE_BUF = 4096

function lineOf(exchange: Exchange, format: 'json' | 'combined' = 'json', bytesMax = 0): string {
  return new LogLine({ clock: new ManualClock() }).format(exchange, format, bytesMax)
}

function parsed(exchange: Exchange): { [name: string]: unknown } {
  return JSON.parse(lineOf(exchange))
}

describe('a JSON line', () => {
  test('says what was asked, what was answered, by whom, and how long each phase took', () => {
    const endpoint = endpointOf(3000)
    const exchange = exchangeOf({
      request: { method: 'POST', target: '/buy?item=1', userAgent: 'curl/8', referer: 'http://a/' },
      route: routeOf('shop/*', 'shop'),
      status: 201,
      bytesIn: 10,
      bytesOut: 20,
      attempts: [attemptOf({ endpoint, isReused: true })],
    })
    expect(parsed(exchange)).toEqual({
      time: '2023-11-14T22:13:21.000Z',
      id: 'id-1',
      client: '192.0.2.1',
      method: 'POST',
      host: 'example.com',
      target: '/buy?item=1',
      version: '1.1',
      route: 'shop/*',
      upstream: 'shop',
      endpoint: 'http://127.0.0.1:3000',
      status: 201,
      attempts: 1,
      total_ms: 3,
      head_ms: 0.25,
      connect_ms: 0.5,
      send_ms: 0.25,
      wait_ms: 0.75,
      receive_ms: 1,
      reused: true,
      idle_ms: 12.5,
      bytes_in: 10,
      bytes_out: 20,
      user_agent: 'curl/8',
      referer: 'http://a/',
    })
  })

  test('names the cause, the side and the phase of a failure', () => {
    const line = parsed(exchangeOf({ status: 502, cause: 'connect-refused' }))
    expect(line).toMatchObject({ status: 502, cause: 'connect-refused', side: 'upstream', phase: 'connect' })
  })

  test('lists the attempts when there was more than one', () => {
    const first = attemptOf({ endpoint: endpointOf(3000), cause: 'connect-refused' })
    const second = attemptOf({ endpoint: endpointOf(3001), ordinal: 2 })
    expect(parsed(exchangeOf({ attempts: [first, second] }))).toMatchObject({
      attempts: 2,
      attempt_list: [
        { endpoint: 'http://127.0.0.1:3000', cause: 'connect-refused', ms: 2 },
        { endpoint: 'http://127.0.0.1:3001', status: 200, ms: 2 },
      ],
    })
  })

  test('has the trace id of a valid traceparent, and none of an invalid one', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    expect(parsed(exchangeOf({ request: { traceparent } })).trace_id).toBe('4bf92f3577b34da6a3ce929d0e0e4736')
    expect(parsed(exchangeOf({ request: { traceparent: 'nonsense' } }))).not.toHaveProperty('trace_id')
  })

  test('is written for a request that was never understood', () => {
    const line = parsed(exchangeOf({ request: { method: '', target: '', host: '' }, route: null, status: 400, cause: 'request-malformed' }))
    expect(line).toMatchObject({ status: 400, cause: 'request-malformed', attempts: 0 })
    expect(line).not.toHaveProperty('route')
  })

  test('shows UTF-8 that came as bytes as the characters it meant, and other bytes as Latin-1', () => {
    const utf8 = Buffer.from('Zoë ☕').toString('latin1')
    expect(parsed(exchangeOf({ request: { userAgent: utf8 } })).user_agent).toBe('Zoë ☕')
    expect(parsed(exchangeOf({ request: { userAgent: 'Zo\xeb' } })).user_agent).toBe('Zoë')
  })

  test('shows nothing that steers a terminal', () => {
    const line = lineOf(exchangeOf({ request: { userAgent: '\u001b[2J\u009b2J\u202eevil', referer: '\u0000\u007f' } }))
    expect(line).toMatch(/^[\x20-\x7e]+\n$/)
  })

  test('has every field of the table at most once and no other', () => {
    const exchange = exchangeOf({ status: 502, cause: 'connect-refused', attempts: [attemptOf({ endpoint: endpointOf() })] })
    const names = FIELDS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const key of Object.keys(parsed(exchange))) expect(names).toContain(key)
  })

  test('is one line of valid JSON that gives every text back, whatever a request contains', () => {
    const anything = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 12 })
    const property = fc.property(anything, anything, (target, userAgent) => {
      const line = lineOf(exchangeOf({ request: { target, userAgent } }))
      const { target: shown = '' } = JSON.parse(line) as { target?: string }
      const isOneLine = line.indexOf('\n') === line.length - 1
      // Bytes that were valid UTF-8 are shown decoded.
      const isTold = shown === target || shown === Buffer.from(target, 'latin1').toString('utf8')
      return isOneLine && isTold && Buffer.from(line).toString() === line
    })
    fc.assert(property, { seed: 1, numRuns: 300 })
  })
})

describe('a line for a pipe', () => {
  test.each(['json', 'combined'] as const)('is short enough to be written whole: %s', (format) => {
    for (const character of ['a', '"', '\u0001', '\xff', '☕']) {
      const long = character.repeat(8_000)
      const attempts = [1, 2, 3].map((ordinal) => attemptOf({ endpoint: endpointOf(3000 + ordinal), ordinal }))
      const exchange = exchangeOf({ request: { target: long, userAgent: long, referer: long, host: long, method: long }, attempts })
      const line = lineOf(exchange, format, PIPE_BUF)
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(PIPE_BUF)
      if (format === 'json') expect(JSON.parse(line).target).toMatch(/\.\.\.$/)
    }
  })

  test('is not cut when it fits', () => {
    expect(JSON.parse(lineOf(exchangeOf({ request: { target: `/${'a'.repeat(2_000)}` } }), 'json', PIPE_BUF)).target).toHaveLength(2_001)
  })
})

describe('a combined line', () => {
  test('is as NCSA has it', () => {
    const exchange = exchangeOf({ request: { target: '/a?b', userAgent: 'Mozilla/5.0', referer: 'http://r/' }, bytesOut: 5 })
    expect(lineOf(exchange, 'combined')).toBe(
      '192.0.2.1 - - [14/Nov/2023:22:13:21 +0000] "GET /a?b HTTP/1.1" 200 5 "http://r/" "Mozilla/5.0"\n',
    )
  })

  test('has hyphens for what is absent', () => {
    const exchange = exchangeOf({ request: { method: '', target: '' }, client: '', status: 400 })
    expect(lineOf(exchange, 'combined')).toBe('- - - [14/Nov/2023:22:13:21 +0000] "-" 400 0 "-" "-"\n')
  })

  test('cannot be made to look like two lines or other fields, whatever a request contains', () => {
    const shape = /^[!-~]+ - - \[[^\]]+\] "[^"]*" 200 0 "[^"]*" "[^"]*"\n$/
    const anything = fc.string({ unit: fc.nat(0xff).map((unit) => String.fromCharCode(unit)), maxLength: 12 })
    const property = fc.property(anything, anything, anything, anything, (target, userAgent, referer, client) =>
      shape.test(lineOf(exchangeOf({ request: { target, userAgent, referer }, client }), 'combined')),
    )
    fc.assert(property, { seed: 1, numRuns: 300 })
  })
})

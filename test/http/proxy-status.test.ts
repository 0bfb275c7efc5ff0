/** RFC 9209, judged by a parser of structured fields that is not ours. */
import * as fc from 'fast-check'
import { parseList, Token } from 'structured-headers'
import { describe, expect, it } from 'vitest'
import { type ProxyStatus, proxyStatus } from '../../src/http/proxy-status.ts'

/** Controls, ASCII, Latin-1 and beyond. (The library's own unit for this takes a second to set up.) */
const text = fc.string({ unit: fc.integer({ min: 0, max: 0x2ff }).map((point) => String.fromCodePoint(point)) })

function read(name: string, status: ProxyStatus): { name: unknown; parameters: Map<string, unknown> } {
  const list = parseList(proxyStatus(name, status))
  expect(list).toHaveLength(1)
  const [item, parameters] = list[0]!
  return { name: item, parameters }
}

describe('Proxy-Status', () => {
  it('writes the name and the error as tokens, the details as a string', () => {
    expect(proxyStatus('gatewell', { error: 'connection_refused', details: 'connect-refused' })).toBe(
      'gatewell; error=connection_refused; details="connect-refused"',
    )
  })

  it('writes the status and the next hop that it knows of', () => {
    const { parameters } = read('edge', { receivedStatus: 503, nextHop: '10.0.0.1:3000', error: 'http_protocol_error' })
    expect(parameters.get('received-status')).toBe(503)
    expect(parameters.get('next-hop')).toBe('10.0.0.1:3000')
    expect(parameters.get('error')).toEqual(new Token('http_protocol_error'))
  })

  it('is only the name when there is nothing to say', () => {
    expect(proxyStatus('gatewell', {})).toBe('gatewell')
  })

  it('quotes a name that is no token', () => {
    expect(proxyStatus('7 gates', {})).toBe('"7 gates"')
    expect(proxyStatus('', {})).toBe('""')
    expect(proxyStatus('edge/fra:1', {})).toBe('edge/fra:1')
  })

  it('escapes quotes and backslashes', () => {
    expect(proxyStatus('g', { details: 'say "no" \\ now' })).toBe('g; details="say \\"no\\" \\\\ now"')
  })

  it('percent-encodes what a string cannot hold', () => {
    expect(proxyStatus('g', { details: 'zu groß\r\nX: y' })).toBe('g; details="zu gro%C3%9F%0D%0AX: y"')
  })

  it('gives any text in a form that parses and cannot end the line', () => {
    fc.assert(
      fc.property(text, text, text, (name, nextHop, details) => {
        const value = proxyStatus(name, { error: 'dns_error', nextHop, details })
        expect(value).toMatch(/^[\x20-\x7e]+$/)
        expect(read(name, { error: 'dns_error', nextHop, details }).parameters.size).toBe(3)
      }),
      { seed: 9209, numRuns: 200 },
    )
  })
})

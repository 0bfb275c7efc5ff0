import { describe, expect, test } from 'vitest'
import { clientAddress, forwardingText, isLooping } from '../../src/http/forwarding.ts'
import { RequestHead } from '../../src/http/message.ts'

function headWith(some: Partial<RequestHead>): RequestHead {
  return Object.assign(new RequestHead(), { host: 'h.example', ...some })
}

const STRANGER = { address: '9.9.9.9', isTrusted: false }
const FRIEND = { address: '10.0.0.1', isTrusted: true }
const linesOf = (text: string): string[] => text.split('\r\n').slice(0, -1)

describe('forwardingText', () => {
  test('tells of the peer alone when that is a stranger', () => {
    const head = headWith({ forwardedFor: '1.1.1.1', forwardedProto: 'https', forwardedHost: 'x', forwarded: 'for=1.1.1.1' })
    expect(linesOf(forwardingText(head, STRANGER, 'gw'))).toEqual([
      'X-Forwarded-For: 9.9.9.9',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Host: h.example',
      'Forwarded: for=9.9.9.9;host=h.example;proto=http',
      'Via: 1.1 gw',
    ])
  })

  test('adds a trusted peer to what that says', () => {
    const head = headWith({ forwardedFor: '1.1.1.1, 2.2.2.2', forwardedProto: 'https', forwardedHost: 'x', forwarded: 'for=1.1.1.1' })
    expect(linesOf(forwardingText(head, FRIEND, 'gw')).slice(0, 4)).toEqual([
      'X-Forwarded-For: 1.1.1.1, 2.2.2.2, 10.0.0.1',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: x',
      'Forwarded: for=1.1.1.1, for=10.0.0.1;host=x;proto=https',
    ])
  })

  test('a trusted peer that says nothing is the first', () => {
    expect(linesOf(forwardingText(headWith({}), FRIEND, 'gw'))[0]).toBe('X-Forwarded-For: 10.0.0.1')
  })

  test('an IPv6 address is bracketed and quoted in Forwarded, RFC 7239 §6', () => {
    const lines = linesOf(forwardingText(headWith({}), { address: '2001:db8::1', isTrusted: false }, 'gw'))
    expect(lines[0]).toBe('X-Forwarded-For: 2001:db8::1')
    expect(lines[3]).toBe('Forwarded: for="[2001:db8::1]";host=h.example;proto=http')
  })

  test('a peer on a unix socket is unknown', () => {
    expect(linesOf(forwardingText(headWith({}), { address: '', isTrusted: false }, 'gw'))[3]).toBe(
      'Forwarded: for=unknown;host=h.example;proto=http',
    )
  })

  test('what is no token is quoted, and cannot leave its quotes', () => {
    const host = 'a";proto=https;x="\\'
    const lines = linesOf(forwardingText(headWith({ forwardedHost: host }), FRIEND, 'gw'))
    expect(lines[3]).toBe('Forwarded: for=10.0.0.1;host="a\\";proto=https;x=\\"\\\\";proto=http')
  })

  test('a trusted peer cannot make a scheme of its own up in Forwarded', () => {
    const lines = linesOf(forwardingText(headWith({ forwardedProto: 'x;y' }), FRIEND, 'gw'))
    expect(lines[3]).toContain(';proto=http')
  })
})

describe('clientAddress', () => {
  const isTrusted = (address: string): boolean => address.startsWith('10.')
  const of = (forwardedFor: string, peer = FRIEND): string => clientAddress(headWith({ forwardedFor }), peer, isTrusted)

  test.for([
    ['', '10.0.0.1'],
    ['1.1.1.1', '1.1.1.1'],
    ['6.6.6.6, 1.1.1.1', '1.1.1.1'],
    ['1.1.1.1, 10.0.0.2', '1.1.1.1'],
    ['6.6.6.6, 1.1.1.1, 10.0.0.3, 10.0.0.2', '1.1.1.1'],
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['2001:db8::1', '2001:db8::1'],
    ['1.1.1.1, nonsense, 10.0.0.2', '10.0.0.2'],
    ['nonsense', '10.0.0.1'],
    ['<script>', '10.0.0.1'],
    [' 1.1.1.1 ', '1.1.1.1'],
    ['1.1.1.1,', '10.0.0.1'],
  ])('of "%s" it is %s', ([forwardedFor, client]) => expect(of(forwardedFor as string)).toBe(client))

  test('a stranger is who it is', () => {
    expect(of('1.1.1.1', STRANGER)).toBe('9.9.9.9')
  })
})

describe('isLooping', () => {
  test('finds the pseudonym among the hops, whole and nothing else', () => {
    for (const via of ['1.1 gw', '1.0 a, 1.1 gw', '1.1 gw (comment), 1.1 b', 'HTTP/1.1   gw', '1.1\tgw'])
      expect(isLooping(via, 'gw'), via).toBe(true)
    for (const via of ['', '1.1 gwx', '1.1 a (gw)', 'gw', '1.1 a gw', '1.1']) expect(isLooping(via, 'gw'), via).toBe(false)
  })
})

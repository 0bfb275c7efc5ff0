import { describe, expect, test } from 'vitest'
import { type AdminRefusal, createGuard } from '../../src/control/admin/guard.ts'
import type { Address } from '../../src/net/address.ts'

const tcp = (host: string): Address => ({ kind: 'tcp', host, port: 8502 })

type Fields = Readonly<Record<string, string>>
type Ask = (fields: Fields, isPage?: boolean) => AdminRefusal['status'] | null

function guardOf(address: Address, token: string | null = null): Ask {
  const guard = createGuard({ address, token })
  return (fields, isPage = false) => guard({ field: (name) => fields[name] ?? '', isPage })?.status ?? null
}

describe('on a loopback address', () => {
  const ask = guardOf(tcp('127.0.0.1'))

  test.each(['localhost', 'localhost:8502', 'LOCALHOST', '127.0.0.1:8502', '127.8.8.8', '[::1]:8502', 'localhost:9000'])(
    'who asks for %s is answered, without a token',
    (host) => expect(ask({ host })).toBe(null),
  )

  test.each([
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:8502',
    '10.0.0.1:8502',
    'localhost:8502@evil',
  ])('a web page that was led here by the name "%s" is not', (host) => expect(ask({ host })).toBe(421))

  test('IPv6 and localhost are loopback too', () => {
    for (const host of ['::1', 'localhost']) expect(guardOf(tcp(host))({ host: 'localhost' })).toBe(null)
  })
})

describe('on any other address', () => {
  const ask = guardOf(tcp(''), 'secret')

  test('the token is needed, whatever Host says', () => {
    expect(ask({ host: 'localhost' })).toBe(401)
    expect(ask({ host: 'gateway.example', authorization: 'Bearer secret' })).toBe(null)
    expect(ask({ host: 'gateway.example', authorization: 'bearer secret' })).toBe(null)
  })

  test.each(['secret', 'Bearer', 'Bearer ', 'Bearer secre', 'Bearer secret2', 'Bearer SECRET', 'Basic secret', 'Bearer secret '])(
    '"%s" is not the token',
    (authorization) => expect(ask({ host: 'gateway.example', authorization })).toBe(401),
  )

  test('nobody may ask while no token is configured', () => {
    expect(guardOf(tcp('0.0.0.0'))({ host: 'localhost', authorization: 'Bearer ' })).toBe(403)
  })

  test('pages of another site may not ask with the token either', () => {
    expect(ask({ host: 'gateway.example', authorization: 'Bearer secret', origin: 'https://evil.example' })).toBe(403)
  })
})

test('a unix socket is guarded by its permissions', () => {
  expect(guardOf({ kind: 'unix', path: '/run/admin.sock' })({})).toBe(null)
})

describe('what a browser asks', () => {
  const ask = guardOf(tcp('127.0.0.1'))
  const host = 'localhost:8502'
  const link = { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

  test.each<[string, Fields]>([
    ['for a page from here', { host, origin: 'http://localhost:8502', 'sec-fetch-site': 'same-origin' }],
    ['for a page from here, by way of a proxy that speaks TLS', { host, origin: 'https://localhost:8502' }],
    ['for whoever typed the address', { host, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
  ])('%s is answered', (_, fields) => expect(ask(fields)).toBe(null))

  test.each<[string, Fields]>([
    ['of another site', { host, origin: 'http://evil.example' }],
    ['of nowhere, a frame in a sandbox say', { host, origin: 'null' }],
    ['on another port of this machine', { host, origin: 'http://localhost:3000' }],
    ['that calls this machine by another name', { host, origin: 'http://127.0.0.1:8502' }],
    ['of another site, without an Origin', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['of a neighbour, without an Origin', { host, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
  ])('for a page %s is refused', (_, fields) => expect(ask(fields)).toBe(403))

  test('because of a link elsewhere leads to a page, not to data', () => {
    expect(ask(link, true)).toBe(null)
    expect(ask(link)).toBe(403)
    expect(ask({ ...link, 'sec-fetch-dest': 'iframe' }, true)).toBe(403)
  })
})

import { describe, expect, test } from 'vitest'
import { createGuard } from '../../src/control/admin/guard.ts'
import type { Address } from '../../src/net/address.ts'

const tcp = (host: string): Address => ({ kind: 'tcp', host, port: 8502 })

describe('on a loopback address', () => {
  const guard = createGuard({ address: tcp('127.0.0.1'), token: null })

  test.each(['localhost', 'localhost:8502', 'LOCALHOST', '127.0.0.1:8502', '127.8.8.8', '[::1]:8502', 'localhost:9000'])(
    'who asks for %s is answered, without a token',
    (host) => expect(guard(host, '')).toBe(null),
  )

  test.each([
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:8502',
    '10.0.0.1:8502',
    'localhost:8502@evil',
  ])('a web page that was led here by the name "%s" is not', (host) => expect(guard(host, '')?.status).toBe(421))

  test('IPv6 and localhost are loopback too', () => {
    for (const host of ['::1', 'localhost']) expect(createGuard({ address: tcp(host), token: null })('localhost', '')).toBe(null)
  })
})

describe('on any other address', () => {
  const guard = createGuard({ address: tcp(''), token: 'secret' })

  test('the token is needed, whatever Host says', () => {
    expect(guard('localhost', '')?.status).toBe(401)
    expect(guard('gateway.example', 'Bearer secret')).toBe(null)
    expect(guard('gateway.example', 'bearer secret')).toBe(null)
  })

  test.each(['secret', 'Bearer', 'Bearer ', 'Bearer secre', 'Bearer secret2', 'Bearer SECRET', 'Basic secret', 'Bearer secret '])(
    '"%s" is not the token',
    (authorization) => expect(guard('gateway.example', authorization)?.status).toBe(401),
  )

  test('nobody may ask while no token is configured', () => {
    expect(createGuard({ address: tcp('0.0.0.0'), token: null })('localhost', 'Bearer ')?.status).toBe(403)
  })
})

test('a unix socket is guarded by its permissions', () => {
  expect(createGuard({ address: { kind: 'unix', path: '/run/admin.sock' }, token: null })('', '')).toBe(null)
})

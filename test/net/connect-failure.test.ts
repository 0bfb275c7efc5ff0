/** What Node says when a connection cannot be made, and what it means. */
import { expect, test } from 'vitest'
import { connectFailure } from '../../src/net/connect-failure.ts'

function failed(code: string, isUnixSocket = false) {
  const error = Object.assign(new Error(`connect ${code}`), { code, syscall: 'connect' })
  return connectFailure(error, isUnixSocket, { address: '10.0.0.1' })
}

test.each([
  ['ECONNREFUSED', 'connect-refused'],
  ['ECONNRESET', 'connect-refused'],
  ['ETIMEDOUT', 'connect-timeout'],
  ['EHOSTUNREACH', 'connect-unreachable'],
  ['ENETUNREACH', 'connect-unreachable'],
  ['EHOSTDOWN', 'connect-unreachable'],
  ['EACCES', 'firewall-blocked'],
  ['EPERM', 'firewall-blocked'],
  ['EAGAIN', 'backlog-overflow'],
  ['EADDRNOTAVAIL', 'port-exhaustion'],
  ['EMFILE', 'fd-exhaustion'],
  ['ENFILE', 'fd-exhaustion'],
  ['ENOBUFS', 'local-resource-exhausted'],
  ['ENOMEM', 'local-resource-exhausted'],
])('%s over TCP is %s', (code, cause) => {
  expect(failed(code)).toMatchObject({ cause, phase: 'connect', replay: 'safe' })
})

test.each([
  ['ECONNREFUSED', 'connect-refused'],
  ['ENOENT', 'socket-missing'],
  ['ENOTDIR', 'socket-missing'],
  ['EACCES', 'socket-permission'],
  ['EPERM', 'socket-permission'],
  ['EAGAIN', 'backlog-overflow'],
])('%s over a unix socket is %s', (code, cause) => {
  expect(failed(code, true)).toMatchObject({ cause, replay: 'safe' })
})

test('the evidence holds what Node said and what is known besides', () => {
  const outcome = failed('ECONNREFUSED')
  expect(outcome.evidence).toEqual([
    { name: 'address', value: '10.0.0.1' },
    { name: 'code', value: 'ECONNREFUSED' },
    { name: 'syscall', value: 'connect' },
  ])
  expect(outcome.error?.message).toBe('connect ECONNREFUSED')
})

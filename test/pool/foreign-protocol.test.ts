import { expect, test } from 'vitest'
import { recognise, speaksTls } from '../../src/gateway/pool/foreign-protocol.ts'

test('a short answer of a foreign protocol is looked at no further than it goes', () => {
  expect(recognise(Buffer.from('+OK'))?.protocol).toBe('pop3')
  expect(recognise(Buffer.from('hi'))).toBeNull()
  expect(recognise(Buffer.from('SSH-2.0'))?.protocol).toBe('ssh')
  expect(recognise(Buffer.alloc(0))).toBeNull()
})

test('a 400 is searched for the hint of a TLS port, however short it is', () => {
  expect(speaksTls(Buffer.from('bad'))).toBe(false)
  expect(speaksTls(Buffer.alloc(0))).toBe(false)
  expect(speaksTls(Buffer.from('The plain HTTP request was sent to HTTPS port'))).toBe(true)
  expect(speaksTls(Buffer.concat([Buffer.alloc(3_000, 'x'), Buffer.from('HTTP request to an HTTPS server')]))).toBe(false)
})

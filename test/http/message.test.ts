import { expect, test } from 'vitest'
import { fieldsOf, isIdempotent, RequestHead } from '../../src/http/message.ts'

test('methods that may be sent twice are those of RFC 9110 §9.2.2 and such as are safe, by their case', () => {
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND'])
    expect(isIdempotent(method), method).toBe(true)
  for (const method of ['POST', 'PATCH', 'CONNECT', 'LOCK', 'get', 'X', '']) expect(isIdempotent(method), method).toBe(false)
})

test('canonical lines are taken apart at their first colon', () => {
  expect(fieldsOf('A: b\r\nC: d: e\r\nEmpty: \r\n')).toEqual(['A', 'b', 'C', 'd: e', 'Empty', ''])
  expect(fieldsOf('')).toEqual([])
})

test('a request has a body when it says so, even an empty one in chunks', () => {
  const head = new RequestHead()
  expect(head.hasBody).toBe(false)
  head.length = 0
  expect(head.hasBody).toBe(false)
  head.length = 1
  expect(head.hasBody).toBe(true)
  head.reset()
  head.isChunked = true
  expect(head.hasBody).toBe(true)
})

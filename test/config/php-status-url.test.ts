/** Where a pool of PHP-FPM tells of itself. */
import { expect, test } from 'vitest'
import { parsePhpStatus } from '../../src/config/php-status-url.ts'

test.for([
  ['http://127.0.0.1:8080/fpm-status', 'http://127.0.0.1:8080/fpm-status'],
  ['http://web.internal/status?full', 'http://web.internal/status'],
])('%s', ([text, url]) => {
  expect(parsePhpStatus(text)).toEqual({ ok: true, value: url })
})

test.for(['https://a/fpm-status', 'http://me:secret@a/fpm-status', 'http://a', 'fpm-status', 7])('not %s', (text) => {
  const result = parsePhpStatus(text)
  expect(result.ok).toBe(false)
  expect(JSON.stringify(result)).not.toContain('secret')
})

import { expect, test } from 'vitest'
import { parseStorePlace } from '../../src/config/store-place.ts'

test.each(['sqlite', 'SQLite'])('%s is the file in the data folder', (text) => {
  expect(parseStorePlace(text)).toEqual({ ok: true, value: 'sqlite' })
})

test.each(['postgres://gatewell@db.internal/gatewell', 'postgresql://u:p%40ss@10.0.0.5:5433/gw?sslmode=require'])(
  '%s is a database',
  (url) => {
    expect(parseStorePlace(url)).toEqual({ ok: true, value: url })
  },
)

test.each([
  ['sqlite3', /"sqlite3" is no store\. Write sqlite, or/, 'sqlite'],
  ['mysql://u:geheim@db/x', /^Gatewell cannot keep anything in mysql\./, null],
  ['postgres://u:ge heim@db:x/y', /^This is not a valid URL/, null],
  ['postgres://u:geheim@db/', /^This names no database\./, null],
  [5, /sqlite or the URL/, null],
] as const)('%s is refused, and no password is repeated', (input, message, suggestion) => {
  const result = parseStorePlace(input)
  expect(result).toMatchObject({ ok: false, message: expect.stringMatching(message), suggestion })
  expect(JSON.stringify(result)).not.toContain('geheim')
})

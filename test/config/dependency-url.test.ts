/** What an upstream depends on: connection strings as people have them, without what is secret in them. */
import { expect, test } from 'vitest'
import { parseDependency } from '../../src/config/dependency-url.ts'

const READ: readonly (readonly [string, object])[] = [
  ['tcp://db.internal:9200', { url: 'tcp://db.internal:9200', kind: 'tcp', host: 'db.internal', port: 9200 }],
  ['postgres://db', { url: 'postgres://db:5432', kind: 'postgres', host: 'db', port: 5432 }],
  ['postgresql://me:secret@[::1]:6000/shop?ssl=1', { url: 'postgresql://[::1]:6000', kind: 'postgres', host: '::1', port: 6000 }],
  ['redis://:secret@127.0.0.1/0', { url: 'redis://127.0.0.1:6379', kind: 'redis', host: '127.0.0.1', port: 6379 }],
  ['mariadb://db/shop', { url: 'mariadb://db:3306', kind: 'mysql', host: 'db', port: 3306 }],
]

test.for(READ)('%s', ([text, plan]) => {
  expect(parseDependency(text)).toEqual({ ok: true, value: plan })
})

test.for(['db:5432', 'tcp://db', 'http://db:80', 'redis://me:secret@:6379', 'tcp://db:0', 'postgres://me:se/cret@db', 7])(
  'not %s',
  (text) => {
    const result = parseDependency(text)
    expect(result.ok).toBe(false)
    expect(JSON.stringify(result)).not.toMatch(/secret|se\/cret/)
  },
)

/** No text breaks a grammar or takes it long, and what is written is read again. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readApache } from '../../src/insight/dialect/apache/config.ts'
import { readCaddy } from '../../src/insight/dialect/caddy/config.ts'
import type { Directive } from '../../src/insight/dialect/directive.ts'
import { readGunicorn } from '../../src/insight/dialect/gunicorn/config.ts'
import { readHaproxy } from '../../src/insight/dialect/haproxy/config.ts'
import { readNginx } from '../../src/insight/dialect/nginx/config.ts'
import { readPhpFpm } from '../../src/insight/dialect/php-fpm/config.ts'
import { lint } from '../../src/insight/lint/lint.ts'
import { complaints, type Tree, treeOf } from './plain-tree.ts'

const READERS = {
  nginx: readNginx,
  apache: readApache,
  haproxy: readHaproxy,
  caddy: readCaddy,
  'php-fpm': readPhpFpm,
  gunicorn: readGunicorn,
} as const

describe('no text', () => {
  const names = Object.keys(READERS) as (keyof typeof READERS)[]
  const piece = fc.constantFrom(
    ...[
      '{',
      '}',
      ';',
      '"',
      "'",
      '`',
      '\\',
      '\n',
      ' ',
      '#',
      '<',
      '>',
      '</',
      '[',
      ']',
      '=',
      '(',
      ')',
      '${',
      '<<A\n',
      '$x',
      'http',
      'server',
      'location /',
    ],
    ...[
      'proxy_pass http://a:1;',
      'include *;',
      'import a',
      'frontend x',
      'server a b:1',
      'ProxyPass / http://a',
      ':80',
      'reverse_proxy a',
      'gunicorn -b',
      '\t',
      '\r\n',
      'é',
      '💥',
    ],
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
  )

  test.each(names)('breaks the reader of %s, and each place is in the text', (name) => {
    fc.assert(
      fc.property(text, (source) => {
        const lines = source.split('\n')
        const visit = ({ place, words, body }: Directive): void => {
          for (const { line, column } of [place, ...words.map((word) => word.place)]) {
            expect(line).toBeLessThanOrEqual(lines.length)
            expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1)
          }
          for (const directive of body ?? []) visit(directive)
        }
        for (const directive of READERS[name]('a', source).directives) visit(directive)
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  test('breaks the linter, alone or with others', () => {
    const path = fc.constantFrom(
      'nginx.conf',
      'conf.d/a.conf',
      'haproxy.cfg',
      'Caddyfile',
      'apache2.conf',
      'php-fpm.d/www.conf',
      'gunicorn.conf.py',
      'gatewell.yaml',
      'a',
    )
    fc.assert(
      fc.property(fc.array(fc.record({ path, text }), { maxLength: 4 }), (files) => {
        expect(lint(files).files).toHaveLength(files.length)
      }),
      { seed: 2, numRuns: 300 },
    )
  })

  test.each([
    ['nginx.conf', 'a{'],
    ['nginx.conf', 'x${a}'],
    ['nginx.conf', '_by_lua_block { --[[ '],
    ['nginx.conf', 'server { location / { proxy_pass http://a:80; } }\n'],
    ['nginx.conf', 'upstream a { server b; }\n'],
    ['conf.d/a.conf', 'include conf.d/*;\n'],
    ['haproxy.cfg', 'listen a\n bind :1\n server a b:1\n'],
    ['haproxy.cfg', 'backend a\n default-server a b c\n server a b:1\n'],
    ['apache2.conf', '<a>\n'],
    ['apache2.conf', 'ProxyPass / http://a\n'],
    ['Caddyfile', 'a {\n'],
    ['Caddyfile', '<<A\n'],
    ['Caddyfile', ':80 {\nreverse_proxy a b\n}\n'],
    ['php-fpm.d/www.conf', '[a]\npm.max_children = 9\n'],
    ['php-fpm.d/www.conf', `a = ${' '.repeat(1_000)}b\n`],
    ['Procfile', 'gunicorn \\\n'],
    ['gunicorn.conf.py', 'a = ("""'],
    ['a', 'location '],
    ['a', 'listen x\n'],
    ['a', '\n'],
  ])('takes the linter long: %s of %j', (path, text) => {
    const long = text.repeat(Math.ceil(100_000 / text.length))
    expect(lint([{ path, text: long }]).files).toHaveLength(1)
  })
})

describe('what is written is read again', () => {
  const word = fc.string({ unit: fc.constantFrom(...'ab1 "\'{};#$\\'), minLength: 1, maxLength: 6 })
  const name = fc.string({ unit: fc.constantFrom(...'abc_'), minLength: 1, maxLength: 5 })
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      fc.tuple(name, fc.array(word, { maxLength: 3 })),
      fc.tuple(name, fc.array(word, { maxLength: 2 }), fc.array(tie('tree'), { maxLength: 3 })),
    ) as fc.Arbitrary<Tree>,
  }))

  const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
  const nginx = ([own, words, body]: Tree): string =>
    `${[own, ...words.map(quoted)].join(' ')}${body === undefined ? ';' : ` {\n${body.map(nginx).join('\n')}\n}`}`
  const caddy = ([own, words, body]: Tree): string =>
    `${[own, ...words.map((text) => `"${text.replaceAll('"', '\\"')}"`)].join(' ')}${body === undefined ? '' : ` {\n${body.map(caddy).join('\n')}\n}`}`

  test('by nginx', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), (trees) => {
        const reading = readNginx('a', trees.map(nginx).join('\n'))
        expect([treeOf(reading), complaints(reading)]).toEqual([trees, []])
      }),
      { seed: 3, numRuns: 200 },
    )
  })

  test('by Caddy', () => {
    // A backslash before a quote escapes it, and nothing escapes the backslash.
    const plain = fc.array(tree, { maxLength: 4 }).filter((trees) => !JSON.stringify(trees).includes('\\\\'))
    fc.assert(
      fc.property(plain, (trees) => {
        const reading = readCaddy('a', `:80 {\n${trees.map(caddy).join('\n')}\n}\n`)
        expect([treeOf({ directives: reading.directives[0]?.body ?? [] }), complaints(reading)]).toEqual([trees, []])
      }),
      { seed: 4, numRuns: 200 },
    )
  })

  test('by HAProxy and by Apache, line by line', () => {
    const lines = fc.array(fc.tuple(name, fc.array(word, { maxLength: 3 })), { maxLength: 5 })
    fc.assert(
      fc.property(lines, (rows) => {
        const haproxy = rows.map(([own, words]) => `  ${[own, ...words.map(quoted)].join(' ')}`).join('\n')
        expect(treeOf(readHaproxy('a', `global\n${haproxy}`))).toEqual([['global', [], rows]])
        expect(treeOf(readApache('a', haproxy))).toEqual(rows)
      }),
      { seed: 5, numRuns: 200 },
    )
  })
})

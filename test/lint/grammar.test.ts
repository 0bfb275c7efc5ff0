/** The grammars: what they make of the ways to write of each server, and where they say that it stands. */
import { describe, expect, test } from 'vitest'
import { readApache } from '../../src/insight/dialect/apache/config.ts'
import { readCaddy } from '../../src/insight/dialect/caddy/config.ts'
import { readGatewell } from '../../src/insight/dialect/gatewell/config.ts'
import { readGunicorn } from '../../src/insight/dialect/gunicorn/config.ts'
import { readHaproxy } from '../../src/insight/dialect/haproxy/config.ts'
import { readNginx } from '../../src/insight/dialect/nginx/config.ts'
import { readPhpFpm } from '../../src/insight/dialect/php-fpm/config.ts'
import { complaints, treeOf } from './plain-tree.ts'

describe('nginx', () => {
  test('has words, quotes, variables, blocks and comments', () => {
    const text = `worker_processes auto; # all of them
http {
  log_format main '$remote_addr "$request" it\\'s';
  map $http_upgrade $connection { default upgrade; '' close; ~*^w{1} x; }
  server { listen [::]:80; location ~ \\.(php|\${x})$ { return 200 "a;b{c}"; } }
}`
    const reading = readNginx('nginx.conf', text)
    expect(treeOf(reading)).toEqual([
      ['worker_processes', ['auto']],
      [
        'http',
        [],
        [
          ['log_format', ['main', '$remote_addr "$request" it\'s']],
          [
            'map',
            ['$http_upgrade', '$connection'],
            [
              ['default', ['upgrade']],
              ['', ['close']],
              ['~*^w', [], [['1', []]]],
              ['x', []],
            ],
          ],
          [
            'server',
            [],
            [
              ['listen', ['[::]:80']],
              ['location', ['~', '\\.(php|${x})$'], [['return', ['200', 'a;b{c}']]]],
            ],
          ],
        ],
      ],
    ])
  })

  test('passes over Lua, whatever braces stand in its strings and comments', () => {
    const lua = `location / { content_by_lua_block { local a = "}" -- }\n local b = [[ } ]] if a then return { 1 } end } proxy_pass http://a; }`
    const reading = readNginx('a.conf', lua)
    expect([treeOf(reading), complaints(reading)]).toEqual([
      [
        [
          'location',
          ['/'],
          [
            ['content_by_lua_block', [], []],
            ['proxy_pass', ['http://a']],
          ],
        ],
      ],
      [],
    ])
  })

  test('says what it could not read, and goes on behind it', () => {
    const reading = readNginx('a.conf', 'a b\n}\nserver {\n  listen 80;\n')
    expect(complaints(reading)).toEqual([
      '1:1 "a" is not ended by ";"',
      '2:1 there is no block that "}" could close',
      '3:1 the block of "server" is not closed',
    ])
    expect(treeOf(reading)).toEqual([
      ['a', ['b']],
      ['server', [], [['listen', ['80']]]],
    ])
  })
})

test('Apache has sections, continued lines and quotes, and does not mind the case', () => {
  const text = `# Timeout 1
<VirtualHost *:80>
  proxypass "/my app" \\
    http://127.0.0.1:3000/ retry=0
  <IfModule !mod_a.c>
    Header set X "a \\"b\\""
  </IfModule>
</VirtualHost>`
  const reading = readApache('a.conf', text)
  expect([treeOf(reading), complaints(reading)]).toEqual([
    [
      [
        'virtualhost',
        ['*:80'],
        [
          ['proxypass', ['/my app', 'http://127.0.0.1:3000/', 'retry=0']],
          ['ifmodule', ['!mod_a.c'], [['header', ['set', 'X', 'a "b"']]]],
        ],
      ],
    ],
    [],
  ])
  expect(reading.directives[0]?.body?.[0]?.words[1]?.place).toMatchObject({ line: 4, column: 5 })
  expect(complaints(readApache('a.conf', '<Proxy *>\n</Location>\n'))).toEqual([
    '2:1 there is no section <location> to close',
    '1:2 the section <proxy> is not closed',
  ])
})

test('HAProxy has sections without ends, quotes of two kinds, and comments anywhere', () => {
  const text = `global
  log /dev/log local0 # here
frontend a
  bind :80
  http-request set-header X "%[src] # no comment" if { path 'a b' }
  acl x hdr(host) -i a\\ b`
  expect(treeOf(readHaproxy('haproxy.cfg', text))).toEqual([
    ['global', [], [['log', ['/dev/log', 'local0']]]],
    [
      'frontend',
      ['a'],
      [
        ['bind', [':80']],
        ['http-request', ['set-header', 'X', '%[src] # no comment', 'if', '{', 'path', 'a b', '}']],
        ['acl', ['x', 'hdr(host)', '-i', 'a b']],
      ],
    ],
  ])
})

describe('a Caddyfile', () => {
  test('has options, snippets, sites of several addresses, matchers and placeholders', () => {
    const text = `{
	email me@a.test
}
(common) {
	encode gzip
}
a.test,
b.test {
	import common
	@api path /api/*
	reverse_proxy @api {$UPSTREAM:127.0.0.1:3000} {
		header_up X-Real-IP {http.request.remote.host}
	}
	respond "{not a block}" 200 # why not
}`
    expect(treeOf(readCaddy('Caddyfile', text))).toEqual([
      ['global', [], [['email', ['me@a.test']]]],
      ['snippet', ['common'], [['encode', ['gzip']]]],
      [
        'site',
        ['a.test', 'b.test'],
        [
          ['import', ['common']],
          ['@api', ['path', '/api/*']],
          ['reverse_proxy', ['@api', '{$UPSTREAM:127.0.0.1:3000}'], [['header_up', ['X-Real-IP', '{http.request.remote.host}']]]],
          ['respond', ['{not a block}', '200']],
        ],
      ],
    ])
  })

  test('of one site needs no braces', () => {
    expect(treeOf(readCaddy('Caddyfile', 'a.test\n\nreverse_proxy 127.0.0.1:3000\nfile_server {\n\tbrowse\n}\n'))).toEqual([
      [
        'site',
        ['a.test'],
        [
          ['reverse_proxy', ['127.0.0.1:3000']],
          ['file_server', [], [['browse', []]]],
        ],
      ],
    ])
  })

  test('may have texts over many lines', () => {
    const reading = readCaddy('Caddyfile', ':80 {\n\trespond <<HTML\n\t\t{\n\t\tHTML 200\n\trespond `{\n` 201\n}\n')
    expect(reading.directives[0]?.body?.map(({ words }) => words.at(-1)?.text)).toEqual(['200', '201'])
  })
})

test('a pool of PHP-FPM has sections, keys with brackets and comments', () => {
  const text = '; pool\n[www]\nlisten = /run/a.sock ; here\nphp_admin_value[memory_limit] = "128M"\nenv[A] =\n'
  expect(treeOf(readPhpFpm('www.conf', text))).toEqual([
    [
      'www',
      [],
      [
        ['listen', ['/run/a.sock']],
        ['php_admin_value[memory_limit]', ['128M']],
        ['env[A]', []],
      ],
    ],
  ])
})

describe('gunicorn', () => {
  test('is configured by assignments of literals, and by nothing else of Python', () => {
    const text = `"""bind = "0.0.0.0:1" """
import os
bind = ["127.0.0.1:8000", 'unix:/run/a.sock']
workers = 2 * 4 + 1
threads = 2 * 4  # a product
timeout = int(os.environ.get("TIMEOUT", "30"))
def post_fork(server, worker):
    timeout = 5
if True:
    keepalive = 5
graceful_timeout = 1_000
`
    expect(treeOf(readGunicorn('gunicorn.conf.py', text))).toEqual([
      ['bind', ['127.0.0.1:8000', 'unix:/run/a.sock']],
      ['workers', []],
      ['threads', ['8']],
      ['timeout', []],
      ['graceful_timeout', ['1000']],
    ])
  })

  test.each([
    ['Procfile', 'web: gunicorn app:app -b 0.0.0.0:$PORT --timeout=120 -w4 --keep-alive 65\n'],
    [
      'app.service',
      'Description=gunicorn daemon\nExecStart=/venv/bin/gunicorn \\\n  -b 0.0.0.0:$PORT --timeout 120 \\\n -w 4 --keep-alive 65 app:app\n',
    ],
    [
      'Dockerfile',
      'RUN pip install gunicorn flask\nCMD ["gunicorn", "-b", "0.0.0.0:$PORT", "--timeout", "120", "-w", "4",\n "--keep-alive", "65"]\n',
    ],
  ])('is started with options by a %s', (file, text) => {
    expect(treeOf(readGunicorn(file, text))).toEqual([
      ['bind', ['0.0.0.0:$PORT']],
      ['timeout', ['120']],
      ['workers', ['4']],
      ['keepalive', ['65']],
    ])
  })
})

test('our own configuration is hops and services with their places', () => {
  const text =
    'listen: ":80"\nupstreams:\n  app:\n    endpoints: ["http://127.0.0.1:8000"]\n    timeouts: { response: 45s }\nroutes: [{ to: app }]\n'
  const { hops, services } = readGatewell('gatewell.yaml', text)
  expect(hops[0]).toMatchObject({ targets: [{ host: '127.0.0.1', port: 8000 }], answer: { value: 45, place: { line: 5, column: 27 } } })
  expect(services[0]).toMatchObject({ listens: [{ target: { host: '', port: 80 } }], offer: { value: 75, isDefault: true } })
})

/** The engine beyond single rules: formats, includes, versions, chains of several servers, and what comes out. */
import { describe, expect, test } from 'vitest'
import { recogniseFormat } from '../../src/insight/lint/config-format.ts'
import { lint } from '../../src/insight/lint/lint.ts'

const NGINX = 'events {}\nhttp { include conf.d/*.conf; }\n'
const site = (more: string): string => `server { listen 80; location / { ${more} } }\n`
const rules = (...files: readonly (readonly [string, string])[]): string[] =>
  lint(files.map(([path, text]) => ({ path, text }))).findings.map(({ rule, file, line }) => `${file}:${line} ${rule}`)

describe('a file is recognised', () => {
  test.each([
    ['sites-enabled/shop', 'server {\n  listen 80;\n}\n', 'nginx'],
    ['site', 'location / {\n  proxy_pass http://a;\n}\n', 'nginx'],
    ['vhost.conf', '<VirtualHost *:80>\n</VirtualHost>\n', 'apache'],
    ['proxy.cfg', 'frontend web\n    bind :80\n    default_backend app\n', 'haproxy'],
    ['proxy', 'shop.example.com {\n\treverse_proxy 127.0.0.1:3000\n}\n', 'caddy'],
    ['pool', '[www]\nlisten = /run/a.sock\npm = static\n', 'php-fpm'],
    ['conf', 'bind = "127.0.0.1:8000"\nworkers = 4\n', 'gunicorn'],
    ['shop.service', '[Service]\nExecStart=/venv/bin/gunicorn -b :8000 app:app\n', 'gunicorn'],
    ['shop.yaml', 'upstreams:\n  a: { endpoints: [] }\nroutes:\n  - { to: a }\n', 'gatewell'],
    ['README.md', 'server {\n  listen 80;\n}\n', null],
    ['package.json', '{ "name": "a" }', null],
  ])('%s', (path, text, format) => {
    expect(recogniseFormat(path, text)).toBe(format)
  })
})

describe('includes', () => {
  test('stand in their place, and settings outside hold within', () => {
    const main = 'events {}\nhttp {\n  client_max_body_size 100m;\n  include conf.d/*.conf;\n}\n'
    const pool: [string, string] = ['www.conf', '[www]\npm = static\nlisten = /run/a.sock\nphp_admin_value[post_max_size] = 100M\n']
    const php: [string, string] = ['conf.d/php.conf', site('fastcgi_pass unix:/run/a.sock;')]
    expect(rules(php, pool)).toEqual(['conf.d/php.conf:1 body-cut-in-front'])
    expect(rules(['nginx.conf', main], php, pool)).toEqual([])
  })

  test('are found in a copy by the path that they have on the machine', () => {
    const main = 'events {}\nhttp { include /etc/nginx/sites-enabled/*; }\n'
    const loop: [string, string] = ['copy/sites-enabled/shop', site('proxy_pass http://127.0.0.1:80;')]
    const other: [string, string] = ['copy/sites-enabled/other', 'server { listen 80; server_name other; }\n']
    expect(rules(['copy/nginx.conf', main], loop)).toEqual(['copy/sites-enabled/shop:1 nginx-proxy-loop'])
    expect(rules(['copy/nginx.conf', main], loop, other)).toEqual([])
  })

  test('of files that include each other come to an end', () => {
    expect(rules(['nginx.conf', NGINX], ['conf.d/a.conf', 'include conf.d/*.conf;\n'])).toEqual([])
    expect(rules(['Caddyfile', 'import Caddyfile\nimport b.caddy\n'], ['b.caddy', 'import Caddyfile\n'])).toEqual([])
  })

  test('are of the format of what includes them, whatever they look like', () => {
    const report = lint([
      { path: 'nginx.conf', text: 'events {}\nhttp { include upstream.inc; }\n' },
      { path: 'upstream.inc', text: '# nothing yet\n' },
    ])
    expect(report.files.map(({ format }) => format)).toEqual(['nginx', 'nginx'])
  })

  test('of one Caddy snippet in two sites are told of once', () => {
    const text = '(app) {\n\treverse_proxy a:1 b:1\n}\none.test {\n\timport app\n}\ntwo.test {\n\timport app\n}\n'
    expect(rules(['Caddyfile', text]).filter((rule) => rule.endsWith('caddy-no-retry'))).toEqual(['Caddyfile:2 caddy-no-retry'])
  })
})

test('two files of one name are both read', () => {
  const loop = site('proxy_pass http://127.0.0.1:80;')
  expect(rules(['nginx.conf', `events {}\nhttp { ${loop} }`], ['nginx.conf', `events {}\nhttp { ${loop} }`])).toEqual([
    'nginx.conf:2 nginx-proxy-loop',
    '2/nginx.conf:2 nginx-proxy-loop',
  ])
})

describe('versions', () => {
  const upstream = 'upstream app { server 127.0.0.1:8000; }\nserver { listen 80; location / { proxy_pass http://app; } }\n'
  const app = { path: 'gunicorn.conf.py', text: 'bind = "127.0.0.1:8000"\nworkers = 4\nthreads = 4\n' }
  const found = (text: string, nginx?: string): string[] =>
    lint([{ path: 'nginx.conf', text }, app], nginx === undefined ? {} : { versions: { nginx } }).findings.map(({ rule }) => rule)

  test('from 1.29.7 on nginx keeps connections without being asked', () => {
    expect(found(upstream)).toEqual([])
    expect(found(upstream, '1.29.6')).toEqual([])
    expect(found(upstream, '1.29.7')).toEqual(['keepalive-longer-in-front'])
    expect(found(`# written for nginx/1.30.0\n${upstream}`, '1.22.1')).toEqual(['keepalive-longer-in-front'])
  })

  test('before that, `keepalive` alone is not enough', () => {
    const kept = upstream.replace('8000; }', '8000; keepalive 8; }')
    expect(found(kept)).toEqual(['nginx-keepalive-unused'])
    expect(found(kept, '1.29.7')).toEqual(['keepalive-longer-in-front'])
  })
})

describe('a chain', () => {
  test('of three servers is judged link by link', () => {
    const haproxy = `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 50s
listen edge
  bind :80
  server web 127.0.0.1:8080 check
`
    const nginx = 'server { listen 127.0.0.1:8080; location / { proxy_pass http://127.0.0.1:8000; proxy_read_timeout 90s; } }\n'
    const app = 'bind = "127.0.0.1:8000"\nworkers = 4\ntimeout = 120\ngraceful_timeout = 120\n'
    expect(rules(['haproxy.cfg', haproxy], ['nginx.conf', nginx], ['gunicorn.conf.py', app])).toEqual([
      'haproxy.cfg:5 answer-time-upside-down',
      'nginx.conf:1 answer-time-upside-down',
    ])
  })

  test('begins or ends with our own gateway, too', () => {
    const gatewell = 'listen: ":80"\nupstreams:\n  app:\n    endpoints: ["http://127.0.0.1:8000"]\nroutes: [{ to: app }]\n'
    const app = 'bind = "127.0.0.1:8000"\nworkers = 4\ntimeout = 120\ngraceful_timeout = 120\n'
    expect(rules(['gatewell.yaml', gatewell], ['gunicorn.conf.py', app])).toEqual(['gatewell.yaml:3 answer-time-upside-down'])
  })

  test('is none where the addresses differ', () => {
    const nginx =
      'server { listen 80; location / { proxy_pass http://127.0.0.1:3000; } location /a { proxy_pass http://127.0.0.1:3001; } }\n'
    expect(rules(['nginx.conf', nginx], ['gunicorn.conf.py', 'bind = "127.0.0.1:8000"\ntimeout = 300\ngraceful_timeout = 300\n'])).toEqual(
      [],
    )
  })
})

test('a finding names both places, the change, and shows no password', () => {
  const nginx = 'server {\n  listen 80;\n  location / { proxy_pass http://me:secret@127.0.0.1:8000; }\n}\n'
  const [finding] = lint([
    { path: 'a/nginx.conf', text: nginx.replace('me:secret@', '') },
    { path: 'gunicorn.conf.py', text: 'timeout = 99\ngraceful_timeout = 99\n' },
  ]).findings
  expect(finding).toEqual({
    rule: 'answer-time-upside-down',
    cause: 'response-timeout',
    severity: 'warning',
    file: 'a/nginx.conf',
    line: 3,
    column: 16,
    length: 10,
    source: '  location / { proxy_pass http://127.0.0.1:8000; }',
    message: 'nginx gives up after 60s (the default of proxy_read_timeout); gunicorn goes on for up to 99s (timeout).',
    other: { file: 'gunicorn.conf.py', line: 1, column: 1, length: 7, source: 'timeout = 99' },
    fix: 'Let nginx wait longer than gunicorn works, or gunicorn work for less than 60s.',
    change: { file: 'a/nginx.conf', line: 3, remove: [], add: ['proxy_read_timeout 104s;'] },
  })
  const shown = JSON.stringify(lint([{ path: 'nginx.conf', text: nginx.replace('127.0.0.1:8000', 'app.internal') }]))
  expect(shown).not.toContain('secret')
})

test('a command line is no place for a line of settings', () => {
  const nginx = site('proxy_pass http://127.0.0.1:8000; proxy_read_timeout 300s;')
  const [finding] = lint([
    { path: 'nginx.conf', text: nginx },
    { path: 'Procfile', text: 'web: gunicorn app:app --timeout 60\n' },
  ]).findings
  expect(finding).toMatchObject({ rule: 'watchdog-before-proxy', file: 'Procfile', change: null })
})

test('Cloudflare is recognised in front, and says 524 before a longer timeout is over', () => {
  const text = `set_real_ip_from 10.0.0.0/8;\nreal_ip_header CF-Connecting-IP;\n${site('proxy_pass http://127.0.0.1:1; proxy_read_timeout 300s;')}`
  expect(rules(['nginx.conf', text])).toEqual(['nginx.conf:3 edge-gives-up-first'])
})

/** `gatewell lint`: what it reads, what it prints in 80 columns, and with which code it ends. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { gatewell } from './recording-terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatewell-lint-'))
afterAll(() => rmSync(folder, { recursive: true }))

const nginx = join(folder, 'nginx')
const files: Record<string, string> = {
  'nginx/nginx.conf': 'events {}\nhttp {\n    include sites-enabled/*;\n}\n',
  'nginx/sites-available/shop':
    'server {\n\tlisten 80;\n\tlocation / {\n\t\tproxy_pass http://127.0.0.1:8000;\n\t\tproxy_read_timeout 60s;\n\t}\n}\n',
  'nginx/sites-available/unused': 'server {\n\tlisten 80;\n\tlocation / {\n\t\tproxy_pass http://127.0.0.1:80;\n\t}\n}\n',
  'app/gunicorn.conf.py': 'workers = 4\ntimeout = 120\ngraceful_timeout = 120\n',
  'app/README.md': '# gunicorn\n',
  'quiet/Caddyfile': ':8080 {\n\tfile_server\n}\n',
  'notes/Caddyfile': ':8080 {\n\treverse_proxy 127.0.0.1:3000\n}\n',
  'other/notes.txt': 'hello\n',
}
for (const [path, text] of Object.entries(files)) {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), text)
}
mkdirSync(join(nginx, 'sites-enabled'))
symlinkSync('../sites-available/shop', join(nginx, 'sites-enabled/shop'))

const plain = (text: string): string => text.replaceAll(`${folder}/`, '')

describe('a finding', () => {
  test('shows both places with a caret, and the change as in a diff', async () => {
    const { code, printed, said } = await gatewell('lint', nginx, join(folder, 'app'))
    expect(plain(printed)).toBe(`nginx/sites-enabled/shop:5:3: warning: answer-time-upside-down → response-timeout
  nginx gives up after 60s (proxy_read_timeout); gunicorn goes on for up to 120s
  (timeout).
   5 | \t\tproxy_read_timeout 60s;
     | \t\t^^^^^^^^^^^^^^^^^^
  app/gunicorn.conf.py:2:1
   2 | timeout = 120
     | ^^^^^^^
  Let nginx wait longer than gunicorn works, or gunicorn work for less than 60s.
   5 - \t\tproxy_read_timeout 60s;
   5 + \t\tproxy_read_timeout 125s;`)
    expect(said).toBe('\n3 files (nginx, gunicorn): 1 warning.\n`gatewell why response-timeout` explains what it leads to.')
    expect(code).toBe(1)
  })

  test('has as JSON the keys that others read', async () => {
    const { code, printed, said } = await gatewell('lint', join(nginx, 'nginx.conf'), join(folder, 'app/gunicorn.conf.py'), '--json')
    const { files: read, findings } = JSON.parse(plain(printed))
    expect(read).toEqual([
      { path: 'nginx/nginx.conf', format: 'nginx', unread: [] },
      { path: 'nginx/sites-enabled/shop', format: 'nginx', unread: [] },
      { path: 'app/gunicorn.conf.py', format: 'gunicorn', unread: [] },
    ])
    expect(findings).toHaveLength(1)
    const { rule, cause, severity, file, line, message, fix } = findings[0]
    expect({ rule, cause, severity, file, line }).toEqual({
      rule: 'answer-time-upside-down',
      cause: 'response-timeout',
      severity: 'warning',
      file: 'nginx/sites-enabled/shop',
      line: 5,
    })
    expect([message, fix]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/\.$/)])
    expect([code, said]).toEqual([1, ''])
  })
})

test('what is well is said to be so, and notes are for those who ask', async () => {
  expect(await gatewell('lint', join(folder, 'quiet'))).toEqual({ code: 0, printed: '', said: '1 file (Caddy): nothing found.' })
  const notes = join(folder, 'notes')
  expect(await gatewell('lint', notes)).toEqual({ code: 0, printed: '', said: '1 file (Caddy): nothing found. 2 notes with --notes.' })
  const { code, printed } = await gatewell('lint', notes, '--notes')
  expect([code, [...printed.matchAll(/note: ([\w-]+)/g)].map(([, rule]) => rule)]).toEqual([
    1,
    ['caddy-restart-not-awaited', 'caddy-answer-unlimited'],
  ])
})

test.each([
  [['missing.conf'], /missing\.conf: there is no such file/],
  [['other'], /no configuration of nginx, apache, .* was found/],
  [['quiet', '--memory', 'much'], /"much" is no amount of memory/],
  [['quiet', '--server', 'iis/10'], /"iis\/10" is no server with its version/],
  [['quiet', '--behind', 'cloudflair'], /Did you mean "cloudflare"\?/],
  [[], /missing required argument/],
])('%j is wrong usage', async ([path, ...rest], message) => {
  const { code, said } = await gatewell('lint', ...(path === undefined ? [] : [join(folder, path)]), ...rest)
  expect([code, said]).toEqual([2, expect.stringMatching(message)])
})

test('what no file says can be said', async () => {
  const pool = join(folder, 'www.conf')
  writeFileSync(pool, '[www]\nlisten = 9000\npm = static\npm.max_children = 50\n')
  expect((await gatewell('lint', pool)).code).toBe(0)
  expect((await gatewell('lint', pool, '--memory', '2GiB')).printed).toContain('50 children take 3.1 GiB')
  const site = join(folder, 'site.conf')
  writeFileSync(site, 'server {\n  listen 80;\n  keepalive_timeout 30s;\n}\n')
  expect((await gatewell('lint', '--server', 'nginx/1.29.8', '--server', 'haproxy/3.0', site)).code).toBe(0)
  expect((await gatewell('lint', site, '--behind', 'alb')).printed).toContain('edge-keeps-longer → keepalive-race')
})

test('a line that is not understood is told of, and the rest is read', async () => {
  const broken = join(folder, 'broken.conf')
  writeFileSync(broken, 'server {\n  listen 80;\n')
  expect(plain((await gatewell('lint', broken)).said)).toBe(
    'broken.conf:1: not understood: the block of "server" is not closed.\n1 file (nginx): nothing found.',
  )
})

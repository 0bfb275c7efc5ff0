/** Servers that people run, on a free port of loopback each. `/` is answered well, `/behind` leads to a port where nothing listens. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { program } from '../setup/program.ts'
import { answering } from './answering.ts'
import { Child } from './child.ts'
import { closing } from './closing.ts'
import { startNginx } from './nginx.ts'
import { unusedPort } from './raw-origin.ts'

export type OriginName = 'nginx' | 'apache' | 'node' | 'gunicorn' | 'haproxy'

/** Resolves to its port when it takes connections. It ends with the test. */
export async function startOrigin(name: OriginName): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), `gatewell-${name}-`))
  closing({ close: () => rmSync(folder, { recursive: true, force: true }) })
  const port = await unusedPort()
  let behind = port
  while (behind === port) behind = await unusedPort()
  if (name === 'nginx') {
    const scratch = join(folder, 'scratch')
    mkdirSync(scratch)
    const nginx = closing(await startNginx({ root: folder, scratch, more: `location /behind { proxy_pass http://127.0.0.1:${behind}; }` }))
    return nginx.port
  }
  const child = new Child(COMMANDS[name](folder, port, behind), { limitMs: 30_000, cwd: folder })
  closing({ close: async () => void (await child.stop()) })
  await answering(port, child)
  return port
}

type Command = readonly [string, ...string[]]

const COMMANDS: Readonly<Record<Exclude<OriginName, 'nginx'>, (folder: string, port: number, behind: number) => Command>> = {
  apache: (folder, port, behind) => {
    const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_http'].map(
      (one) => `LoadModule ${one}_module /usr/lib/apache2/modules/mod_${one}.so`,
    )
    const file = written(
      folder,
      'apache.conf',
      [
        `ServerRoot ${folder}`,
        `DefaultRuntimeDir ${folder}`,
        'ServerName localhost',
        `Listen 127.0.0.1:${port}`,
        `PidFile ${join(folder, 'pid')}`,
        `ErrorLog ${join(folder, 'error.log')}`,
        ...modules,
        `ProxyPass /behind http://127.0.0.1:${behind}/`,
      ].join('\n'),
    )
    return [program('apache2'), '-X', '-f', file]
  },
  haproxy: (folder, port, behind) => {
    const file = written(
      folder,
      'haproxy.cfg',
      `defaults\n mode http\n retries 0\n timeout connect 1s\n timeout client 5s\n timeout server 5s\n` +
        `frontend web\n bind 127.0.0.1:${port}\n default_backend app\nbackend app\n server one 127.0.0.1:${behind}\n`,
    )
    return [program('haproxy'), '-db', '-f', file]
  },
  gunicorn: (folder, port) => {
    written(
      folder,
      'app.py',
      'def app(environ, start_response):\n' +
        "    status = '500 Oops' if environ['PATH_INFO'] == '/behind' else '200 OK'\n" +
        "    start_response(status, [('Content-Length', '2')])\n    return [b'ok']\n",
    )
    return [program('gunicorn'), '--bind', `127.0.0.1:${port}`, '--workers', '1', 'app:app']
  },
  node: (folder, port) => {
    const file = written(
      folder,
      'app.cjs',
      `require('node:http').createServer((request, response) => {
        response.statusCode = request.url === '/behind' ? 500 : 200
        response.end('ok')
      }).listen(${port}, '127.0.0.1')`,
    )
    return [process.execPath, file]
  },
}

function written(folder: string, name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

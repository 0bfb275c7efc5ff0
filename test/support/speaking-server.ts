/** Servers in front of one that fails in a way of its own at each path: what they say then is what fingerprints are about. */
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { program } from '../setup/program.ts'
import { startOrigin } from './raw-origin.ts'

/** What goes wrong behind the server, by path: `/refused` and so on. */
export const BEHIND = ['refused', 'silent', 'closed', 'garbage', 'relayed'] as const
export type Behind = (typeof BEHIND)[number]
export type Ports = Readonly<Record<Behind, number>>

type Command = readonly [string, ...string[]]
type SpeakingServer = {
  /** What prints its version. */
  readonly version: (binary: string) => Command
  readonly binary: string
  /** Writes its configuration into `folder`. */
  readonly command: (binary: string, folder: string, port: number, behind: Ports) => Command
  /** Those paths that end in an error of its own; of an app server all that do. */
  readonly paths: readonly string[]
}

/** Ports of loopback that fail as they are called; `relayed` answers with an error page of an app. */
export async function startBehind(): Promise<{ readonly ports: Ports; close(): void }> {
  const page = '{"error":"the shop is closed"}'
  const relayed = `HTTP/1.1 502 Bad Gateway\r\nX-Powered-By: Express\r\nContent-Type: application/json\r\nContent-Length: ${page.length}\r\n\r\n`
  const origins = await Promise.all([
    startOrigin(() => {}),
    startOrigin(() => {}),
    startOrigin(async (connection) => {
      await connection.head()
      connection.end()
    }),
    startOrigin(async (connection) => {
      await connection.head()
      connection.send('SSH-2.0-OpenSSH_9.2p1\r\n')
      connection.end()
    }),
    startOrigin(async (connection) => {
      while ((await connection.request()) !== null) connection.send(relayed + page)
    }),
  ])
  origins[0]?.close()
  const [refused, silent, closed, garbage, answering] = origins.map(({ port }) => port) as [number, number, number, number, number]
  return {
    ports: { refused, silent, closed, garbage, relayed: answering },
    close: () => {
      for (const origin of origins.slice(1)) origin.close()
    },
  }
}

function written(folder: string, name: string, lines: readonly string[]): string {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
  return join(folder, name)
}

const each = <T>(ports: Ports, write: (name: Behind, port: number) => T): T[] => BEHIND.map((name) => write(name, ports[name]))
const paths = BEHIND.map((name) => `/${name}`)

export const SPEAKING_SERVERS = {
  nginx: {
    binary: 'nginx',
    version: (binary) => [binary, '-v'],
    // What is no HTTP it takes for an answer of version 0.9, and passes it on without a head.
    paths: [...paths.filter((path) => path !== '/garbage'), '/busy'],
    command: (binary, folder, port, ports) => {
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`)
      const places = each(ports, (name, to) => `location /${name} { proxy_pass http://127.0.0.1:${to}; proxy_read_timeout 1s; }`)
      const file = written(folder, 'nginx.conf', [
        `daemon off; master_process off; pid ${folder}/pid; error_log stderr warn; events { worker_connections 64; }`,
        `http { access_log off; ${temporary.join(' ')}`,
        `server { listen 127.0.0.1:${port}; location /busy { return 503; } ${places.join(' ')} } }`,
      ])
      return [binary, '-e', 'stderr', '-p', folder, '-c', file]
    },
  },
  apache: {
    binary: 'apache2',
    version: (binary) => [binary, '-v'],
    // As nginx does.
    paths: [...paths.filter((path) => path !== '/garbage'), '/busy'],
    command: (binary, folder, port, ports) => {
      const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_http', 'alias'].map(
        (one) => `LoadModule ${one}_module /usr/lib/apache2/modules/mod_${one}.so`,
      )
      const file = written(folder, 'apache.conf', [
        `ServerRoot ${folder}`,
        `DefaultRuntimeDir ${folder}`,
        'ServerName localhost',
        `Listen 127.0.0.1:${port}`,
        `PidFile ${folder}/pid`,
        `ErrorLog ${folder}/error.log`,
        ...modules,
        'ProxyTimeout 1',
        'Redirect 503 /busy',
        ...each(ports, (name, to) => `ProxyPass /${name} http://127.0.0.1:${to}/ retry=0`),
      ])
      return [binary, '-X', '-f', file]
    },
  },
  haproxy: {
    binary: 'haproxy',
    version: (binary) => [binary, '-v'],
    paths,
    command: (binary, folder, port, ports) => {
      const file = written(folder, 'haproxy.cfg', [
        'defaults\n mode http\n retries 0\n timeout connect 1s\n timeout client 5s\n timeout server 1s',
        `frontend web\n bind 127.0.0.1:${port}`,
        ...each(ports, (name) => ` use_backend ${name} if { path /${name} }`),
        ...each(ports, (name, to) => `backend ${name}\n server one 127.0.0.1:${to}`),
      ])
      return [binary, '-db', '-f', file]
    },
  },
  caddy: {
    binary: 'caddy',
    version: (binary) => [binary, 'version'],
    paths,
    command: (binary, folder, port, ports) => {
      const transport = 'transport http {\n response_header_timeout 1s\n }'
      const file = written(folder, 'Caddyfile', [
        `{\n admin off\n auto_https off\n storage file_system ${folder}\n}`,
        `http://:${port} {\n bind 127.0.0.1`,
        ...each(ports, (name, to) => ` reverse_proxy /${name} 127.0.0.1:${to} {\n ${transport}\n }`),
        '}',
      ])
      return [binary, 'run', '--config', file, '--adapter', 'caddyfile']
    },
  },
  varnish: {
    binary: 'varnishd',
    version: (binary) => [binary, '-V'],
    paths,
    command: (binary, folder, port, ports) => {
      const file = written(folder, 'site.vcl', [
        'vcl 4.1;',
        ...each(ports, (name, to) => `backend ${name} { .host = "127.0.0.1"; .port = "${to}"; .first_byte_timeout = 1s; }`),
        'sub vcl_recv {',
        ...each(ports, (name) => ` if (req.url == "/${name}") { set req.backend_hint = ${name}; }`),
        ' return (pass);\n}',
      ])
      mkdirSync(join(folder, 'work'), { recursive: true })
      return [
        binary,
        '-F',
        '-j',
        'none',
        '-a',
        `127.0.0.1:${port}`,
        '-f',
        file,
        '-n',
        join(folder, 'work'),
        '-s',
        'malloc,16m',
        '-T',
        'none',
      ]
    },
  },
  lighttpd: {
    binary: 'lighttpd',
    version: (binary) => [binary, '-v'],
    paths,
    command: (binary, folder, port, ports) => {
      const file = written(folder, 'lighttpd.conf', [
        `server.document-root = "${folder}"`,
        'server.bind = "127.0.0.1"',
        `server.port = ${port}`,
        `server.errorlog = "${folder}/error.log"`,
        'server.modules = ("mod_proxy")',
        ...each(
          ports,
          (name, to) =>
            `$HTTP["url"] =~ "^/${name}" { proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${to}, "read-timeout" => 1, "connect-timeout" => 1))) }`,
        ),
      ])
      return [binary, '-D', '-f', file]
    },
  },
  squid: {
    binary: 'squid',
    version: (binary) => [binary, '-v'],
    paths: paths.filter((path) => path !== '/garbage'),
    command: (binary, folder, port, ports) => {
      // It gives up its rights and then writes here.
      chmodSync(folder, 0o777)
      const file = written(folder, 'squid.conf', [
        `http_port 127.0.0.1:${port} accel defaultsite=a.test`,
        'visible_hostname a.test',
        `pid_filename ${folder}/pid\ncache_log ${folder}/cache.log\naccess_log none\ncache deny all\ncoredump_dir ${folder}`,
        'read_timeout 1 seconds\nforward_timeout 2 seconds\nconnect_timeout 1 seconds\npinger_enable off',
        ...each(
          ports,
          (name, to) =>
            `acl ${name} urlpath_regex ^/${name}\ncache_peer 127.0.0.1 parent ${to} 0 no-query originserver no-digest name=${name}\ncache_peer_access ${name} allow ${name}\ncache_peer_access ${name} deny all`,
        ),
        'http_access allow all\nnever_direct allow all\nshutdown_lifetime 0 seconds',
      ])
      return [binary, '-N', '-f', file]
    },
  },
  trafficserver: {
    binary: 'traffic_server',
    version: (binary) => [binary, '-V'],
    paths,
    command: (binary, folder, port, ports) => {
      // Its error pages are among its configuration.
      cpSync('/etc/trafficserver', join(folder, 'etc'), { recursive: true })
      for (const name of ['run', 'log', 'cache', 'state']) mkdirSync(join(folder, name))
      written(join(folder, 'etc'), 'records.config', [
        `CONFIG proxy.config.http.server_ports STRING ${port}:ip-in=127.0.0.1`,
        'CONFIG proxy.config.http.connect_attempts_max_retries INT 0',
        'CONFIG proxy.config.http.connect_attempts_timeout INT 1',
        'CONFIG proxy.config.http.transaction_no_activity_timeout_out INT 1',
        'CONFIG proxy.config.http.cache.http INT 0',
        'CONFIG proxy.config.admin.user_id STRING trafficserver',
      ])
      written(
        join(folder, 'etc'),
        'remap.config',
        each(ports, (name, to) => `map http://a.test/${name} http://127.0.0.1:${to}/`),
      )
      written(join(folder, 'etc'), 'storage.config', [])
      written(join(folder, 'etc'), 'plugin.config', [])
      const own = ['sysconfdir: etc', 'localstatedir: state', 'runtimedir: run', 'logdir: log', 'cachedir: cache']
      const layout = written(folder, 'runroot.yaml', [
        ...own.map((line) => line.replace(': ', `: ${folder}/`)),
        'prefix: /usr\nexec_prefix: /usr\nbindir: /usr/bin\nsbindir: /usr/sbin\nlibdir: /usr/lib\nincludedir: /usr/include',
        'datadir: /usr/share/trafficserver\nlibexecdir: /usr/lib/trafficserver/modules',
      ])
      // It gives up its rights and then writes here.
      for (const name of ['', 'etc', 'run', 'log', 'cache', 'state']) chmodSync(join(folder, name), 0o777)
      return [binary, `--run-root=${layout}`]
    },
  },
  fastify: {
    binary: 'node',
    version: () => [process.execPath, '--version'],
    paths: paths.filter((path) => path !== '/closed' && path !== '/garbage'),
    command: (_, folder, port, ports) => {
      const modules = join(import.meta.dirname, '../../node_modules')
      const file = written(folder, 'proxy.mjs', [
        `import Fastify from '${modules}/fastify/fastify.js'`,
        `import proxy from '${modules}/@fastify/http-proxy/index.js'`,
        'const app = Fastify()',
        ...each(
          ports,
          (name, to) => `app.register(proxy, { upstream: 'http://127.0.0.1:${to}', prefix: '/${name}', undici: { headersTimeout: 500 } })`,
        ),
        `await app.listen({ port: ${port}, host: '127.0.0.1' })`,
      ])
      return [process.execPath, file]
    },
  },
  gunicorn: {
    binary: 'gunicorn',
    version: (binary) => [binary, '--version'],
    paths: ['/raises'],
    command: (binary, folder, port) => {
      written(folder, 'broken.py', ['def app(environ, start_response):', "    raise RuntimeError('oops')"])
      return [binary, '--chdir', folder, '--bind', `127.0.0.1:${port}`, '--workers', '1', 'broken:app']
    },
  },
  uvicorn: {
    binary: 'uvicorn',
    version: (binary) => [binary, '--version'],
    paths: ['/raises'],
    command: (binary, folder, port) => {
      written(folder, 'broken_later.py', [
        'async def app(scope, receive, send):',
        "    if scope['type'] == 'http': raise RuntimeError('oops')",
      ])
      return [binary, '--app-dir', folder, '--host', '127.0.0.1', '--port', `${port}`, '--lifespan', 'off', 'broken_later:app']
    },
  },
  puma: {
    binary: 'puma',
    version: (binary) => [binary, '--version'],
    paths: ['/raises'],
    command: (binary, folder, port) => [
      binary,
      '-b',
      `tcp://127.0.0.1:${port}`,
      '-e',
      'production',
      written(folder, 'config.ru', ["run ->(env) { raise 'oops' }"]),
    ],
  },
} as const satisfies Record<string, SpeakingServer>

export type SpeakingName = keyof typeof SPEAKING_SERVERS

/** Fills in where the program is. */
export function commandOf(name: SpeakingName, folder: string, port: number, ports: Ports): Command {
  const { binary, command } = SPEAKING_SERVERS[name] as SpeakingServer
  return command(program(binary), folder, port, ports)
}

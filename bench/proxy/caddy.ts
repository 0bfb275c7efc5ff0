/** Caddy with one thread of Go, its admin endpoint off, and as many kept connections to the origin as there are clients. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../install.ts'
import type { Contender } from './contender.ts'

export const caddy: Contender = {
  name: 'caddy',
  program: 'caddy',
  version: () => /\d+\.\d+\.\d+/.exec(spawnSync(find('caddy')!, ['version']).stdout.toString())?.[0] ?? '?',
  start: ({ stage, core, port, origin, folder }) => {
    const file = join(folder, 'Caddyfile')
    writeFileSync(file, config(port, origin))
    const env = { GOMAXPROCS: '1', HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
    return stage.start({ name: 'caddy', argv: [find('caddy')!, 'run', '--config', file, '--adapter', 'caddyfile'], core, env })
  },
}

const config = (port: number, origin: number): string => `{
  admin off
  auto_https off
  log {
    level ERROR
  }
}
http://:${port} {
  bind 127.0.0.1
  reverse_proxy 127.0.0.1:${origin} {
    transport http {
      keepalive_idle_conns_per_host 1024
    }
  }
}
`

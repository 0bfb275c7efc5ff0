/** HAProxy, set up for speed: one thread, connections to the origin reused always, no log, no forwarding fields. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../install.ts'
import type { Contender } from './contender.ts'

export const haproxy: Contender = {
  name: 'haproxy',
  program: 'haproxy',
  version: () => /version (\d+\.\d+\.\d+)/.exec(spawnSync(find('haproxy')!, ['-v']).stdout.toString())?.[1] ?? '?',
  start: ({ stage, core, port, origin, folder }) => {
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(file, config(port, origin))
    return stage.start({ name: 'haproxy', argv: [find('haproxy')!, '-q', '-db', '-f', file], core })
  },
}

// By default it counts two descriptors for a connection and refuses to start; an idle one takes only one of them.
const CONNECTIONS_MAX = 12_000

const config = (port: number, origin: number): string => `
global
  nbthread 1
  no strict-limits
  maxconn ${CONNECTIONS_MAX}
defaults
  mode http
  maxconn ${CONNECTIONS_MAX}
  timeout connect 3s
  timeout client 75s
  timeout server 60s
  timeout http-keep-alive 75s
  http-reuse always
frontend in
  bind 127.0.0.1:${port} backlog 4096
  default_backend out
backend out
  server origin 127.0.0.1:${origin}
`

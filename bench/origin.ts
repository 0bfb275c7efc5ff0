/** The origin behind every proxy: one nginx worker with files in memory, so that it is never what is being measured. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { find } from './install.ts'
import { answering, freePort, type Stage, type Started } from './stage.ts'

export type Origin = { readonly started: Started; readonly port: number }

const FILES = { small: 12, '64k': 64 * 1_024, '1m': 1_024 * 1_024, post: 1 } as const

export async function startOrigin(stage: Stage, core: number): Promise<Origin> {
  const port = await freePort()
  const folder = stage.subfolder('origin')
  for (const [name, bytes] of Object.entries(FILES)) writeFileSync(join(folder, name), 'gatewell'.repeat(bytes / 8 + 1).slice(0, bytes))
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, config(folder, port))
  const started = stage.start({ name: 'the origin', argv: [find('nginx')!, '-e', 'stderr', '-p', folder, '-c', file], core })
  await answering(started, port, '/small')
  return { started, port }
}

/** What every nginx of the bench begins with, origin and proxy alike. */
export const nginxHead = (folder: string): string => `
daemon off; pid ${folder}/pid; error_log stderr crit; worker_processes 1; worker_rlimit_nofile 65536;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 30000; }
`

export const nginxFolders = (folder: string): string =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')

/**
 * nginx answers a plain \`return\` before it has read the request's body. \`mirror\` runs after the whole body is there,
 * and 405 is then what the static file says to a POST.
 */
const config = (folder: string, port: number): string => `${nginxHead(folder)}
http {
  access_log off; ${nginxFolders(folder)}
  sendfile on; tcp_nopush on; open_file_cache max=64 inactive=1h; open_file_cache_valid 1h;
  keepalive_timeout 1h; keepalive_requests 100000000; client_body_buffer_size 64k;
  server {
    listen 127.0.0.1:${port} backlog=4096; root ${folder}; default_type text/plain;
    location = /post { mirror /drop; mirror_request_body on; error_page 405 =200 @posted; }
    location @posted { return 200 "thank you\\n"; }
    location = /drop { internal; return 204; }
    location /part- { rewrite ^ /small break; }
  }
}
`

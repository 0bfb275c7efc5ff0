/** Debian's nginx as an origin: serves a folder on a free port of loopback, with what a usual site switches on. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { program } from '../setup/program.ts'
import { answering } from './answering.ts'
import { Child } from './child.ts'
import { unusedPort } from './raw-origin.ts'

export type Nginx = { readonly port: number; close(): Promise<void> }

/** `scratch` is an empty folder for its own files, `more` goes into its `server` block. */
export async function startNginx(options: { root: string; scratch: string; more?: string }): Promise<Nginx> {
  const { root, scratch } = options
  const port = await unusedPort()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(scratch, name)};`)
  mkdirSync(scratch, { recursive: true })
  const file = join(scratch, 'nginx.conf')
  const text = `
    daemon off; master_process off; pid ${join(scratch, 'pid')}; error_log stderr warn;
    events { worker_connections 1024; }
    http {
      include /etc/nginx/mime.types; access_log off; sendfile on; ${temporary.join(' ')}
      # Without the second, nginx compresses nothing for a request that a proxy has put its Via on.
      gzip on; gzip_proxied any; gzip_min_length 256; gzip_types text/css text/plain application/javascript; gzip_vary on;
      server { listen 127.0.0.1:${port}; root ${root}; etag on; ${options.more ?? ''} }
    }`
  writeFileSync(file, text)
  const child = new Child([program('nginx'), '-e', 'stderr', '-p', scratch, '-c', file], { limitMs: 300_000 })
  await answering(port, child)
  return {
    port,
    close: async () => void (await child.stop()),
  }
}

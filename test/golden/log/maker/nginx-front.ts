/** Starts Debian's nginx as a gateway, with what a case configures. */
import type { ChildProcess } from 'node:child_process'
import { program } from '../../../setup/program.ts'
import { FRONT, ORIGIN, ROOT, type Scene } from './scene.ts'

export const TO_ORIGIN = `proxy_pass http://127.0.0.1:${ORIGIN};`

/** As ingress-nginx writes it. */
const INGRESS = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_host] [] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $request_id`
const JSON_FIELDS = [
  ...[
    'time_iso8601',
    'remote_addr',
    'request_method',
    'request_uri',
    'server_protocol',
    'status',
    'body_bytes_sent',
    'request_time',
    'host',
  ],
  ...[
    'upstream_addr',
    'upstream_status',
    'upstream_connect_time',
    'upstream_header_time',
    'upstream_response_time',
    'upstream_response_length',
  ],
]
const JSON_FORMAT = `{${JSON_FIELDS.map((name) => `"${name}":"$${name}"`).join(',')}}`

export type Parts = {
  readonly main?: string
  readonly connections?: number
  readonly http?: string
  readonly server?: string
  readonly location?: string
}

export async function startNginx(scene: Scene, parts: Parts): Promise<ChildProcess> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${ROOT}/tmp-${name};`)
  const file = scene.write(
    'nginx.conf',
    `daemon off; user www-data; worker_processes 1; pid ${ROOT}/nginx.pid; error_log ${ROOT}/error.log info;
${parts.main ?? ''}
events { worker_connections ${parts.connections ?? 512}; }
http {
  log_format ingress '${INGRESS}';
  log_format structured escape=json '${JSON_FORMAT}';
  access_log ${ROOT}/access.log combined; access_log ${ROOT}/ingress.log ingress; access_log ${ROOT}/json.log structured;
  ${temporary.join(' ')}
  ${parts.http ?? ''}
  server {
    listen 127.0.0.1:${FRONT}; server_name shop.example.com;
    ${parts.server ?? ''}
    ${parts.location === undefined ? '' : `location / { ${parts.location} }`}
  }
}
`,
  )
  const child = scene.start('error.log', program('nginx'), ['-e', `${ROOT}/error.log`, '-p', ROOT, '-c', file])
  await scene.listening(FRONT)
  return child
}

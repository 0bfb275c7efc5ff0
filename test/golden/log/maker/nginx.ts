/** Debian's nginx, made to fail in every way that its error log has words for. */
import { execFileSync } from 'node:child_process'
import { program } from '../../../setup/program.ts'
import type { Case, Troupe } from './case.ts'
import { NGINX_ACCESS_CASES } from './nginx-access.ts'
import { NGINX_ANSWER_CASES } from './nginx-answer.ts'
import { NGINX_CONNECT_CASES } from './nginx-connect.ts'
import { NGINX_EXCHANGE_CASES } from './nginx-exchange.ts'
import { NGINX_OWN_CASES } from './nginx-own.ts'
import { NGINX_PHP_CASES } from './nginx-php.ts'
import { NGINX_TLS_CASES } from './nginx-tls.ts'

const CASES: readonly Case[] = [
  ...NGINX_CONNECT_CASES,
  ...NGINX_EXCHANGE_CASES,
  ...NGINX_ANSWER_CASES,
  ...NGINX_TLS_CASES,
  ...NGINX_OWN_CASES,
  ...NGINX_PHP_CASES,
  ...NGINX_ACCESS_CASES,
]

export const TROUPE: Troupe = {
  server: 'nginx',
  version: () =>
    execFileSync('sh', ['-c', `${program('nginx')} -v 2>&1`], { encoding: 'utf8' })
      .replace('nginx version: ', '')
      .trim(),
  formats: {
    'error.log': 'nginx-error',
    'php-fpm.log': 'php-fpm',
    'slow.log': 'php-fpm-slow',
    'access.log': 'combined',
    'ingress.log': 'ingress-nginx',
    'json.log': 'nginx-json',
  },
  noise: /\[notice\]|client closed connection while waiting for request/,
  cases: CASES,
  written: [
    {
      name: 'by-hand',
      format: 'nginx-error',
      how: 'Messages of other versions and of races that come about by chance, after the sources of nginx and ingress-nginx.',
      lines: [
        ['connect-refused', head('connect() failed (104: Connection reset by peer) while connecting to upstream')],
        ['request-write-failed', head('writev() failed (32: Broken pipe) while sending request to upstream')],
        ['request-write-failed', head('sendfile() failed (32: Broken pipe) while sending request to upstream')],
        ['request-write-failed', head('send() failed (104: Connection reset by peer) while sending request to upstream')],
        ['worker-crashed', head('upstream prematurely closed FastCGI stdout while reading response header from upstream')],
        ['worker-crashed', head('upstream prematurely closed FastCGI request while reading upstream')],
        ['malformed-response', head('upstream sent invalid "Content-Length" header: "two" while reading response header from upstream')],
        ['malformed-response', head('upstream sent unknown "Transfer-Encoding": "gzip" while reading response header from upstream')],
        [
          'malformed-response',
          head(
            'upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time while reading response header from upstream',
          ),
        ],
        [
          'malformed-response',
          head(
            'upstream sent duplicate header line: "Content-Length: 3", previous value: "Content-Length: 2" while reading response header from upstream',
          ),
        ],
        [
          'tls-to-plaintext-port',
          head(
            'SSL_do_handshake() failed (SSL: error:1408F10B:SSL routines:ssl3_get_record:wrong version number) while SSL handshaking to upstream',
          ),
        ],
        [
          'no-endpoints',
          head('[lua] balancer.lua:348: balance(): no peer was returned, balancer: round_robin while connecting to upstream', 'warn'),
        ],
        ['fd-exhaustion', head('open() "/var/cache/nginx/1" failed (24: Too many open files)', 'crit')],
        [null, head('SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share) while SSL handshaking', 'crit')],
        [null, head('access forbidden by rule', 'error')],
      ],
    },
    {
      name: 'controller',
      format: 'ingress-nginx-controller',
      how: 'After the sources of ingress-nginx.',
      lines: [
        ['no-endpoints', 'W1122 10:00:00.123456       7 controller.go:1216] Service "shop/app" does not have any active Endpoint.'],
        [null, 'I1122 10:00:01.123456       7 controller.go:190] "Configuration changes detected, backend reload required"'],
      ],
    },
  ],
}

function head(message: string, level = 'error'): string {
  const upstream = message.includes('upstream') ? ', upstream: "http://10.0.0.5:3000/cart"' : ''
  return `2026/11/22 10:00:00 [${level}] 31#31: *7 ${message}, client: 203.0.113.9, server: shop.example.com, request: "GET /cart HTTP/1.1"${upstream}, host: "shop.example.com"`
}

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
}

/** All patterns, by dialect. */
import type { LogDialect } from '../log/log-entry.ts'
import type { Pattern } from '../log/pattern.ts'
import { APACHE_PATTERNS } from './apache/log-pattern.ts'
import { NGINX_PATTERNS } from './nginx/log-pattern.ts'
import { PHP_FPM_PATTERNS } from './php-fpm/log-pattern.ts'
import { PLAIN_PATTERNS } from './plain/log-pattern.ts'

export const PATTERNS: Readonly<Record<LogDialect, readonly Pattern[]>> = {
  nginx: NGINX_PATTERNS,
  apache: APACHE_PATTERNS,
  haproxy: [],
  caddy: [],
  envoy: [],
  traefik: [],
  'php-fpm': PHP_FPM_PATTERNS,
  gunicorn: [],
  uvicorn: [],
  varnish: [],
  alb: [],
  gclb: [],
  cloudflare: [],
  heroku: [],
  gatewell: [],
  system: [],
  plain: PLAIN_PATTERNS,
}

/** All patterns, by dialect. */
import type { LogDialect } from '../log/log-entry.ts'
import type { Pattern } from '../log/pattern.ts'

export const PATTERNS: Readonly<Record<LogDialect, readonly Pattern[]>> = {
  nginx: [],
  apache: [],
  haproxy: [],
  caddy: [],
  envoy: [],
  traefik: [],
  'php-fpm': [],
  gunicorn: [],
  uvicorn: [],
  varnish: [],
  alb: [],
  gclb: [],
  cloudflare: [],
  heroku: [],
  gatewell: [],
  system: [],
  plain: [],
}

/** All patterns, by dialect. */
import type { LogDialect } from '../log/log-entry.ts'
import type { Pattern } from '../log/pattern.ts'
import { ALB_PATTERNS } from './alb/log-pattern.ts'
import { APACHE_PATTERNS } from './apache/log-pattern.ts'
import { AZURE_FRONT_DOOR_PATTERNS } from './azure-front-door/log-pattern.ts'
import { CADDY_PATTERNS } from './caddy/log-pattern.ts'
import { CLOUDFLARE_PATTERNS } from './cloudflare/log-pattern.ts'
import { ENVOY_PATTERNS } from './envoy/log-pattern.ts'
import { FASTLY_PATTERNS } from './fastly/log-pattern.ts'
import { GCLB_PATTERNS } from './gclb/log-pattern.ts'
import { GUNICORN_PATTERNS } from './gunicorn/log-pattern.ts'
import { HAPROXY_PATTERNS } from './haproxy/log-pattern.ts'
import { HEROKU_PATTERNS } from './heroku/log-pattern.ts'
import { IIS_PATTERNS } from './iis/log-pattern.ts'
import { LIGHTTPD_PATTERNS } from './lighttpd/log-pattern.ts'
import { NGINX_PATTERNS } from './nginx/log-pattern.ts'
import { NODE_PATTERNS } from './node/log-pattern.ts'
import { PHP_FPM_PATTERNS } from './php-fpm/log-pattern.ts'
import { PLAIN_PATTERNS } from './plain/log-pattern.ts'
import { SQUID_PATTERNS } from './squid/log-pattern.ts'
import { SYSTEM_PATTERNS } from './system/log-pattern.ts'
import { TOMCAT_PATTERNS } from './tomcat/log-pattern.ts'
import { TRAEFIK_PATTERNS } from './traefik/log-pattern.ts'
import { TRAFFICSERVER_PATTERNS } from './trafficserver/log-pattern.ts'
import { UVICORN_PATTERNS } from './uvicorn/log-pattern.ts'
import { UWSGI_PATTERNS } from './uwsgi/log-pattern.ts'
import { VARNISH_PATTERNS } from './varnish/log-pattern.ts'
import { VERCEL_PATTERNS } from './vercel/log-pattern.ts'

export const PATTERNS: Readonly<Record<LogDialect, readonly Pattern[]>> = {
  nginx: NGINX_PATTERNS,
  apache: APACHE_PATTERNS,
  haproxy: HAPROXY_PATTERNS,
  caddy: CADDY_PATTERNS,
  envoy: ENVOY_PATTERNS,
  traefik: TRAEFIK_PATTERNS,
  'php-fpm': PHP_FPM_PATTERNS,
  gunicorn: GUNICORN_PATTERNS,
  uvicorn: UVICORN_PATTERNS,
  uwsgi: UWSGI_PATTERNS,
  node: NODE_PATTERNS,
  tomcat: TOMCAT_PATTERNS,
  lighttpd: LIGHTTPD_PATTERNS,
  squid: SQUID_PATTERNS,
  trafficserver: TRAFFICSERVER_PATTERNS,
  iis: IIS_PATTERNS,
  varnish: VARNISH_PATTERNS,
  alb: ALB_PATTERNS,
  gclb: GCLB_PATTERNS,
  cloudflare: CLOUDFLARE_PATTERNS,
  'azure-front-door': AZURE_FRONT_DOOR_PATTERNS,
  fastly: FASTLY_PATTERNS,
  vercel: VERCEL_PATTERNS,
  heroku: HEROKU_PATTERNS,
  // Gatewell names the causes in its log itself.
  gatewell: [],
  system: SYSTEM_PATTERNS,
  plain: PLAIN_PATTERNS,
}

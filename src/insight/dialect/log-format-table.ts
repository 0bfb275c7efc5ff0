/** All log formats. */
import type { LogFormat } from '../log/format.ts'
import { ALB_FORMATS } from './alb/log-format.ts'
import { APACHE_FORMATS } from './apache/log-format.ts'
import { AZURE_FRONT_DOOR_FORMATS } from './azure-front-door/log-format.ts'
import { CADDY_FORMATS } from './caddy/log-format.ts'
import { CLOUDFLARE_FORMATS } from './cloudflare/log-format.ts'
import { ENVOY_FORMATS } from './envoy/log-format.ts'
import { FASTLY_FORMATS } from './fastly/log-format.ts'
import { GATEWELL_FORMATS } from './gatewell/log-format.ts'
import { GCLB_FORMATS } from './gclb/log-format.ts'
import { GUNICORN_FORMATS } from './gunicorn/log-format.ts'
import { HAPROXY_FORMATS } from './haproxy/log-format.ts'
import { HEROKU_FORMATS } from './heroku/log-format.ts'
import { IIS_FORMATS } from './iis/log-format.ts'
import { LIGHTTPD_FORMATS } from './lighttpd/log-format.ts'
import { NGINX_FORMATS } from './nginx/log-format.ts'
import { NODE_FORMATS } from './node/log-format.ts'
import { PHP_FPM_FORMATS } from './php-fpm/log-format.ts'
import { PLAIN_FORMATS } from './plain/log-format.ts'
import { SQUID_FORMATS } from './squid/log-format.ts'
import { SYSTEM_FORMATS } from './system/log-format.ts'
import { TOMCAT_FORMATS } from './tomcat/log-format.ts'
import { TRAEFIK_FORMATS } from './traefik/log-format.ts'
import { TRAFFICSERVER_FORMATS } from './trafficserver/log-format.ts'
import { UVICORN_FORMATS } from './uvicorn/log-format.ts'
import { UWSGI_FORMATS } from './uwsgi/log-format.ts'
import { VARNISH_FORMATS } from './varnish/log-format.ts'
import { VERCEL_FORMATS } from './vercel/log-format.ts'

/** The most specific first. */
export const LOG_FORMATS: readonly LogFormat[] = [
  ...NGINX_FORMATS,
  ...APACHE_FORMATS,
  ...HAPROXY_FORMATS,
  ...CADDY_FORMATS,
  ...ENVOY_FORMATS,
  ...TRAEFIK_FORMATS,
  ...PHP_FPM_FORMATS,
  ...GUNICORN_FORMATS,
  ...UVICORN_FORMATS,
  ...UWSGI_FORMATS,
  ...NODE_FORMATS,
  ...TOMCAT_FORMATS,
  ...LIGHTTPD_FORMATS,
  ...SQUID_FORMATS,
  ...TRAFFICSERVER_FORMATS,
  ...IIS_FORMATS,
  ...VARNISH_FORMATS,
  ...ALB_FORMATS,
  ...GCLB_FORMATS,
  ...CLOUDFLARE_FORMATS,
  ...AZURE_FRONT_DOOR_FORMATS,
  ...FASTLY_FORMATS,
  ...VERCEL_FORMATS,
  ...HEROKU_FORMATS,
  ...GATEWELL_FORMATS,
  ...PLAIN_FORMATS,
  ...SYSTEM_FORMATS,
].sort((one, other) => other.specificity - one.specificity)

export function formatCalled(name: string): LogFormat | null {
  return LOG_FORMATS.find((format) => format.name === name) ?? null
}

/**
 * What each server does where nothing is said, and how it is told otherwise. Seconds, bytes or counts; Infinity where there is no limit.
 * From the servers' sources and manuals; nginx's families (`fastcgi_…`, `uwsgi_…`) have the names and values of `proxy_…`.
 */
import { LIMITS, TIMEOUTS, UPSTREAM } from '../../config/defaults.ts'

/** What is set, in whatever words a server takes. */
export type Role =
  | 'connect' // to wait for a connection to the server behind
  | 'answer' // to wait for its answer
  | 'keep' // to keep an idle connection to it
  | 'offer' // to keep an idle connection of a client
  | 'work' // to work on a request before ending it
  | 'header' // the largest head of an answer
  | 'body' // the largest body of a request
  | 'slots' // how many requests at a time
  | 'backlog' // how many connections wait to be accepted

export type SettingDefault = {
  /** As written in the configuration. */
  readonly name: string
  readonly value: number
  readonly unit: 's' | 'ms' | 'bytes' | 'count'
  /** How to set it; VALUE stands for the value with its unit, NUMBER for the value alone. */
  readonly write: string
  /** Where the default depends on something. */
  readonly note?: string
}

export type ServerName = 'nginx' | 'apache' | 'haproxy' | 'caddy' | 'php-fpm' | 'gunicorn' | 'gatewell'

const NONE = Number.POSITIVE_INFINITY

export const SETTING_DEFAULTS = {
  nginx: {
    connect: { name: 'proxy_connect_timeout', value: 60, unit: 's', write: 'proxy_connect_timeout VALUE;' },
    answer: { name: 'proxy_read_timeout', value: 60, unit: 's', write: 'proxy_read_timeout VALUE;', note: 'between two reads' },
    keep: {
      name: 'keepalive_timeout',
      value: 60,
      unit: 's',
      write: 'keepalive_timeout VALUE;',
      note: 'in upstream; connections are kept where `keepalive` is set, and from 1.29.7 on in every upstream',
    },
    offer: { name: 'keepalive_timeout', value: 75, unit: 's', write: 'keepalive_timeout VALUE;' },
    header: { name: 'proxy_buffer_size', value: 4_096, unit: 'bytes', write: 'proxy_buffer_size VALUE;', note: 'a page of memory' },
    body: { name: 'client_max_body_size', value: 1_048_576, unit: 'bytes', write: 'client_max_body_size VALUE;' },
    backlog: { name: 'listen … backlog', value: 511, unit: 'count', write: 'listen 80 backlog=VALUE;' },
  },
  apache: {
    connect: {
      name: 'connectiontimeout',
      value: 60,
      unit: 's',
      write: 'ProxyPass … connectiontimeout=NUMBER',
      note: 'the timeout of the worker',
    },
    answer: {
      name: 'ProxyTimeout',
      value: 60,
      unit: 's',
      write: 'ProxyTimeout NUMBER',
      note: 'without it Timeout, 60; Debian sets that to 300',
    },
    keep: { name: 'ttl', value: NONE, unit: 's', write: 'ProxyPass … ttl=NUMBER' },
    offer: { name: 'KeepAliveTimeout', value: 5, unit: 's', write: 'KeepAliveTimeout NUMBER' },
    header: { name: 'responsefieldsize', value: 8_192, unit: 'bytes', write: 'ProxyPass … responsefieldsize=NUMBER', note: 'each line' },
    body: {
      name: 'LimitRequestBody',
      value: 1_073_741_824,
      unit: 'bytes',
      write: 'LimitRequestBody NUMBER',
      note: 'no limit before 2.4.54',
    },
    slots: { name: 'MaxRequestWorkers', value: 400, unit: 'count', write: 'MaxRequestWorkers NUMBER', note: 'prefork: 256' },
    backlog: { name: 'ListenBacklog', value: 511, unit: 'count', write: 'ListenBacklog NUMBER' },
  },
  haproxy: {
    connect: { name: 'timeout connect', value: NONE, unit: 'ms', write: 'timeout connect VALUE' },
    answer: { name: 'timeout server', value: NONE, unit: 'ms', write: 'timeout server VALUE' },
    keep: {
      name: 'pool-purge-delay',
      value: 5,
      unit: 'ms',
      write: 'default-server pool-purge-delay VALUE',
      note: 'half of the idle ones each time',
    },
    offer: {
      name: 'timeout http-keep-alive',
      value: NONE,
      unit: 'ms',
      write: 'timeout http-keep-alive VALUE',
      note: 'or http-request, or client',
    },
    header: { name: 'tune.bufsize', value: 15_360, unit: 'bytes', write: 'tune.bufsize VALUE', note: '16384 less tune.maxrewrite 1024' },
  },
  caddy: {
    connect: { name: 'dial_timeout', value: 3, unit: 's', write: 'dial_timeout VALUE' },
    answer: { name: 'response_header_timeout', value: NONE, unit: 's', write: 'response_header_timeout VALUE' },
    keep: { name: 'keepalive', value: 120, unit: 's', write: 'keepalive VALUE' },
    offer: { name: 'idle', value: 300, unit: 's', write: 'idle VALUE', note: 'in servers, timeouts' },
    body: { name: 'max_size', value: NONE, unit: 'bytes', write: 'max_size VALUE' },
  },
  'php-fpm': {
    work: { name: 'request_terminate_timeout', value: NONE, unit: 's', write: 'request_terminate_timeout = VALUE' },
    body: { name: 'post_max_size', value: 8_388_608, unit: 'bytes', write: 'php_admin_value[post_max_size] = VALUE' },
    slots: { name: 'pm.max_children', value: 5, unit: 'count', write: 'pm.max_children = VALUE', note: "in Debian's www.conf" },
    backlog: { name: 'listen.backlog', value: 511, unit: 'count', write: 'listen.backlog = VALUE' },
  },
  gunicorn: {
    work: { name: 'timeout', value: 30, unit: 's', write: 'timeout = NUMBER' },
    offer: { name: 'keepalive', value: 2, unit: 's', write: 'keepalive = NUMBER', note: 'the sync worker keeps none' },
    slots: { name: 'workers', value: 1, unit: 'count', write: 'workers = NUMBER' },
    backlog: { name: 'backlog', value: 2_048, unit: 'count', write: 'backlog = NUMBER' },
  },
  gatewell: {
    connect: { name: 'timeouts.connect', value: TIMEOUTS.connectMs / 1_000, unit: 's', write: 'timeouts: { connect: VALUE }' },
    answer: { name: 'timeouts.response', value: TIMEOUTS.responseMs / 1_000, unit: 's', write: 'timeouts: { response: VALUE }' },
    keep: {
      name: 'keepAlive.idle',
      value: UPSTREAM.keepAliveMs / 1_000,
      unit: 's',
      write: 'keepAlive: { idle: VALUE }',
      note: 'less where the endpoint announces or teaches less',
    },
    offer: { name: 'limits.keepAlive', value: LIMITS.keepAliveMs / 1_000, unit: 's', write: 'limits: { keepAlive: VALUE }' },
    body: { name: 'limits.body', value: LIMITS.bodyBytesMax, unit: 'bytes', write: 'limits: { body: VALUE }' },
  },
} as const satisfies Record<ServerName, Partial<Record<Role, SettingDefault>>>

/** Load balancers that have no file to read, by the name that `--behind` knows. */
export type Edge = { readonly name: string; readonly keepS: number; readonly answerS: number; readonly write: string }

export const EDGES = {
  alb: { name: 'an AWS load balancer (ALB)', keepS: 60, answerS: 60, write: 'idle_timeout.timeout_seconds=VALUE' },
  gcp: { name: "Google's load balancer", keepS: 600, answerS: 30, write: 'gcloud compute backend-services update NAME --timeout=VALUE' },
  cloudflare: { name: 'Cloudflare', keepS: 900, answerS: 120, write: 'proxy_read_timeout VALUE (Enterprise)' },
  envoy: { name: 'Envoy', keepS: 3_600, answerS: 15, write: 'route: { timeout: VALUE }' },
  traefik: { name: 'Traefik', keepS: 90, answerS: Number.POSITIVE_INFINITY, write: 'forwardingTimeouts: { responseHeaderTimeout: VALUE }' },
} as const satisfies Record<string, Edge>

export type EdgeName = keyof typeof EDGES

/**
 * By what each server can be told from an error answer. `Server`, `Via` and `X-Powered-By` are in its row of insight/dialect, the words of
 * its page in causes/page-mark.ts; here is the rest, and how well each row is known.
 */
import type { ServerId } from '../dialect/origin-table.ts'
import type { Fingerprint, OwnMark } from './fingerprint.ts'

const MADE_BY_SERVERS: readonly number[] = [500, 502, 503, 504]
/** It says nothing at all: an answer without a body and without a name. */
const WORDLESS: OwnMark = { isEmpty: true, statuses: [502, 503, 504], strength: 'hint', says: 'its own errors have no body' }

export const FINGERPRINTS: Readonly<Record<ServerId, Fingerprint>> = {
  nginx: { source: 'run' },
  openresty: { source: 'read' },
  tengine: { source: 'told' },
  apache: { source: 'run' },
  fastify: { source: 'run' },
  'http-proxy': { source: 'read' },
  go: {
    source: 'told',
    own: [{ ...WORDLESS, statuses: [502], without: ['server', 'via'], says: 'its own errors have neither a body nor a Server' }],
  },
  haproxy: {
    source: 'run',
    sizes: { 502: [107], 503: [107], 504: [92] },
  },
  // It puts its name on answers that it passes on as well.
  caddy: {
    source: 'run',
    own: [{ ...WORDLESS, field: 'server', pattern: /^Caddy/, strength: 'clear' }],
    sizes: { 502: [0], 503: [0], 504: [0] },
  },
  varnish: {
    source: 'run',
    isServerOwn: true,
    trace: [{ field: 'x-varnish' }],
    // The number of the transaction is on the page: one to ten digits.
    sizes: { 503: Array.from({ length: 10 }, (_, digits) => 278 + digits) },
  },
  cloudflare: {
    source: 'read',
    isEdge: true,
    trace: [{ field: 'cf-ray' }],
    own: [
      {
        field: 'server',
        pattern: /^cloudflare/i,
        statuses: [520, 521, 522, 523, 524, 525, 526, 527, 530],
        strength: 'proof',
        says: 'only Cloudflare itself uses this status',
        causes: [
          [/^521/, 'connect-refused'],
          [/^522/, 'connect-timeout'],
          [/^523/, 'connect-unreachable'],
          [/^524/, 'response-timeout'],
          [/^525/, 'tls-handshake-failed'],
          [/^526/, 'tls-untrusted'],
          [/^530/, 'dns-nxdomain'],
        ],
      },
      { field: 'cf-error-type', strength: 'proof', says: 'it sets this field on its own errors alone' },
    ],
  },
  node: { source: 'read' },
  gunicorn: { source: 'run', sizes: { 500: [141] } },
  uvicorn: { source: 'run' },
  hypercorn: { source: 'told' },
  werkzeug: { source: 'told' },
  uwsgi: { source: 'told' },
  php: { source: 'read' },
  puma: { source: 'run', sizes: { 500: [77] } },
  unicorn: { source: 'told' },
  passenger: { source: 'told' },
  tomcat: { source: 'read' },
  rails: { source: 'read' },
  jetty: { source: 'told' },
  kestrel: { source: 'told' },
  envoy: {
    source: 'read',
    trace: [{ field: 'x-envoy-upstream-service-time' }],
    own: [
      { field: 'x-envoy-overloaded', strength: 'proof', says: 'it sets this field where it has too much to do itself' },
      {
        field: 'server',
        pattern: /envoy$/i,
        without: ['x-envoy-upstream-service-time'],
        statuses: MADE_BY_SERVERS,
        strength: 'clear',
        says: 'it says how long the server behind it took unless it answers by itself',
      },
    ],
    // By why the stream was reset: overflow, remote reset, connection failure or timeout, connection termination; and no healthy upstream.
    sizes: { 503: [81, 85, 91, 95, 19], 504: [24] },
  },
  traefik: { source: 'read', sizes: { 502: [11], 504: [15] } },
  squid: {
    source: 'run',
    own: [
      {
        field: 'x-squid-error',
        strength: 'proof',
        says: 'it sets this field on its own errors alone',
        causes: [
          [/^ERR_CONNECT_FAIL 111/, 'connect-refused'],
          [/^ERR_CONNECT_FAIL 110/, 'connect-timeout'],
          [/^ERR_CONNECT_FAIL 113/, 'connect-unreachable'],
          [/^ERR_DNS_FAIL/, 'dns-nxdomain'],
          [/^ERR_READ_TIMEOUT/, 'response-timeout'],
          [/^ERR_ZERO_SIZE_OBJECT/, 'closed-before-response'],
          [/^ERR_INVALID_RESP/, 'malformed-response'],
          [/^ERR_SECURE_CONNECT_FAIL/, 'tls-handshake-failed'],
        ],
      },
    ],
  },
  lighttpd: { source: 'run', sizes: { 500: [365], 502: [345], 503: [361], 504: [353] } },
  litespeed: { source: 'read' },
  kong: { source: 'read', trace: [{ field: 'x-kong-upstream-latency' }, { field: 'x-kong-proxy-latency' }] },
  iis: { source: 'told' },
  trafficserver: { source: 'run', sizes: { 502: [247, 255, 294, 391], 504: [265] } },
  alb: { source: 'read', isServerOwn: true, sizes: { 502: [122], 503: [162], 504: [132] } },
  cloudfront: { source: 'read', isEdge: true, isServerOwn: true, trace: [{ field: 'x-amz-cf-id' }, { field: 'x-amz-cf-pop' }] },
  google: { source: 'told' },
  azure: { source: 'read' },
  'azure-front-door': {
    source: 'told',
    isEdge: true,
    trace: [{ field: 'x-azure-ref' }],
    own: [{ field: 'x-azure-externalerror', strength: 'proof', says: 'it sets this field where it could not reach the server' }],
  },
  heroku: { source: 'told' },
  vercel: {
    source: 'read',
    isEdge: true,
    trace: [{ field: 'x-vercel-id' }],
    own: [
      {
        field: 'x-vercel-error',
        strength: 'proof',
        says: 'it sets this field on its own errors alone',
        causes: [
          [/_TIMEOUT$/, 'response-timeout'],
          [/^DNS_/, 'dns-nxdomain'],
          [/^FUNCTION_INVOCATION_FAILED$/, 'worker-crashed'],
          [/^INFINITE_LOOP_DETECTED$/, 'proxy-loop'],
          [/_HANDSHAKE_ERROR$/, 'tls-handshake-failed'],
        ],
      },
    ],
  },
  netlify: { source: 'told', isEdge: true, trace: [{ field: 'x-nf-request-id' }] },
  fastly: { source: 'read', isEdge: true, trace: [{ field: 'x-served-by', pattern: /^cache-/ }] },
  akamai: { source: 'read', isEdge: true, isServerOwn: true, trace: [{ field: 'akamai-grn' }] },
  edgeone: {
    source: 'told',
    isEdge: true,
    trace: [{ field: 'eo-log-uuid' }],
    own: [
      {
        field: 'eo-log-uuid',
        statuses: [520, 521, 522, 523, 524, 525, 550, 551, 552, 553, 554, 555, 566, 567],
        strength: 'proof',
        says: 'of those that set this field only EdgeOne itself uses this status',
        causes: [
          [/^521$/, 'connect-refused'],
          [/^522$/, 'connect-timeout'],
          [/^523$/, 'connect-unreachable'],
          [/^524$/, 'response-timeout'],
          [/^525$/, 'tls-handshake-failed'],
        ],
      },
    ],
  },
  fly: { source: 'told', isEdge: true, trace: [{ field: 'fly-request-id' }] },
  gatewell: { source: 'read' },
}

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
  haproxy: {
    source: 'run',
    own: [
      {
        field: 'cache-control',
        pattern: /^no-cache$/,
        without: ['server', 'via'],
        statuses: [502, 503, 504],
        strength: 'hint',
        says: 'it sets this field on its own errors, and no Server',
      },
    ],
    sizes: { 502: 107, 503: 107, 504: 92 },
  },
  caddy: {
    source: 'run',
    isServerOwn: true,
    own: [{ ...WORDLESS, field: 'server', pattern: /^Caddy/ }],
    sizes: { 502: 0, 503: 0, 504: 0 },
  },
  varnish: { source: 'run', isServerOwn: true, trace: [{ field: 'x-varnish' }] },
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
      },
      { field: 'cf-error-type', strength: 'proof', says: 'it sets this field on its own errors alone' },
    ],
  },
  node: { source: 'run' },
  gunicorn: { source: 'run' },
  uvicorn: { source: 'run' },
  hypercorn: { source: 'told' },
  werkzeug: { source: 'told' },
  uwsgi: { source: 'told' },
  php: { source: 'read' },
  puma: { source: 'read' },
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
  },
  traefik: { source: 'read', sizes: { 502: 11, 504: 15 } },
  squid: { source: 'run', own: [{ field: 'x-squid-error', strength: 'proof', says: 'it sets this field on its own errors alone' }] },
  lighttpd: { source: 'run' },
  litespeed: { source: 'read' },
  kong: { source: 'read', trace: [{ field: 'x-kong-upstream-latency' }, { field: 'x-kong-proxy-latency' }], isServerOwn: true },
  iis: { source: 'told' },
  trafficserver: { source: 'run' },
  alb: { source: 'read', isServerOwn: true, sizes: { 502: 122, 503: 162, 504: 132 } },
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
    own: [{ field: 'x-vercel-error', strength: 'proof', says: 'it sets this field on its own errors alone' }],
  },
  netlify: { source: 'told', isEdge: true, trace: [{ field: 'x-nf-request-id' }] },
  fastly: { source: 'read', isEdge: true, trace: [{ field: 'x-served-by', pattern: /^cache-/ }] },
  akamai: { source: 'read', isEdge: true, isServerOwn: true, trace: [{ field: 'akamai-grn' }] },
  edgeone: { source: 'told', isEdge: true, trace: [{ field: 'eo-log-uuid' }] },
  fly: { source: 'told', isEdge: true, trace: [{ field: 'fly-request-id' }] },
  gatewell: { source: 'run' },
}

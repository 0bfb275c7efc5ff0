/**
 * What servers write on the error pages that they make themselves: by these words a page tells its maker and, with some, the cause.
 * Data and one reader; what else tells a server is in insight/speaker. Makers are called by their ids in insight/dialect.
 */
import type { KnownCauseId } from './foreign-catalogue.ts'

type PageMark = {
  /** `$1`: the words in the first brackets of the pattern, in lower case. */
  readonly maker: string
  /** It must be there: looked for first, for that costs next to nothing. Left out where the pattern is held at the beginning. */
  readonly word?: string
  /** What must be there as well. A group called `version` is its version. */
  readonly pattern?: RegExp
  /** What the page says went wrong behind its maker. */
  readonly cause?: KnownCauseId
}

export type PageReading = {
  readonly maker: string
  readonly cause: KnownCauseId | null
  /** As the page has it, or ''. */
  readonly version: string
}

const ENVOY = String.raw`^upstream connect error or disconnect\/reset before headers\..*`
const APACHE_REASON = 'Reason: <strong>'
const SQUID = 'The requested URL could not be retrieved'
const XHTML = String.raw`^<\?xml version="1\.0" encoding="iso-8859-1"\?>\n<!DOCTYPE html PUBLIC "-\/\/W3C\/\/DTD XHTML 1\.0 Transitional`
const ATS = String.raw`^<HTML>\n<HEAD>\n<TITLE>`

const NGINX_KIN: readonly PageMark[] = [
  { maker: 'azure', word: '<hr><center>Microsoft', pattern: /<hr><center>Microsoft-Azure-Application-Gateway\/(?<version>v\d)/ },
  { maker: '$1', word: '<hr><center>', pattern: /<hr><center>(nginx|openresty|tengine|cloudflare)(?:\/(?<version>[\d.]+))?/i },
  {
    maker: 'alb',
    pattern: /^<html>\r\n<head><title>50[0234] [^<]+<\/title><\/head>\r\n<body>\r\n<center><h1>[^<]+<\/h1><\/center>\r\n<\/body>/,
  },
]

const PROXIES: readonly PageMark[] = [
  {
    maker: 'haproxy',
    pattern: /^<html><body><h1>503 [^<]+<\/h1>\nNo server is available to handle this request\.\n/,
    cause: 'no-healthy-upstream',
  },
  { maker: 'haproxy', pattern: /^<html><body><h1>504 [^<]+<\/h1>\nThe server didn't respond in time\.\n/, cause: 'response-timeout' },
  { maker: 'haproxy', pattern: /^<html><body><h1>502 [^<]+<\/h1>\nThe server returned an invalid or incomplete response\.\n/ },
  { maker: 'fastly', word: '<p>Details: cache-' },
  { maker: 'varnish', word: '<p>Varnish cache server</p>', pattern: /<p>XID: \d+<\/p>/ },
  { maker: 'apache', word: `${APACHE_REASON}DNS lookup failure for`, cause: 'dns-nxdomain' },
  { maker: 'apache', word: `${APACHE_REASON}Error during SSL Handshake`, cause: 'tls-handshake-failed' },
  {
    maker: 'apache',
    word: APACHE_REASON,
    pattern: /<strong>(?:Corrupt status line|Error parsing headers|Malformed)/,
    cause: 'malformed-response',
  },
  { maker: 'apache', word: `${APACHE_REASON}Timeout on 100-Continue`, cause: 'response-timeout' },
  { maker: 'apache', word: 'The proxy server received an invalid' },
  { maker: 'apache', word: 'The proxy server could not handle the request' },
  { maker: 'apache', word: 'The gateway did not receive a timely response', cause: 'response-timeout' },
  { maker: 'apache', word: 'The server is temporarily unable to service your' },
  { maker: 'apache', word: '<address>Apache', pattern: /<address>Apache(?:\/(?<version>[\d.]+))?/ },
  { maker: 'apache', word: '-//IETF//DTD HTML 2.0//EN' },
  { maker: 'envoy', pattern: new RegExp(`${ENVOY}connection timeout`, 's'), cause: 'connect-timeout' },
  { maker: 'envoy', pattern: new RegExp(`${ENVOY}(?:Connection refused|delayed connect error: 111)`, 's'), cause: 'connect-refused' },
  { maker: 'envoy', pattern: new RegExp(`${ENVOY}TLS_error.*WRONG_VERSION_NUMBER`, 's'), cause: 'tls-to-plaintext-port' },
  { maker: 'envoy', pattern: new RegExp(`${ENVOY}TLS_error.*CERTIFICATE_VERIFY_FAILED`, 's'), cause: 'tls-untrusted' },
  { maker: 'envoy', pattern: new RegExp(`${ENVOY}TLS_error`, 's'), cause: 'tls-handshake-failed' },
  { maker: 'envoy', pattern: new RegExp(`${ENVOY}connection termination`, 's'), cause: 'closed-before-response' },
  { maker: 'envoy', pattern: new RegExp(`${ENVOY}remote (?:refused stream )?reset`, 's'), cause: 'reset-before-response' },
  { maker: 'envoy', pattern: new RegExp(`${ENVOY}overflow`, 's'), cause: 'overload-shed' },
  { maker: 'envoy', pattern: new RegExp(`${ENVOY}protocol error`, 's'), cause: 'malformed-response' },
  { maker: 'envoy', pattern: new RegExp(ENVOY) },
  { maker: 'envoy', pattern: /^upstream request timeout\s*$/, cause: 'response-timeout' },
  { maker: 'envoy', pattern: /^upstream max stream duration reached\s*$/, cause: 'deadline-exceeded' },
  { maker: 'envoy', pattern: /^no healthy upstream\s*$/, cause: 'no-healthy-upstream' },
  { maker: 'traefik', pattern: /^no available server\n?$/, cause: 'no-healthy-upstream' },
  { maker: 'traefik', pattern: /^(?:Bad Gateway|Gateway Timeout)$/ },
  { maker: 'squid', word: SQUID, pattern: /<i>\(111\)/, cause: 'connect-refused' },
  { maker: 'squid', word: SQUID, pattern: /<i>\(110\)/, cause: 'connect-timeout' },
  { maker: 'squid', word: SQUID, pattern: /<i>\(113\)/, cause: 'connect-unreachable' },
  { maker: 'squid', word: SQUID },
  { maker: 'trafficserver', pattern: new RegExp(`${ATS}Unknown Host<`), cause: 'dns-nxdomain' },
  { maker: 'trafficserver', pattern: new RegExp(`${ATS}Server Connection Closed<`), cause: 'closed-before-response' },
  { maker: 'trafficserver', pattern: new RegExp(`${ATS}(?:Activity|Inactivity) Timeout<`), cause: 'response-timeout' },
  { maker: 'trafficserver', pattern: new RegExp(`${ATS}[^<]+</TITLE>\\n</HEAD>\\n\\n<BODY BGCOLOR="white" FGCOLOR="black">`) },
  {
    maker: 'lighttpd',
    pattern: new RegExp(`${XHTML}[\\s\\S]{0,300}<title>5\\d\\d `),
  },
  { maker: 'lighttpd', pattern: /^<!DOCTYPE html>\n<html lang="en">\n <head>\n {2}<meta charset="UTF-8" \/>\n {2}<title>5\d\d / },
  { maker: 'litespeed', word: 'Proudly powered by LiteSpeed' },
  { maker: 'litespeed', word: 'LiteSpeed Technologies Inc. is not a web hosting company' },
  { maker: 'kong', word: 'The upstream server is timing out', cause: 'response-timeout' },
  { maker: 'kong', word: 'failure to get a peer from the ring-balancer', cause: 'no-healthy-upstream' },
  { maker: 'kong', word: '"name resolution failed"', cause: 'dns-nxdomain' },
  { maker: 'kong', word: 'An invalid response was received from the upstream server' },
  { maker: 'iis', word: 'HTTP Error 502.5 - ', cause: 'worker-crashed' },
  { maker: 'iis', word: 'HTTP Error 50', pattern: /HTTP Error 50[023](?:\.\d+)? - |HTTP Error 503\. The service is unavailable\./ },
  { maker: 'iis', word: '502 - Web server received an invalid response while acting as a gateway or proxy server.' },
  { maker: 'fastify', word: '"FST_REPLY_FROM_GATEWAY_TIMEOUT"', cause: 'response-timeout' },
  { maker: 'fastify', word: '"FST_REPLY_FROM_', pattern: /connect ECONNREFUSED/, cause: 'connect-refused' },
  { maker: 'fastify', word: '"FST_REPLY_FROM_' },
  { maker: 'http-proxy', pattern: /^Error occurred while trying to proxy(?: to)?: / },
  { maker: 'gatewell', word: '"type":"urn:gatewell:cause:' },
]

const SERVICES: readonly PageMark[] = [
  { maker: 'cloudflare', word: 'Error code 521', cause: 'connect-refused' },
  { maker: 'cloudflare', word: 'Error code 522', cause: 'connect-timeout' },
  { maker: 'cloudflare', word: 'Error code 523', cause: 'connect-unreachable' },
  { maker: 'cloudflare', word: 'Error code 524', cause: 'response-timeout' },
  { maker: 'cloudflare', word: 'Error code 525', cause: 'tls-handshake-failed' },
  { maker: 'cloudflare', word: 'Error code 526', cause: 'tls-untrusted' },
  { maker: 'cloudflare', pattern: /^error code: 1016\s*$/, cause: 'dns-nxdomain' },
  { maker: 'cloudflare', word: 'id="cf-wrapper"' },
  { maker: 'cloudflare', word: 'cf-error-details' },
  { maker: 'cloudflare', pattern: /^error code: \d{3,4}\s*$/ },
  { maker: 'cloudfront', word: "CloudFront wasn't able to resolve the origin domain name", cause: 'dns-nxdomain' },
  { maker: 'cloudfront', word: 'Generated by cloudfront' },
  { maker: 'google', word: '(Server Error)!!1</title>' },
  {
    maker: 'google',
    word: 'encountered a temporary error and could not complete your request.',
    pattern: /Please try again in 30 seconds/,
  },
  { maker: 'azure-front-door', word: 't available right now', pattern: /Our services aren\S{1,6}t available right now/ },
  { maker: 'akamai', word: 'Reference', pattern: /Reference&#32;&#35;\d|Reference #\d+\.[0-9a-f]+\.\d+\.[0-9a-f]+/ },
  { maker: 'heroku', word: 'herokucdn.com/error-pages' },
  { maker: 'vercel', pattern: /^An error occurred with (?:this application|your deployment)\s+[A-Z_]+\s/ },
  { maker: 'netlify', pattern: /^error decoding lambda response/ },
  { maker: 'netlify', word: 'Task timed out after ', pattern: /Task timed out after \d+\.\d+ seconds/ },
]

const APPS: readonly PageMark[] = [
  { maker: 'gunicorn', word: '<h1><p>Internal Server Error</p></h1>' },
  { maker: 'puma', pattern: /^An unhandled lowlevel error occurred\. The application logs may have details\./ },
  { maker: 'tomcat', word: '<h3>Apache Tomcat/', pattern: /<h3>Apache Tomcat\/(?<version>[\d.]+)/ },
  { maker: 'rails', word: "We're sorry, but something went wrong" },
]

/** Of one maker what says more comes first: the first that is found counts. */
const PAGE_MARKS: readonly PageMark[] = [...SERVICES, ...NGINX_KIN, ...PROXIES, ...APPS]

const PAGE_CHARACTERS = 4_096

/** `text`: the beginning of the body, as ISO 8859-1. Null: it is nobody's page that is known. */
export function readPage(text: string): PageReading | null {
  const beginning = text.length > PAGE_CHARACTERS ? text.slice(0, PAGE_CHARACTERS) : text
  for (const { maker, word, pattern, cause = null } of PAGE_MARKS) {
    if (word !== undefined && !beginning.includes(word)) continue
    const match = pattern === undefined ? null : pattern.exec(beginning)
    if (pattern !== undefined && match === null) continue
    return { maker: maker === '$1' ? (match?.[1] ?? '').toLowerCase() : maker, cause, version: match?.groups?.version ?? '' }
  }
  return null
}

/** All that pages are known of, by their ids. */
export const PAGE_MAKERS: readonly string[] = [
  ...new Set(PAGE_MARKS.flatMap(({ maker }) => (maker === '$1' ? ['nginx', 'openresty', 'tengine', 'cloudflare'] : [maker]))),
]

/** Whose pages say that it was this. */
export function makersOf(id: KnownCauseId): readonly string[] {
  return [...new Set(PAGE_MARKS.filter(({ cause }) => cause === id).map(({ maker }) => maker))]
}

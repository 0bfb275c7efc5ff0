/**
 * What servers write on the error pages that they make themselves: by these words a page tells its maker and, with some, the cause.
 * Data and one reader; what else tells a server is in insight/speaker. Makers are called by their ids in insight/dialect.
 */
import type { KnownCauseId } from './foreign-catalogue.ts'

type PageMark = {
  /** `$1`: the words in the first brackets of the pattern, in lower case. */
  readonly maker: string
  /** A group called `version` is its version. */
  readonly pattern: RegExp
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
const SQUID = String.raw`could not be retrieved[\s\S]*`
const XHTML = String.raw`^<\?xml version="1\.0" encoding="iso-8859-1"\?>\n<!DOCTYPE html PUBLIC "-\/\/W3C\/\/DTD XHTML 1\.0 Transitional`
const ATS = String.raw`^<HTML>\n<HEAD>\n<TITLE>`

const NGINX_KIN: readonly PageMark[] = [
  { maker: 'azure', pattern: /<hr><center>Microsoft-Azure-Application-Gateway\/(?<version>v\d)/ },
  { maker: '$1', pattern: /<hr><center>(nginx|openresty|tengine|cloudflare)(?:\/(?<version>[\d.]+))?/i },
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
  { maker: 'fastly', pattern: /<h3>(?:Error \d+|Guru Med(?:i|it)ation:)<\/h3>\s*<p>Details: cache-/ },
  { maker: 'varnish', pattern: /<h3>Guru Meditation:<\/h3>\s*<p>XID: \d+<\/p>\s*<hr>\s*<p>Varnish cache server<\/p>/ },
  { maker: 'apache', pattern: new RegExp(`${APACHE_REASON}DNS lookup failure for`), cause: 'dns-nxdomain' },
  { maker: 'apache', pattern: new RegExp(`${APACHE_REASON}Error during SSL Handshake`), cause: 'tls-handshake-failed' },
  {
    maker: 'apache',
    pattern: new RegExp(`${APACHE_REASON}(?:Corrupt status line|Error parsing headers|Malformed)`),
    cause: 'malformed-response',
  },
  { maker: 'apache', pattern: new RegExp(`${APACHE_REASON}Timeout on 100-Continue`), cause: 'response-timeout' },
  { maker: 'apache', pattern: /The proxy server received an invalid\r?\nresponse|The proxy server could not handle the request/ },
  { maker: 'apache', pattern: /The gateway did not receive a timely response\r?\nfrom the upstream server/, cause: 'response-timeout' },
  { maker: 'apache', pattern: /The server is temporarily unable to service your\r?\nrequest due to maintenance downtime or capacity/ },
  { maker: 'apache', pattern: /<address>Apache(?:\/(?<version>[\d.]+))?/ },
  { maker: 'apache', pattern: /-\/\/IETF\/\/DTD HTML 2\.0\/\/EN/ },
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
  { maker: 'squid', pattern: new RegExp(`${SQUID}<i>\\(111\\)`), cause: 'connect-refused' },
  { maker: 'squid', pattern: new RegExp(`${SQUID}<i>\\(110\\)`), cause: 'connect-timeout' },
  { maker: 'squid', pattern: new RegExp(`${SQUID}<i>\\(113\\)`), cause: 'connect-unreachable' },
  { maker: 'squid', pattern: /The requested URL could not be retrieved/ },
  { maker: 'trafficserver', pattern: new RegExp(`${ATS}Unknown Host<`), cause: 'dns-nxdomain' },
  { maker: 'trafficserver', pattern: new RegExp(`${ATS}Server Connection Closed<`), cause: 'closed-before-response' },
  { maker: 'trafficserver', pattern: new RegExp(`${ATS}(?:Activity|Inactivity) Timeout<`), cause: 'response-timeout' },
  { maker: 'trafficserver', pattern: new RegExp(`${ATS}Web Server Error<`), cause: 'malformed-response' },
  { maker: 'trafficserver', pattern: new RegExp(`${ATS}[^<]+</TITLE>\\n</HEAD>\\n\\n<BODY BGCOLOR="white" FGCOLOR="black">`) },
  {
    maker: 'lighttpd',
    pattern: new RegExp(`${XHTML}[\\s\\S]{0,300}<title>5\\d\\d `),
  },
  { maker: 'lighttpd', pattern: /^<!DOCTYPE html>\n<html lang="en">\n <head>\n {2}<meta charset="UTF-8" \/>\n {2}<title>5\d\d / },
  { maker: 'litespeed', pattern: /Proudly powered by LiteSpeed|LiteSpeed Technologies Inc\. is not a web hosting company/ },
  { maker: 'kong', pattern: /The upstream server is timing out/, cause: 'response-timeout' },
  { maker: 'kong', pattern: /failure to get a peer from the ring-balancer/, cause: 'no-healthy-upstream' },
  { maker: 'kong', pattern: /"message":\s*"name resolution failed"/, cause: 'dns-nxdomain' },
  { maker: 'kong', pattern: /An invalid response was received from the upstream server/ },
  { maker: 'iis', pattern: /HTTP Error 502\.5 - (?:ANCM|Process)/, cause: 'worker-crashed' },
  { maker: 'iis', pattern: /HTTP Error 50[023](?:\.\d+)? - |HTTP Error 503\. The service is unavailable\./ },
  { maker: 'iis', pattern: /502 - Web server received an invalid response while acting as a gateway or proxy server\./ },
  { maker: 'fastify', pattern: /"FST_REPLY_FROM_GATEWAY_TIMEOUT"/, cause: 'response-timeout' },
  { maker: 'fastify', pattern: /"FST_REPLY_FROM_[A-Z_]+".*connect ECONNREFUSED/, cause: 'connect-refused' },
  { maker: 'fastify', pattern: /"FST_REPLY_FROM_[A-Z_]+"/ },
  { maker: 'http-proxy', pattern: /^Error occurred while trying to proxy(?: to)?: / },
  { maker: 'gatewell', pattern: /"type":"urn:gatewell:cause:[a-z0-9-]+"/ },
]

const SERVICES: readonly PageMark[] = [
  { maker: 'cloudflare', pattern: /Error code 521\b/, cause: 'connect-refused' },
  { maker: 'cloudflare', pattern: /Error code 522\b/, cause: 'connect-timeout' },
  { maker: 'cloudflare', pattern: /Error code 523\b/, cause: 'connect-unreachable' },
  { maker: 'cloudflare', pattern: /Error code 524\b/, cause: 'response-timeout' },
  { maker: 'cloudflare', pattern: /Error code 525\b/, cause: 'tls-handshake-failed' },
  { maker: 'cloudflare', pattern: /Error code 526\b/, cause: 'tls-untrusted' },
  { maker: 'cloudflare', pattern: /^error code: 1016\s*$|Error\W+(?:code )?1016\b/, cause: 'dns-nxdomain' },
  { maker: 'cloudflare', pattern: /id="cf-wrapper"|cf-error-details|^error code: \d{3,4}\s*$/ },
  { maker: 'cloudfront', pattern: /CloudFront wasn't able to resolve the origin domain name/, cause: 'dns-nxdomain' },
  { maker: 'cloudfront', pattern: /Generated by cloudfront/ },
  { maker: 'google', pattern: /<title>Error 50[0234] \(Server Error\)!!1<\/title>/ },
  {
    maker: 'google',
    pattern: /The server encountered a temporary error and could not complete your request\.[\s\S]{0,40}Please try again in 30 seconds/,
  },
  { maker: 'azure-front-door', pattern: /Our services aren(?:'|&#39;|’)t available right now/ },
  { maker: 'akamai', pattern: /Reference&#32;&#35;\d|Reference #\d+\.[0-9a-f]+\.\d+\.[0-9a-f]+/ },
  { maker: 'heroku', pattern: /herokucdn\.com\/error-pages/ },
  { maker: 'vercel', pattern: /^An error occurred with (?:this application|your deployment)\s+[A-Z_]+\s/ },
  { maker: 'netlify', pattern: /^error decoding lambda response|Task timed out after \d+\.\d+ seconds/ },
]

const APPS: readonly PageMark[] = [
  { maker: 'gunicorn', pattern: /<h1><p>Internal Server Error<\/p><\/h1>/ },
  { maker: 'puma', pattern: /^An unhandled lowlevel error occurred\. The application logs may have details\./ },
  { maker: 'tomcat', pattern: /<h3>Apache Tomcat\/(?<version>[\d.]+)/ },
  { maker: 'rails', pattern: /We're sorry, but something went wrong/ },
]

/** Of one maker what says more comes first: the first that is found counts. */
const PAGE_MARKS: readonly PageMark[] = [...SERVICES, ...NGINX_KIN, ...PROXIES, ...APPS]

const PAGE_CHARACTERS = 4_096

/** `text`: the beginning of the body, as ISO 8859-1. Null: it is nobody's page that is known. */
export function readPage(text: string): PageReading | null {
  const beginning = text.length > PAGE_CHARACTERS ? text.slice(0, PAGE_CHARACTERS) : text
  for (const { maker, pattern, cause } of PAGE_MARKS) {
    const match = pattern.exec(beginning)
    if (match === null) continue
    const name = maker === '$1' ? (match[1] as string).toLowerCase() : maker
    return { maker: name, cause: cause ?? null, version: match.groups?.version ?? '' }
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

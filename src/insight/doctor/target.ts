/** What the doctor is asked to look at: a URL of a site, of a WebSocket or of a FastCGI server, and perhaps the server behind it. */
import { isIP } from 'node:net'
import { isPort, splitHostPort, toHostName } from '../../config/address.ts'
import { misread, type Parsed, parsed, quote } from '../../config/parsed.ts'
import type { Address, NamedAddress } from '../../net/address.ts'

export type WebTarget = {
  readonly kind: 'web'
  /** As it is asked for, without what names a person or a place in the page. */
  readonly url: string
  readonly isSecure: boolean
  /** The site itself is a WebSocket, so that the switch has to succeed. */
  readonly isWebSocket: boolean
  /** Without brackets. */
  readonly host: string
  readonly port: number
  /** What Host says. */
  readonly authority: string
  /** Path and query. */
  readonly path: string
}

export type FastcgiTarget = {
  readonly kind: 'fastcgi'
  readonly url: string
  readonly address: Address
  /** The script that is run, on that machine. */
  readonly script: string
  readonly root: string
}

export type Target = WebTarget | FastcgiTarget

const FORMS = 'Write https://shop.example.com/path, wss://…, or fastcgi://127.0.0.1:9000/var/www/html.'
const SCHEMES = ['http:', 'https:', 'ws:', 'wss:']
const FASTCGI_PORT = 9000

export function parseTarget(text: string): Parsed<Target> {
  const spelled = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  if (!URL.canParse(spelled)) return misread(`${quote(text)} is not the address of a site. ${FORMS}`)
  const url = new URL(spelled)
  if (url.protocol === 'fastcgi:') return parseFastcgi(url, text)
  if (!SCHEMES.includes(url.protocol))
    return misread(`${quote(text)} begins with ${quote(url.protocol)}, which the doctor does not speak. ${FORMS}`)
  if (url.hostname === '') return misread(`${quote(text)} names no host. ${FORMS}`)
  return parsed(webTargetOf(url))
}

/** `url`: of one of the schemes of the web. */
export function webTargetOf(url: URL): WebTarget {
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:'
  return {
    kind: 'web',
    url: `${url.protocol}//${url.host}${url.pathname}${url.search}`,
    isSecure,
    isWebSocket: url.protocol === 'ws:' || url.protocol === 'wss:',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    authority: url.host,
    path: `${url.pathname}${url.search}`,
  }
}

/** `host:port/document/root`, or `/run/php.sock?root=…`. A path that ends in `.php` is the script itself. */
function parseFastcgi(url: URL, text: string): Parsed<Target> {
  const place = decoded(url.pathname)
  if (place === null) return misread(`${quote(text)} has a % that stands for nothing. ${FORMS}`)
  const isSocket = url.host === ''
  if (isSocket && place.length < 2) return misread(`${quote(text)} names no server. ${FORMS}`)
  const folder = isSocket ? (url.searchParams.get('root') ?? '') : place
  const isScript = /\.php$/i.test(folder)
  const root = isScript ? folder.slice(0, folder.lastIndexOf('/')) : folder.replace(/\/$/, '')
  const address: Address = isSocket
    ? { kind: 'unix', path: place }
    : { kind: 'tcp', host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? FASTCGI_PORT : Number(url.port) }
  return parsed({ kind: 'fastcgi', url: text, address, root, script: isScript ? folder : `${root}/index.php` })
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

/** `HOST[:PORT]`; without a port, that of the target. */
export function parseOrigin(text: string, { port }: WebTarget): Parsed<NamedAddress> {
  const bare = text.replace(/^https?:\/\//, '').replace(/\/$/, '')
  if (isIP(bare) !== 0) return parsed({ kind: 'tcp', host: bare, port })
  const split = splitHostPort(bare) ?? { host: bare.replace(/^\[|\]$/g, ''), port: String(port) }
  const host = isIP(split.host) === 0 ? toHostName(split.host) : split.host
  if (host === null || host === '' || !isPort(split.port, 1)) {
    return misread(`${quote(text)} is not a host or host:port, such as 203.0.113.7:8080.`)
  }
  return parsed({ kind: 'tcp', host, port: Number(split.port) })
}

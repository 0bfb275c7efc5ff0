/** Addresses as people write them: what to listen on (`:80`, `[::1]:8080`, `unix:/run/x.sock`) and where endpoints are. */
import { isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'
import type { Address, ListenerPlan } from './plan.ts'

/** The kernel's `sun_path` less its final NUL. */
const SOCKET_PATH_BYTES_MAX = 107

const LISTEN_FORMS = 'Write ":80" (every interface), "127.0.0.1:8080", "[::1]:8080" or "unix:/run/gatewell.sock".'

export function parseListen(input: unknown): Parsed<ListenerPlan> {
  if (typeof input === 'number') {
    return misread(`${input} is not an address to listen on. ${LISTEN_FORMS}`, isPort(String(input), 1) ? `:${input}` : null)
  }
  if (typeof input !== 'string') return wrongType('an address to listen on, such as ":80" or "127.0.0.1:8080"', input)
  if (input.startsWith('unix:')) {
    const socket = parseSocketPath(input.slice('unix:'.length), input)
    return socket.ok ? parsed({ name: `unix:${socket.value}`, address: { kind: 'unix', path: socket.value } }) : socket
  }
  const split = splitHostPort(input)
  if (split === null || !isListenHost(split.host))
    return misread(`${quote(input)} is not an address to listen on. ${LISTEN_FORMS}`, guessListen(input))
  if (!isPort(split.port, 0)) return misread(`${quote(input)} has no valid port: ports go from 1 to 65535, and 0 takes any free one.`)
  const port = Number(split.port)
  return parsed({ name: `${bracket(split.host)}:${port}`, address: { kind: 'tcp', host: split.host, port } })
}

/** How an address is written: `127.0.0.1:80`, `[::1]:80`, `:80`, `unix:/run/x.sock`. */
export function formatAddress(address: Address): string {
  return address.kind === 'unix' ? `unix:${address.path}` : `${bracket(address.host)}:${address.port}`
}

export function isLoopback(address: Address): boolean {
  return (
    address.kind === 'unix' ||
    address.host === 'localhost' ||
    address.host === '::1' ||
    (isIPv4(address.host) && address.host.startsWith('127.'))
  )
}

const EVERY_INTERFACE = ['', '::', '0.0.0.0']

/** Only one of the two can be listened on. Port 0 is any free one. */
export function isSamePlace(a: Address, b: Address): boolean {
  if (a.kind === 'unix' || b.kind === 'unix') return a.kind === b.kind && formatAddress(a) === formatAddress(b)
  if (a.port !== b.port || a.port === 0) return false
  return a.host === b.host || EVERY_INTERFACE.includes(a.host) || EVERY_INTERFACE.includes(b.host)
}

/** A path to a socket file, absolute and short enough for the kernel. `whole` is what the person wrote. */
export function parseSocketPath(path: string, whole: string): Parsed<string> {
  if (!path.startsWith('/')) return misread(`${quote(whole)} needs an absolute path, such as unix:/run/app.sock.`)
  if (/[\u0000-\u001f]/.test(path)) return misread(`${quote(whole)} has a control character in its path.`)
  const bytes = Buffer.byteLength(path)
  return bytes > SOCKET_PATH_BYTES_MAX
    ? misread(`${quote(whole)} is ${bytes} bytes long; a socket path has at most ${SOCKET_PATH_BYTES_MAX}.`)
    : parsed(path)
}

/** `host:port`, `[v6]:port` and `:port` in two; null when there is no port. The host loses its brackets. */
export function splitHostPort(text: string): { host: string; port: string } | null {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]/]*)):([0-9]+)$/.exec(text)
  if (match === null) return null
  if (match[1] !== undefined) return isIPv6(match[1]) ? { host: match[1].toLowerCase(), port: match[3]! } : null
  return { host: match[2]!.toLowerCase(), port: match[3]! }
}

export function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

export function isPort(text: string, min: number): boolean {
  return /^[0-9]{1,5}$/.test(text) && Number(text) >= min && Number(text) <= 65_535
}

/** A DNS name (also `my_app`, as container networks have them) or an IPv4 address, in ASCII; null when it is neither. */
export function toHostName(text: string): string | null {
  const name = /^[\x21-\x7e]*$/.test(text) ? text.toLowerCase() : domainToASCII(text)
  if (/^[\d.]*$/.test(name)) return isIPv4(name) ? name : null
  const isName = name.length <= 253 && /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/.test(name)
  return isName ? name : null
}

function isListenHost(host: string): boolean {
  return host === '' || host === 'localhost' || isIPv4(host) || isIPv6(host)
}

function guessListen(input: string): string | null {
  const text = input
    .trim()
    .replace(/^[a-z0-9]+:\/\//i, '')
    .replace(/\/.*$/, '')
  if (isPort(text, 1)) return `:${text}`
  const end = /^(.*):([0-9]{1,5})$/.exec(text)
  if (end === null) return text !== '' && isListenHost(text) ? `${bracket(text)}:8080` : null
  if (!isPort(end[2]!, 1)) return null
  if (end[1] === '*') return `:${end[2]}`
  if (isIPv6(end[1]!)) return `[${end[1]}]:${end[2]}`
  return text !== input && isListenHost(end[1]!) ? text : null
}

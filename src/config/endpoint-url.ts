/** Where endpoints are: `http://host:port`, `http+srv://_http._tcp.host`, `unix:/run/app.sock`. And the short forms of the command line. */
import { isIPv4, isIPv6 } from 'node:net'
import { bracket, isPort, parseSocketPath, splitHostPort, toHostName } from './address.ts'
import { WEIGHT } from './defaults.ts'
import { hideCredentials, misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'
import type { EndpointPlan } from './plan.ts'

const FORMS = 'Write http://host:port or unix:/path/to/socket.'
const SERVICE_FORM = 'http+srv://_http._tcp.shop.internal'
const HTTP_PORT = 80

/** What people try, and why it does not work. */
const OTHER_SCHEMES: Readonly<Record<string, string>> = {
  https: 'endpoints with TLS are not supported yet.',
  h2c: 'HTTP/2 to endpoints is not supported yet.',
  h2: 'HTTP/2 to endpoints is not supported yet.',
  grpc: 'gRPC to endpoints is not supported yet.',
  fastcgi: 'FastCGI to endpoints is not supported yet.',
  ws: 'WebSockets pass through http:// endpoints as they are.',
  wss: 'endpoints with TLS are not supported yet.',
  tcp: 'Gatewell speaks HTTP to its endpoints.',
}

export function parseEndpoint(input: unknown): Parsed<EndpointPlan> {
  if (typeof input !== 'string') {
    const url = typeof input === 'number' && isPort(String(input), 1) ? `http://127.0.0.1:${input}` : null
    return wrongType('a URL such as http://127.0.0.1:3000', input, url)
  }
  const unix = /^(?:http:\/\/)?unix:(.*)$/is.exec(input)
  if (unix !== null) {
    const socket = parseSocketPath(unix[1]!, input)
    return socket.ok
      ? parsed({ url: `http://unix:${socket.value}`, address: { kind: 'unix', path: socket.value }, weight: WEIGHT, isBackup: false })
      : socket
  }
  if (/^http\+srv:\/\//i.test(input)) return parseService(input, input.slice('http+srv://'.length))
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(input)?.[1]?.toLowerCase()
  if (scheme === undefined) return misread(`${quote(input)} is not a URL. ${FORMS}`, guessUrl(input))
  if (/^(?:dns\+?)?srv\+?(?:https?)?$|^https?[._-]srv$/.test(scheme)) {
    const service = parseService(input, input.slice(scheme.length + 3))
    const url = service.ok ? service.value.url : service.suggestion
    return misread(`${quote(input)}: a service that is found by its SRV records is written ${SERVICE_FORM}.`, url)
  }
  if (scheme !== 'http')
    return misread(
      `${quote(input)}: ${OTHER_SCHEMES[scheme] ?? `Gatewell cannot speak ${scheme} to endpoints.`} ${FORMS}`,
      scheme === 'ws' ? input.replace(/^ws/i, 'http') : null,
    )
  return parseAuthority(input, input.slice('http://'.length))
}

/** TARGET of the command line: a port, `host:port`, or what `parseEndpoint` takes. Strict, so that a mistyped command is not a host. */
export function parseTarget(text: string): Parsed<EndpointPlan> {
  if (/^[0-9]+$/.test(text)) {
    return isPort(text, 1) ? parseEndpoint(`http://127.0.0.1:${text}`) : misread(`${text} is not a port: ports go from 1 to 65535.`)
  }
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|unix:)/i.test(text)) return parseEndpoint(text)
  const split = splitHostPort(text)
  if (split !== null) return parseAuthority(text, split.host === '' ? `127.0.0.1:${split.port}` : text)
  return misread(
    `${quote(text)} is neither a command nor a target. A target is a port (3000), host:port, http://host:port or unix:/path/to/socket.`,
    guessTarget(text),
  )
}

function parseAuthority(whole: string, rest: string): Parsed<EndpointPlan> {
  const authority = /^[^/?#]*/.exec(rest)![0]
  const after = rest.slice(authority.length)
  if (authority.includes('@')) {
    const url = `http://${authority.slice(authority.lastIndexOf('@') + 1)}`
    return misread(
      `${quote(whole)} holds a user name or password, which endpoints cannot have. Gatewell hands on the Authorization field that the client sends.`,
      url,
    )
  }
  if (after !== '' && after !== '/') {
    const part = after.startsWith('/') ? 'path' : after.startsWith('?') ? 'query' : 'fragment'
    return misread(`${quote(whole)} has a ${part}, which endpoints cannot have: the request's own path is sent on.`, `http://${authority}`)
  }
  if (/^[0-9a-f]*:[0-9a-f:.]*$/i.test(authority) && isIPv6(authority))
    return misread(`${quote(whole)}: an IPv6 address goes in brackets.`, `http://[${authority}]:${HTTP_PORT}`)
  const portless = /^\[[^[\]]*\]$|^[^:]+$/.test(authority)
  const split = splitHostPort(portless ? `${authority}:${HTTP_PORT}` : authority)
  const host = split === null ? null : isIPv6(split.host) ? split.host : toHostName(split.host)
  if (split === null) return misread(`${quote(whole)} has no valid host and port. ${FORMS}`)
  if (host === null) return misread(`${quote(whole)}: ${quote(split.host)} is neither a host name nor an IP address. ${FORMS}`)
  if (!isPort(split.port, 1)) return misread(`${quote(whole)} has no valid port: ports go from 1 to 65535.`)
  if (/^_[^.]+\._(?:tcp|udp)\./.test(host))
    return misread(
      `${quote(whole)} is the name of a service, and its SRV records say the ports. Write ${SERVICE_FORM}.`,
      `http+srv://${host}`,
    )
  const port = Number(split.port)
  return parsed({ url: `http://${bracket(host)}:${port}`, address: { kind: 'tcp', host, port }, weight: WEIGHT, isBackup: false })
}

/** RFC 2782. Not only names with underscores: Consul has SRV records for plain ones as well. */
function parseService(whole: string, rest: string): Parsed<EndpointPlan> {
  const [authority = '', ...after] = rest.split(/(?=[/?#])/)
  const bare = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '')
  const service = toHostName(bare)
  if (service === null || isIPv4(service)) return misread(`${quote(whole)} has no valid name of a service. Write ${SERVICE_FORM}.`)
  const url = `http+srv://${service}`
  if (bare !== authority) {
    const part = authority.includes('@') ? 'a user name or password, which endpoints cannot have.' : 'a port, which the SRV records say.'
    return misread(`${quote(whole)} holds ${part}`, url)
  }
  if (after.join('') !== '' && after.join('') !== '/')
    return misread(`${quote(whole)} has more than a name: the request's own path is sent on.`, url)
  return parsed({ url, address: { kind: 'srv', service }, weight: WEIGHT, isBackup: false })
}

function guessUrl(text: string): string | null {
  if (isPort(text, 1)) return `http://127.0.0.1:${text}`
  if (text.startsWith('/')) return `unix:${text}`
  const fixed = text.replace(/^https?:\/*/i, '')
  const guess = parseAuthority(text, isPort(fixed.replace(/^:/, ''), 1) ? `127.0.0.1:${fixed.replace(/^:/, '')}` : fixed)
  return guess.ok ? guess.value.url : null
}

function guessTarget(text: string): string | null {
  if (text.startsWith('/')) return `unix:${text}`
  return /[.:]|^localhost$/.test(text) && !/\.(?:ya?ml|json|conf)$/i.test(text) ? hideCredentials(guessUrl(text) ?? '') || null : null
}

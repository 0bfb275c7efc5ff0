/** Rules about what is at the other end: does anybody listen there, and does it speak the same language? */
import { formatPlace } from '../../dialect/directive.ts'
import type { GunicornService } from '../../dialect/gunicorn/config-service.ts'
import { type Hop, isLoopbackHost, isName, type Service, type Target, targetText } from '../../dialect/hop.ts'
import type { Chain, Link } from '../chain.ts'
import { changeAt, type Hit, type Rule } from '../rule.ts'
import { listText, nameOf } from '../wording.ts'

export const CHAIN_ADDRESS_RULES: readonly Rule[] = [
  {
    id: 'plaintext-to-tls',
    cause: 'plaintext-to-tls-port',
    severity: 'error',
    server: 'chain',
    compares: 'http:// of a proxy with the TLS of the listener behind, or with port 443',
    because: 'The server behind waits for a TLS handshake and gets plain text: it answers 400 or closes the connection.',
    find: ({ links, hops }) => [...links.flatMap(findPlainToTls), ...hops.flatMap(findPlainTo443)],
  },
  {
    id: 'tls-to-plaintext',
    cause: 'tls-to-plaintext-port',
    severity: 'error',
    server: 'chain',
    compares: 'https:// of a proxy with the plain listener behind, or with port 80',
    because: 'The proxy begins a TLS handshake and gets a plain text answer, which it cannot read.',
    find: ({ links, hops }) => [...links.flatMap(findTlsToPlain), ...hops.flatMap(findTlsTo80)],
  },
  {
    id: 'protocol-mismatch',
    cause: 'http-protocol-mismatch',
    severity: 'error',
    server: 'chain',
    compares: 'FastCGI or HTTP of a proxy with what the server behind speaks',
    because: 'HTTP and FastCGI are different languages; the server behind closes the connection at the first byte.',
    find: ({ links }) => links.flatMap(findOtherLanguage),
  },
  {
    id: 'proxy-protocol-one-sided',
    cause: 'http-protocol-mismatch',
    severity: 'error',
    server: 'chain',
    compares: 'the PROXY protocol of the sender with that of the listener',
    because: 'Sent to a server that does not expect it, its line is a malformed request; expected and not sent, the connection is closed.',
    find: ({ links }) => links.flatMap(findOneSided),
  },
  {
    id: 'socket-nobody-listens',
    cause: 'socket-missing',
    severity: 'error',
    server: 'chain',
    compares: 'the socket that a proxy connects to with those that the app server listens on',
    because: 'There is no such socket, for instance after an update of PHP whose version is in the path: every request fails.',
    find: (chain) => findMissing(chain, 'unix'),
  },
  {
    id: 'port-nobody-listens',
    cause: 'connect-refused',
    severity: 'error',
    server: 'chain',
    compares: 'the port that a proxy connects to with those that the app server listens on',
    because: 'Nothing listens on that port: every request fails.',
    find: (chain) => findMissing(chain, 'tcp'),
  },
  {
    id: 'listens-on-loopback-only',
    cause: 'connect-refused',
    severity: 'warning',
    server: 'chain',
    compares: 'the name or address that a proxy connects to with a listener on 127.0.0.1',
    because: 'From another machine or container nothing listens there: 127.0.0.1 of a container is the container itself.',
    find: findLoopbackOnly,
  },
  {
    id: 'localhost-one-family',
    cause: 'connect-refused',
    severity: 'warning',
    server: 'chain',
    compares: '`localhost` of a proxy with a listener on 127.0.0.1 alone',
    because: 'localhost is ::1 as well, and mostly first. Nothing listens there, so that some or all connections are refused.',
    find: ({ links }) => links.flatMap(findLocalhost),
  },
  {
    id: 'retries-at-two-layers',
    cause: 'upstream-overloaded',
    severity: 'note',
    server: 'chain',
    compares: 'retries after an answer or a timeout, of two proxies one behind the other',
    because: 'Each multiplies the requests of the other: a server that is slow for a moment gets several times its load and goes down.',
    find: ({ links }) => links.flatMap(findDoubleRetry),
  },
  {
    id: 'selinux-forbids-connect',
    cause: 'firewall-blocked',
    severity: 'error',
    server: 'chain',
    compares: "a proxy to a TCP port with SELinux's httpd_can_network_connect, which is off on this machine",
    because: 'SELinux denies the connection: the error log says "Permission denied", and every request fails.',
    find: ({ hops, facts }) => (facts.isConnectForbidden ? hops.filter(isForbidden).map(sayForbidden) : []),
  },
]

const isHttp = ({ protocol }: Hop | Service): boolean => protocol === 'http' || protocol === 'https'

function findPlainToTls({ hop, target, service, listen }: Link): Hit[] {
  if (hop.protocol !== 'http' || !listen.isTls || !isHttp(service)) return []
  return [
    {
      place: target.place,
      other: listen.target.place,
      message: `${nameOf(hop.server)} speaks plain HTTP to ${targetText(target)}, where ${nameOf(service.server)} expects TLS.`,
      fix: `Connect with https://, or to a plain listener of ${nameOf(service.server)}.`,
    },
  ]
}

function findPlainTo443(hop: Hop): Hit[] {
  if (hop.protocol !== 'http' || hop.server === 'caddy') return []
  return hop.targets
    .filter((target) => target.kind === 'tcp' && target.port === 443)
    .map((target) => ({
      place: target.place,
      message: `${nameOf(hop.server)} speaks plain HTTP to port 443 of ${hostOf(target)}, where TLS is expected.`,
      fix: hop.server === 'haproxy' ? 'Add `ssl verify required sni str(NAME)` to the server.' : 'Connect with https://.',
    }))
}

function findTlsToPlain({ hop, target, service, listen }: Link): Hit[] {
  if (hop.protocol !== 'https' || listen.isTls || !isHttp(service) || service.server === 'caddy') return []
  return [
    {
      place: target.place,
      other: listen.target.place,
      message: `${nameOf(hop.server)} begins TLS with ${targetText(target)}, where ${nameOf(service.server)} listens without TLS.`,
      fix: 'Connect with http://, or switch TLS on behind.',
    },
  ]
}

function findTlsTo80(hop: Hop): Hit[] {
  if (hop.protocol !== 'https') return []
  return hop.targets
    .filter((target) => target.kind === 'tcp' && target.port === 80)
    .map((target) => ({
      place: target.place,
      message: `${nameOf(hop.server)} begins TLS with port 80 of ${hostOf(target)}, which is the port of plain HTTP.`,
      fix: 'Connect to port 443, or with http://.',
    }))
}

function hostOf(target: Target): string {
  return target.kind === 'unix' ? target.path : target.host
}

function findOtherLanguage({ hop, target, service }: Link): Hit[] {
  const isWrong = (hop.protocol === 'fastcgi' && isHttp(service)) || (isHttp(hop) && service.protocol === 'fastcgi')
  if (!isWrong) return []
  return [
    {
      place: hop.place,
      other: service.place,
      message: `${nameOf(hop.server)} speaks ${hop.protocol === 'fastcgi' ? 'FastCGI' : 'HTTP'} to ${targetText(target)}, where ${nameOf(service.server)} speaks ${service.protocol === 'fastcgi' ? 'FastCGI' : 'HTTP'}.`,
      fix:
        service.protocol === 'fastcgi'
          ? 'Use fastcgi_pass (Apache: fcgi://, Caddy: php_fastcgi).'
          : 'Use proxy_pass http:// (Apache: ProxyPass http://).',
    },
  ]
}

function findOneSided({ hop, target, service, listen }: Link): Hit[] {
  if (!isHttp(hop) && hop.protocol !== 'tcp') return []
  if (hop.proxyProtocol !== null && !listen.isProxyProtocol)
    return [
      {
        place: hop.proxyProtocol,
        other: listen.target.place,
        message: `${nameOf(hop.server)} sends the PROXY protocol to ${targetText(target)}, and ${nameOf(service.server)} does not expect it there.`,
        fix: 'Let both speak it, or neither: nginx `listen … proxy_protocol`, HAProxy `bind … accept-proxy`, `send-proxy` at the sender.',
      },
    ]
  if (hop.proxyProtocol === null && listen.isProxyProtocol)
    return [
      {
        place: target.place,
        other: listen.target.place,
        message: `${nameOf(service.server)} expects the PROXY protocol at ${targetText(target)}, and ${nameOf(hop.server)} does not send it.`,
        fix: 'Let both speak it, or neither: nginx `listen … proxy_protocol`, HAProxy `bind … accept-proxy`, `send-proxy` at the sender.',
      },
    ]
  return []
}

/** Only where the app server's own files are at hand, and what listens there can be no other. */
function findMissing({ links, services, hops }: Chain, kind: Target['kind']): Hit[] {
  const linked = new Set(links.map(({ hop }) => hop))
  const pools = services.filter(({ server }) => server === 'php-fpm')
  const apps = services.filter(({ server }) => server === 'gunicorn')
  const isOnly = apps.length === 1 && hops.filter(isHttp).length === 1
  return hops.flatMap((hop) => {
    const others = hop.protocol === 'fastcgi' ? pools : isOnly && isHttp(hop) ? apps : []
    const [first] = others
    if (linked.has(hop) || first === undefined || first.listens.length === 0) return []
    const targets = hop.targets.filter((target) => target.kind === kind && (target.kind === 'unix' || isLoopbackHost(target.host)))
    return targets.map((target) => sayMissing(hop, target, others.slice(0, 3)))
  })
}

function sayMissing(hop: Hop, target: Target, others: readonly Service[]): Hit {
  const listens = others.flatMap((service) => service.listens.map((listen) => listen.target))
  return {
    place: target.place,
    other: listens[0]!.place,
    message: `${nameOf(hop.server)} connects to ${targetText(target)}; ${nameOf(others[0]!.server)} listens on ${listText(listens.map(listenText))}.`,
    fix: `Name the same address in both places: ${listenText(listens[0]!)}.`,
  }
}

function listenText(target: Target): string {
  return target.kind === 'tcp' && target.host === '' ? `port ${target.port}` : targetText(target)
}

function findLoopbackOnly({ links, hops, services }: Chain): Hit[] {
  const reached = new Set(links.map(({ service }) => service))
  const linked = new Set(links.map(({ target }) => target))
  const apps = services.filter((service) => !reached.has(service) && (service.server === 'gunicorn' || service.server === 'php-fpm'))
  const lonely = new Map(apps.flatMap((service) => service.listens.map(({ target }) => [loopbackPort(target), service])))
  return hops.flatMap((hop) =>
    hop.targets.flatMap((target) => {
      if (target.kind !== 'tcp' || isLoopbackHost(target.host) || linked.has(target)) return []
      const behind = lonely.get(target.port)
      return behind === undefined ? [] : [sayLoopbackOnly(hop, target, behind)]
    }),
  )
}

/** Its port, if it is reached from its own machine alone. */
function loopbackPort(target: Target): number | null {
  return target.kind === 'tcp' && isLoopbackHost(target.host) ? target.port : null
}

function sayLoopbackOnly(hop: Hop, target: Target & { kind: 'tcp' }, service: Service): Hit {
  const own = service.listens[0]!.target
  const isCommand = service.server === 'gunicorn' && (service as GunicornService).isCommand
  const line = service.server === 'gunicorn' ? `bind = "0.0.0.0:${target.port}"` : `listen = 0.0.0.0:${target.port}`
  return {
    place: target.place,
    other: own.place,
    message: `${nameOf(hop.server)} connects to ${targetText(target)}${isName(target.host) ? ', another machine or container' : ''}; ${nameOf(service.server)} listens on ${targetText(own)} alone.`,
    fix: `Let ${nameOf(service.server)} listen where ${nameOf(hop.server)} can reach it, and keep others out with a firewall.`,
    ...(own.place.length > 1 && !isCommand && { change: changeAt(own.place, true, line) }),
  }
}

function findLocalhost({ hop, target, service, listen }: Link): Hit[] {
  const own = listen.target
  if (target.kind !== 'tcp' || own.kind !== 'tcp' || target.host !== 'localhost' || own.host !== '127.0.0.1') return []
  return [
    {
      place: target.place,
      other: own.place,
      message: `${nameOf(hop.server)} connects to localhost, which is ::1 and 127.0.0.1; ${nameOf(service.server)} listens on 127.0.0.1 alone.`,
      fix: `Write 127.0.0.1:${target.port} instead of localhost:${target.port}.`,
    },
  ]
}

function findDoubleRetry({ hop, service }: Link): Hit[] {
  const inner = service.hops.find(({ retries }) => retries !== null)
  if (hop.retries === null || inner?.retries == null) return []
  return [
    {
      place: hop.retries,
      other: inner.retries,
      message: `${nameOf(hop.server)} and ${nameOf(service.server)} behind it (${formatPlace(inner.retries)}) both try again after an error or a timeout.`,
      fix: 'Let one layer retry, the one next to the app, and let the other one retry only what could not connect.',
    },
  ]
}

function isForbidden(hop: Hop): boolean {
  return (hop.server === 'nginx' || hop.server === 'apache') && hop.targets.some(({ kind }) => kind === 'tcp')
}

function sayForbidden(hop: Hop): Hit {
  return {
    place: hop.place,
    message: `${nameOf(hop.server)} connects to a TCP port, which SELinux forbids here (httpd_can_network_connect is off).`,
    fix: 'Allow it: setsebool -P httpd_can_network_connect 1',
  }
}

/** Rules for nginx: how a request is passed on, what is taken of the answer, and who the visitor is. */
import type { Directive } from '../../dialect/directive.ts'
import { isLoopbackHost, isName } from '../../dialect/hop.ts'
import { KEEPALIVE_SINCE, type NginxConfig, type NginxHop } from '../../dialect/nginx/config-hop.ts'
import type { NginxScope } from '../../dialect/nginx/config-scope.ts'
import { bytesText, readBytes, secondsText } from '../../dialect/quantity.ts'
import { missingRanges, sumUpRanges } from '../cdn-range.ts'
import { changeAt, type Hit, type Rule } from '../rule.ts'

export const NGINX_REQUEST_RULES: readonly Rule[] = [
  {
    id: 'nginx-upgrade-missing',
    cause: 'upgrade-failed',
    severity: 'warning',
    server: 'nginx',
    compares: 'a location that is named like a WebSocket with its Upgrade field, which is not passed on',
    because: 'Upgrade and Connection end at each hop. The app sees an ordinary request and answers 400, 404 or 426.',
    find: ({ nginx }) =>
      nginx.flatMap(({ hops }) => hops.filter((hop) => isSocketPath(pathOf(hop)) && !sendsUpgrade(hop)).map(sayNoUpgrade)),
  },
  {
    id: 'nginx-upgrade-without-connection',
    cause: 'upgrade-failed',
    severity: 'error',
    server: 'nginx',
    compares: 'the Upgrade field that is passed on with the Connection field, which is not',
    because: 'Without "Connection: upgrade" the Upgrade field means nothing, and the app answers as if it were an ordinary request.',
    find: ({ nginx }) => nginx.flatMap(({ hops }) => hops.flatMap(findNoConnection)),
  },
  {
    id: 'nginx-upgrade-over-http10',
    cause: 'upgrade-failed',
    severity: 'error',
    server: 'nginx',
    until: KEEPALIVE_SINCE,
    compares: 'the Upgrade field that is passed on with the HTTP version of the request, which is 1.0',
    because: 'There is no upgrade in HTTP/1.0: the app answers 400 or 426.',
    find: ({ nginx }) => nginx.flatMap(({ hops }) => hops.flatMap(findOldVersion)),
  },
  {
    id: 'nginx-headers-hidden',
    cause: 'upgrade-failed',
    severity: 'warning',
    server: 'nginx',
    compares: '`proxy_set_header` of a location with those around it, which it hides',
    because: 'One proxy_set_header in a location hides all of those outside: Upgrade and Connection are not sent from here.',
    find: ({ nginx }) => nginx.flatMap(({ hops }) => hops.flatMap(findHidden)),
  },
  {
    id: 'nginx-stream-cut',
    cause: 'idle-timeout',
    severity: 'note',
    server: 'nginx',
    compares: 'the read timeout of a location for WebSockets or streams with its silences',
    because: 'A connection on which nothing is said for that long is cut. Without a heartbeat visitors are disconnected every minute.',
    find: ({ nginx }) => nginx.flatMap(({ hops }) => hops.flatMap(findCutStream)),
  },
  {
    id: 'nginx-timeout-of-other-module',
    cause: 'response-timeout',
    severity: 'warning',
    server: 'nginx',
    compares: 'timeouts of one module (`proxy_…`) with the module that passes the requests on (`fastcgi_pass`)',
    because: 'They have no effect: the request is passed on by another module, whose limit is still 60 seconds.',
    find: ({ nginx }) => nginx.flatMap((config) => findOtherModule(config, /^(proxy|fastcgi|uwsgi|scgi|grpc)_(?:read|send)_timeout$/)),
  },
  {
    id: 'nginx-buffer-of-other-module',
    cause: 'header-too-large',
    severity: 'warning',
    server: 'nginx',
    compares: 'buffers of one module (`proxy_…`) with the module that passes the requests on (`fastcgi_pass`)',
    because: 'They have no effect: the head of the answer is read by another module, whose buffer is still one page.',
    find: ({ nginx }) => nginx.flatMap((config) => findOtherModule(config, /^(proxy|fastcgi|uwsgi|scgi|grpc)_(?:buffer_size|buffers)$/)),
  },
  {
    id: 'nginx-buffers-without-buffer-size',
    cause: 'header-too-large',
    severity: 'warning',
    server: 'nginx',
    compares: 'raised `proxy_buffers` with `proxy_buffer_size`, which was left as it is',
    because: 'The head of an answer must fit into proxy_buffer_size alone, one page of 4 or 8k: "upstream sent too big header", 502.',
    find: ({ nginx }) => nginx.flatMap(({ hops }) => hops.flatMap(findForgottenSize)),
  },
  {
    id: 'nginx-buffer-small',
    cause: 'header-too-large',
    severity: 'warning',
    server: 'nginx',
    compares: 'the buffer for the head of an answer with what apps send',
    because: 'Cookies, a content policy and a few links are more than that: "upstream sent too big header", 502.',
    find: ({ nginx }) => nginx.flatMap(({ hops }) => hops.flatMap(findSmallSize)),
  },
  {
    id: 'nginx-tls-without-sni',
    cause: 'tls-sni-required',
    severity: 'warning',
    server: 'nginx',
    compares: '`https://` to a name with `proxy_ssl_server_name`, which is off unless set',
    because:
      'nginx does not say which host it wants. A server with several sites, and each CDN, answers with the wrong certificate, 421, or an alert.',
    find: ({ nginx }) => nginx.flatMap(({ hops }) => hops.flatMap(findNoSni)),
  },
  {
    id: 'nginx-sni-of-group',
    cause: 'tls-hostname-mismatch',
    severity: 'warning',
    server: 'nginx',
    compares: 'the name that nginx asks for in TLS, that of the upstream group, with the names of its servers',
    because: 'Without proxy_ssl_name nginx asks for, and checks against, the name of the group: no server has a certificate for it.',
    find: ({ nginx }) => nginx.flatMap(({ hops }) => hops.flatMap(findGroupName)),
  },
  {
    id: 'nginx-tls-not-verified',
    cause: 'tls-untrusted',
    severity: 'note',
    server: 'nginx',
    compares: '`https://` with `proxy_ssl_verify`, which is off unless set',
    because: "Any certificate will do, also an expired one or a stranger's. It shows only on the day on which somebody begins to check.",
    find: ({ nginx }) => nginx.flatMap(({ hops }) => hops.flatMap(findUnverified)),
  },
  {
    id: 'cdn-real-ip-missing',
    cause: 'overload-shed',
    severity: 'warning',
    server: 'nginx',
    compares: '`real_ip_header` with `set_real_ip_from`, which is not there',
    because:
      'The field is believed from nobody, so that all visitors have the addresses of the CDN: limits and blocks hit everybody at once.',
    find: ({ nginx }) => nginx.flatMap(({ root }) => root.walk().flatMap(findNoRanges)),
  },
  {
    id: 'cdn-ranges-incomplete',
    cause: 'overload-shed',
    severity: 'warning',
    server: 'nginx',
    compares: '`set_real_ip_from` with the ranges of Cloudflare',
    because: 'Visitors who come by way of the missing ranges all have an address of the CDN: limits and blocks hit them together.',
    find: ({ nginx }) => nginx.flatMap(({ root }) => root.walk().flatMap(findOldRanges)),
  },
]

const SOCKET_PATH =
  /\/(?:wss?|(?:xmpp-)?websockets?|socket\.io|engine\.io|sockjs(?:-node)?|cable|signalr|_blazor|webpack-hmr|graphql-ws)(?=[/)$|?*(]|$)/i

function isSocketPath(path: string): boolean {
  return SOCKET_PATH.test(path.replaceAll('\\', ''))
}

function pathOf({ scope }: NginxHop): string {
  const location = scope.within('location')?.directive ?? null
  return location?.words.at(-1)?.text ?? ''
}

function fields(scope: NginxScope, name: string): Directive[] {
  return scope.all('proxy_set_header').filter(({ words }) => words[0]?.text.toLowerCase() === name)
}

function sendsUpgrade({ family, scope }: NginxHop): boolean {
  return family !== 'proxy' || fields(scope, 'upgrade').length > 0
}

const UPGRADE_LINES = ['proxy_http_version 1.1;', 'proxy_set_header Upgrade $http_upgrade;', 'proxy_set_header Connection "upgrade";']

function sayNoUpgrade(hop: NginxHop): Hit {
  const location = hop.scope.within('location')?.directive
  return {
    place: hop.place,
    other: location?.place,
    message: `${pathOf(hop)} looks like a WebSocket, and the Upgrade field is not passed on.`,
    fix: 'Pass Upgrade and Connection on, over HTTP/1.1.',
    change: changeAt(hop.place, false, ...UPGRADE_LINES),
  }
}

function findNoConnection({ family, scope }: NginxHop): Hit[] {
  const [upgrade] = fields(scope, 'upgrade')
  const [connection] = fields(scope, 'connection')
  if (family !== 'proxy' || upgrade === undefined || !/^\$http_upgrade$/.test(upgrade.words[1]?.text ?? '')) return []
  const value = connection?.words[1]?.text
  if (value !== undefined && value !== '' && !/^(?:close|keep-alive)$/i.test(value)) return []
  return [
    {
      place: upgrade.place,
      other: connection?.place,
      message: `Upgrade is passed on, but Connection is ${connection === undefined ? 'not set' : `"${value}"`}.`,
      fix: 'Pass Connection on as well: "upgrade", or a map of $http_upgrade where ordinary requests go the same way.',
      change: changeAt((connection ?? upgrade).place, connection !== undefined, 'proxy_set_header Connection "upgrade";'),
    },
  ]
}

function findOldVersion({ family, scope, place }: NginxHop): Hit[] {
  const [upgrade] = fields(scope, 'upgrade')
  const version = scope.find('proxy_http_version')
  if (family !== 'proxy' || upgrade === undefined || (version !== null && version.words[0]?.text !== '1.0')) return []
  return [
    {
      place: upgrade.place,
      other: version?.place ?? place,
      message: `Upgrade is passed on in a request of HTTP/1.0, which nginx before ${KEEPALIVE_SINCE} sends unless told otherwise.`,
      fix: 'Say proxy_http_version 1.1.',
      change: changeAt((version ?? upgrade).place, version !== null, 'proxy_http_version 1.1;'),
    },
  ]
}

function findHidden(hop: NginxHop): Hit[] {
  const { scope } = hop
  const own = scope.own('proxy_set_header')
  const outer = scope.parent === null ? [] : fields(scope.parent, 'upgrade')
  if (own === null || outer.length === 0 || fields(scope, 'upgrade').length > 0) return []
  const path = pathOf(hop)
  if (path !== '/' && !isSocketPath(path)) return []
  return [
    {
      place: own.place,
      other: outer[0]!.place,
      message: `This proxy_set_header hides those outside, Upgrade among them.`,
      fix: 'Repeat here what shall be sent from here, or move this line out.',
      change: changeAt(own.place, false, ...UPGRADE_LINES.slice(1)),
    },
  ]
}

const SILENCE_S = 60

function findCutStream({ family, scope, answer, place }: NginxHop): Hit[] {
  const upgrade = fields(scope, 'upgrade')[0]
  const streaming = scope.find('proxy_buffering')
  const sign = upgrade ?? (streaming?.words[0]?.text === 'off' ? streaming : undefined)
  if (family !== 'proxy' || sign === undefined || answer === null || answer.value > SILENCE_S) return []
  return [
    {
      place: answer.isDefault ? place : answer.place,
      other: sign.place,
      message: `WebSockets and streams are cut after ${secondsText(answer.value)} without a word (${answer.isDefault ? 'the default of ' : ''}proxy_read_timeout).`,
      fix: 'Send a heartbeat more often than that, or wait longer.',
      change: changeAt(answer.isDefault ? place : answer.place, !answer.isDefault, 'proxy_read_timeout 1h;'),
    },
  ]
}

/** In a location or a server where nothing is passed on by the module that the setting is for. */
function findOtherModule({ hops }: NginxConfig, setting: RegExp): Hit[] {
  const families = new Map<NginxScope['directive'], Set<string>>()
  const places = new Map<NginxScope['directive'], { scope: NginxScope; hop: NginxHop }>()
  for (const hop of hops) {
    for (let scope: NginxScope | null = hop.scope; scope !== null; scope = scope.parent) {
      if (scope.kind !== 'location' && scope.kind !== 'server') continue
      families.set(scope.directive, (families.get(scope.directive) ?? new Set()).add(hop.family))
      places.set(scope.directive, { scope, hop })
    }
  }
  return [...places.values()].flatMap(({ scope, hop }) =>
    scope.directives.flatMap((directive) => {
      const family = setting.exec(directive.name)?.[1]
      const used = families.get(scope.directive)
      if (family === undefined || used === undefined || used.has(family)) return []
      const name = directive.name.replace(family, hop.family)
      if (scope.find(name) !== null) return []
      return [
        {
          place: directive.place,
          other: hop.place,
          message: `${directive.name} has no effect on ${hop.directive.name}.`,
          fix: `Set ${name} instead.`,
          change: changeAt(directive.place, true, `${name} ${directive.words.map(({ text }) => text).join(' ')};`),
        },
      ]
    }),
  )
}

const PAGE_BYTES = 8_192

function findForgottenSize({ family, scope, header }: NginxHop): Hit[] {
  const buffers = scope.find(`${family}_buffers`)
  const size = readBytes(buffers?.words[1]?.text ?? '')
  if (buffers === null || size === null || size <= PAGE_BYTES || header === null || !header.isDefault) return []
  return [
    {
      place: buffers.place,
      message: `${buffers.name} has buffers of ${bytesText(size)}, but the head of an answer must fit into ${family}_buffer_size, which is still one page (4 or 8k).`,
      fix: `Raise ${family}_buffer_size as well.`,
      change: changeAt(buffers.place, false, `${family}_buffer_size ${bytesText(size)};`),
    },
  ]
}

const HEAD_BYTES_MIN = 4_096

function findSmallSize({ header, family }: NginxHop): Hit[] {
  if (header === null || header.isDefault || header.value >= HEAD_BYTES_MIN) return []
  return [
    {
      place: header.place,
      message: `The head of an answer may have ${header.value} bytes at most.`,
      fix: 'Allow 16k, or leave it at its default of one page.',
      change: changeAt(header.place, true, `${family}_buffer_size 16k;`),
    },
  ]
}

function findNoSni(hop: NginxHop): Hit[] {
  const { protocol, family, scope, upstream, targets, isVariable } = hop
  const isNamed = isVariable || targets.some((target) => target.kind === 'tcp' && isName(target.host) && target.host !== 'localhost')
  if (protocol !== 'https' || family !== 'proxy' || !isNamed || scope.find('proxy_ssl_server_name')?.words[0]?.text === 'on') return []
  const off = scope.find('proxy_ssl_server_name')
  const lines = [
    'proxy_ssl_server_name on;',
    ...(upstream === null || scope.find('proxy_ssl_name') !== null ? [] : ['proxy_ssl_name HOST;']),
  ]
  return [
    {
      place: hop.directive.words[0]!.place,
      other: off?.place,
      message: `nginx connects with TLS and does not say which host it wants (SNI).`,
      fix: 'Switch proxy_ssl_server_name on.',
      change: changeAt((off ?? hop).place, off !== null, ...lines),
    },
  ]
}

function findGroupName({ protocol, family, scope, upstream, directive }: NginxHop): Hit[] {
  if (protocol !== 'https' || family !== 'proxy' || upstream === null || upstream.name.includes('.')) return []
  const isUsed = ['proxy_ssl_server_name', 'proxy_ssl_verify'].some((name) => scope.find(name)?.words[0]?.text === 'on')
  if (!isUsed || scope.find('proxy_ssl_name') !== null) return []
  const host = upstream.servers.flatMap(({ target }) => (target?.kind === 'tcp' && isName(target.host) ? [target.host] : []))[0] ?? 'HOST'
  return [
    {
      place: directive.words[0]!.place,
      other: upstream.scope.directive?.place,
      message: `In TLS nginx asks for the host "${upstream.name}", the name of the group.`,
      fix: 'Say which host the certificate is for.',
      change: changeAt(directive.place, false, `proxy_ssl_name ${host};`),
    },
  ]
}

function findUnverified({ protocol, family, scope, directive, targets }: NginxHop): Hit[] {
  const isHere = targets.length > 0 && targets.every((target) => target.kind === 'unix' || isLoopbackHost(target.host))
  if (protocol !== 'https' || family !== 'proxy' || isHere || scope.find('proxy_ssl_verify')?.words[0]?.text === 'on') return []
  return [
    {
      place: directive.words[0]!.place,
      other: scope.find('proxy_ssl_verify')?.place,
      message: 'The certificate of the server behind is not checked.',
      fix: 'Check it, against the authorities of the system or your own.',
      change: changeAt(
        directive.place,
        false,
        'proxy_ssl_verify on;',
        'proxy_ssl_verify_depth 2;',
        'proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;',
      ),
    },
  ]
}

function findNoRanges(scope: NginxScope): Hit[] {
  const header = scope.own('real_ip_header')
  if (header === null || scope.find('set_real_ip_from') !== null || scope.mentions('set_real_ip_from', /./)) return []
  return [
    {
      place: header.place,
      message: `No peer is trusted to say ${header.words[0]?.text ?? 'it'}: set_real_ip_from is missing.`,
      fix: "Name the addresses of the proxy in front: the CDN's published ranges, or your load balancer's network.",
      change: changeAt(header.place, false, 'set_real_ip_from 173.245.48.0/20;'),
    },
  ]
}

function findOldRanges(scope: NginxScope): Hit[] {
  const ranges = scope.directives.filter(({ name }) => name === 'set_real_ip_from')
  const missing = missingRanges(ranges.map(({ words }) => words[0]?.text ?? ''))
  const last = ranges.at(-1)
  if (missing.length === 0 || last === undefined) return []
  return [
    {
      place: ranges[0]!.place,
      message: `${missing.length === 1 ? 'A range' : `${missing.length} ranges`} of Cloudflare ${missing.length === 1 ? 'is' : 'are'} missing: ${sumUpRanges(missing)}.`,
      fix: 'Add them; https://www.cloudflare.com/ips/ has the list.',
      change: changeAt(last.place, false, ...missing.map((range) => `set_real_ip_from ${range};`)),
    },
  ]
}

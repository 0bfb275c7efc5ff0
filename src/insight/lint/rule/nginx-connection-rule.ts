/** Rules for nginx: connections to the servers behind, their names, and what happens when one fails. */
import type { Directive } from '../../dialect/directive.ts'
import { isName } from '../../dialect/hop.ts'
import {
  isReusing,
  KEEPALIVE_SINCE,
  type NginxConfig,
  type NginxHop,
  type NginxServer,
  type NginxUpstream,
} from '../../dialect/nginx/config-hop.ts'
import { readCount, readSeconds } from '../../dialect/quantity.ts'
import { changeAt, type Hit, type Rule } from '../rule.ts'
import { listText } from '../wording.ts'

export const NGINX_CONNECTION_RULES: readonly Rule[] = [
  {
    id: 'nginx-keepalive-unused',
    cause: 'port-exhaustion',
    severity: 'warning',
    server: 'nginx',
    until: KEEPALIVE_SINCE,
    compares: '`keepalive` of an upstream with the HTTP version and Connection field of the requests to it',
    because:
      'nginx closes each connection after its answer all the same, because it asks for that. Each request takes a port, which rests for a minute afterwards; under load they run out.',
    find: ({ nginx }) => nginx.flatMap(({ hops, version }) => hops.flatMap((hop) => findUnused(hop, version))),
  },
  {
    id: 'nginx-keepalive-before-method',
    cause: 'port-exhaustion',
    severity: 'warning',
    server: 'nginx',
    compares: 'the order of `keepalive` and the balancing method in an upstream',
    because: 'A method that comes later takes the place of `keepalive`: no connection is kept.',
    find: ({ nginx }) => nginx.flatMap(({ upstreams }) => upstreams.flatMap(findWrongOrder)),
  },
  {
    id: 'nginx-name-resolved-once',
    cause: 'dns-stale',
    severity: 'warning',
    server: 'nginx',
    compares: 'the name of a server behind with how nginx looks names up',
    because:
      'nginx looks the name up when it starts and never again. When the address changes, at a redeploy of a container say, it goes on asking the old one; and it does not start at all while the name is unknown.',
    find: ({ nginx }) => nginx.flatMap(findResolvedOnce),
  },
  {
    id: 'nginx-variable-without-resolver',
    cause: 'gateway-config',
    severity: 'error',
    server: 'nginx',
    compares: 'a variable in the address of a server behind with `resolver`, which is not set',
    because:
      'With a variable nginx looks the name up for each request, and it needs to be told whom to ask: "no resolver defined to resolve …", 502.',
    find: ({ nginx }) =>
      nginx.flatMap(({ hops, upstreams }) => {
        const groups = new Set(upstreams.map(({ name }) => name))
        return hops.flatMap((hop) => findNoResolver(hop, groups))
      }),
  },
  {
    id: 'nginx-localhost',
    cause: 'connect-refused',
    severity: 'note',
    server: 'nginx',
    compares: '`localhost` as the server behind with the addresses that it stands for',
    because: 'localhost is ::1 as well as 127.0.0.1, and nginx balances between the two. An app that listens on one of them refuses half.',
    find: ({ nginx, links }) => {
      const linked = new Set(links.map(({ target }) => target))
      return nginx.flatMap(({ hops }) => hops.filter(({ targets }) => targets.some((target) => !linked.has(target))).flatMap(findLocalhost))
    },
  },
  {
    id: 'nginx-fail-timeout-long',
    cause: 'no-healthy-upstream',
    severity: 'warning',
    server: 'nginx',
    compares: '`max_fails` and a long `fail_timeout` with how few servers there are',
    because:
      'A single error takes a server out for that long. With one error on each of them nobody is left: "no live upstreams", 502 for all.',
    find: ({ nginx }) => nginx.flatMap(({ upstreams }) => upstreams.flatMap(findLongFailure)),
  },
  {
    id: 'nginx-max-fails-alone',
    cause: 'no-healthy-upstream',
    severity: 'note',
    server: 'nginx',
    compares: '`max_fails` and `fail_timeout` with the only server of its upstream',
    because: 'nginx ignores both where there is one server. Whoever counts on them has no protection.',
    find: ({ nginx }) => nginx.flatMap(({ upstreams }) => upstreams.flatMap(findAlone)),
  },
  {
    id: 'nginx-all-down',
    cause: 'no-healthy-upstream',
    severity: 'error',
    server: 'nginx',
    compares: 'the servers of an upstream with their `down` marks',
    because: 'There is no server left to ask: "no live upstreams", 502 for every request.',
    find: ({ nginx }) => nginx.flatMap(({ upstreams }) => upstreams.flatMap(findAllDown)),
  },
  {
    id: 'nginx-next-upstream-off',
    cause: 'connect-refused',
    severity: 'warning',
    server: 'nginx',
    compares: '`proxy_next_upstream off` with the number of servers',
    because: 'A server that refuses the connection is not left for the next one: the visitor gets the 502, although the others are well.',
    find: ({ nginx }) => nginx.flatMap(({ hops }) => hops.flatMap(findNoNext)),
  },
  {
    id: 'nginx-proxy-loop',
    cause: 'proxy-loop',
    severity: 'error',
    server: 'nginx',
    compares: 'the address that a server sends requests to with the one that it listens on itself',
    because: 'nginx asks itself, again and again, until no connection is left.',
    find: ({ nginx }) => nginx.flatMap(findLoop),
  },
  {
    id: 'nginx-descriptors',
    cause: 'fd-exhaustion',
    severity: 'warning',
    server: 'nginx',
    compares: '`worker_rlimit_nofile` with `worker_connections`',
    because:
      'A request that is passed on takes two descriptors, one to each side. They run out before the connections do: "Too many open files".',
    find: ({ nginx }) => nginx.flatMap(findFewDescriptors),
  },
]

function findUnused({ upstream, family, scope, directive }: NginxHop, version: string | null): Hit[] {
  const keepalive = upstream?.scope.own('keepalive') ?? null
  if (keepalive === null || keepalive.words[0]?.text === '0' || isReusing({ scope, family, version })) return []
  if (family === 'fastcgi') {
    return [
      {
        place: directive.place,
        other: keepalive.place,
        message: `The upstream keeps connections, but fastcgi_keep_conn is off here, so that PHP-FPM closes each after its answer.`,
        fix: 'Say fastcgi_keep_conn on, with fewer connections than the pool has children; or take keepalive out.',
        change: changeAt(directive.place, false, 'fastcgi_keep_conn on;'),
      },
    ]
  }
  if (family !== 'proxy') return []
  const missing = [
    ...(['1.1', '2'].includes(scope.find('proxy_http_version')?.words[0]?.text ?? '') ? [] : ['proxy_http_version 1.1;']),
    ...(scope.all('proxy_set_header').some(isConnection) ? [] : ['proxy_set_header Connection "";']),
  ]
  if (missing.length === 0) return []
  return [
    {
      place: directive.place,
      other: keepalive.place,
      message: `The upstream keeps connections, but requests are sent ${listText(missing.map((line) => (line.includes('version') ? 'as HTTP/1.0' : 'with "Connection: close"')))}, as nginx before ${KEEPALIVE_SINCE} does by default.`,
      fix: `Add ${listText(missing)}`,
      change: changeAt(directive.place, false, ...missing),
    },
  ]
}

function isConnection({ words }: Directive): boolean {
  return words[0]?.text.toLowerCase() === 'connection' && !/^close$/i.test(words[1]?.text ?? '')
}

const METHODS = ['least_conn', 'ip_hash', 'hash', 'random', 'least_time']

function findWrongOrder({ scope }: NginxUpstream): Hit[] {
  const at = scope.directives.findIndex(({ name }) => name === 'keepalive')
  const method = scope.directives.findLast(({ name }, index) => METHODS.includes(name) && index > at)
  if (at < 0 || method === undefined) return []
  const keepalive = scope.directives[at]!
  return [
    {
      place: keepalive.place,
      other: method.place,
      message: `${method.name} comes after keepalive and takes its place.`,
      fix: `Put keepalive below ${method.name}.`,
    },
  ]
}

function isMoving(server: NginxServer): boolean {
  const { target, directive } = server
  return (
    target?.kind === 'tcp' && isName(target.host) && target.host !== 'localhost' && !directive.words.some(({ text }) => text === 'resolve')
  )
}

function findResolvedOnce({ hops, upstreams }: NginxConfig): Hit[] {
  const used = new Set(hops.map(({ upstream }) => upstream))
  const servers = upstreams
    .filter((upstream) => used.has(upstream))
    .flatMap((upstream) => upstream.servers.filter(isMoving).map(({ directive }) => ({ directive, host: directive.words[0]! })))
  const direct = hops
    .filter(({ upstream, isVariable, targets: [target] }) => upstream === null && !isVariable && target?.kind === 'tcp')
    .filter(({ targets: [target] }) => target?.kind === 'tcp' && isName(target.host) && target.host !== 'localhost')
  return [
    ...servers.map(({ directive, host }) => ({
      place: host.place,
      message: `nginx looks ${host.text.replace(/:\d+$/, '')} up once, when it starts.`,
      fix: 'From nginx 1.27.3 on, add `resolve` to the server, with `zone` in the upstream and a `resolver`. Before that, pass to a variable.',
      change: changeAt(directive.place, true, 'zone backend 64k;', `server ${directive.words.map(({ text }) => text).join(' ')} resolve;`),
    })),
    ...direct.map((hop) => ({
      place: hop.directive.words[0]!.place,
      message: `nginx looks ${hop.host.replace(/:\d+$/, '')} up once, when it starts.`,
      fix: 'Pass to a variable, and name a resolver (127.0.0.11 in a container of Docker): then it is looked up as its time to live says.',
      change: changeAt(hop.place, true, ...throughVariable(hop)),
    })),
  ]
}

function throughVariable({ directive, host }: NginxHop): string[] {
  const url = directive.words[0]!.text
  const name = host.replace(/:\d+$/, '')
  return ['resolver 127.0.0.11 valid=10s;', `set $backend ${name};`, `${directive.name} ${url.replace(name, '$backend')};`]
}

/** Only where what the variable holds is sure to be a name. */
function findNoResolver(hop: NginxHop, groups: ReadonlySet<string>): Hit[] {
  if (!hop.isVariable || hop.scope.find('resolver') !== null) return []
  const variable = /^\$\{?(\w+)\}?(?::\d+)?$/.exec(hop.host)?.[1]
  const isRequest = variable === undefined ? /^\$\w+\.[a-z.]+/.test(hop.host) : /^(?:host|http_host)$/.test(variable)
  const set = variable === undefined ? undefined : hop.scope.all('set').findLast(({ words }) => words[0]?.text === `$${variable}`)
  const value = set?.words[1]?.text.replace(/^[a-z]+:\/\//, '').replace(/[:/].*$/, '') ?? ''
  const isSetToName = isName(value) && !value.includes('$') && /[a-z]/i.test(value) && !groups.has(value)
  if (!isRequest && !isSetToName) return []
  return [
    {
      place: hop.directive.words[0]!.place,
      other: set?.place,
      message: `${hop.host} is looked up for each request${isSetToName ? ` (it is ${value})` : ''}, and no resolver is set.`,
      fix: 'Name a resolver: 127.0.0.11 in a container of Docker, 127.0.0.53 with systemd-resolved.',
      change: changeAt(hop.place, false, 'resolver 127.0.0.53 valid=10s;'),
    },
  ]
}

function findLocalhost(hop: NginxHop): Hit[] {
  const targets = hop.targets.filter((target) => target.kind === 'tcp' && target.host === 'localhost')
  return targets.map((target) => ({
    place: target.place,
    message: 'localhost stands for 127.0.0.1 and ::1, which nginx takes for two servers.',
    fix: 'Write the address that the app listens on: 127.0.0.1.',
  }))
}

const FEW = 3
const LONG_S = 30

function parameter({ directive }: NginxServer, name: string): string | null {
  return directive.words.find(({ text }) => text.startsWith(`${name}=`))?.text.slice(name.length + 1) ?? null
}

function findLongFailure({ servers, scope }: NginxUpstream): Hit[] {
  const active = servers.filter(({ directive }) => !directive.words.some(({ text }) => text === 'backup' || text === 'down'))
  if (active.length < 2 || active.length > FEW || servers.length > active.length) return []
  const strict = active.filter((server) => (readCount(parameter(server, 'max_fails') ?? '1') ?? 1) === 1)
  const long = strict.find((server) => (readSeconds(parameter(server, 'fail_timeout') ?? '') ?? 0) >= LONG_S)
  if (long === undefined || strict.length < active.length) return []
  const words = long.directive.words.map(({ text }) => text).filter((text) => !/^(?:max_fails|fail_timeout)=/.test(text))
  return [
    {
      place: long.directive.place,
      other: scope.directive?.place,
      message: `One error takes this server out for ${parameter(long, 'fail_timeout')}, and there are only ${active.length}.`,
      fix: 'Ask for several errors, and come back sooner.',
      change: changeAt(long.directive.place, true, `server ${words.join(' ')} max_fails=3 fail_timeout=10s;`),
    },
  ]
}

function findAlone({ servers }: NginxUpstream): Hit[] {
  const [only, ...others] = servers
  if (only === undefined || others.length > 0) return []
  if (parameter(only, 'max_fails') === null && parameter(only, 'fail_timeout') === null) return []
  return [
    {
      place: only.directive.place,
      message: 'There is one server, for which nginx ignores max_fails and fail_timeout.',
      fix: 'Add a second server, or take the parameters out.',
    },
  ]
}

function findAllDown({ servers, scope, name }: NginxUpstream): Hit[] {
  if (servers.length === 0 || !servers.every(({ directive }) => directive.words.some(({ text }) => text === 'down'))) return []
  return [
    {
      place: scope.directive!.place,
      other: servers[0]!.directive.place,
      message: `All servers of ${name} are marked as down.`,
      fix: 'Take `down` off those that are well.',
    },
  ]
}

function findNoNext(hop: NginxHop): Hit[] {
  const off = hop.scope.find(`${hop.family}_next_upstream`)
  if (off?.words[0]?.text !== 'off' || hop.upstream === null || hop.upstream.servers.length < 2) return []
  return [
    {
      place: off.place,
      other: hop.upstream.scope.directive?.place,
      message: `${off.name} is off, so that the other ${hop.upstream.servers.length - 1} of ${hop.upstream.name} are not asked when one refuses.`,
      fix: 'Leave it at its default: a request is sent on only where nothing of it can have been processed, or it may be repeated.',
      change: changeAt(off.place, true, `${off.name} error timeout;`),
    },
  ]
}

/** Sure only where no other server block listens there, and the host stays the same. */
function findLoop({ services }: NginxConfig): Hit[] {
  const byPort = Map.groupBy(
    services.flatMap((service) => service.listens.map(({ target }) => ({ service, target }))),
    ({ target }) => (target.kind === 'tcp' ? target.port : target.path),
  )
  return services.flatMap((service) =>
    service.hops.flatMap((hop) =>
      hop.targets.flatMap((target) => {
        if (target.kind !== 'tcp' || !/^(?:127\.\d+\.\d+\.\d+|localhost|::1)$/.test(target.host)) return []
        const listening = new Set((byPort.get(target.port) ?? []).map((one) => one.service))
        if (!listening.has(service) || listening.size > 1) return []
        return [
          {
            place: target.place,
            other: service.listens.find(({ target: own }) => own.kind === 'tcp' && own.port === target.port)?.target.place,
            message: `This server listens on port ${target.port} itself, and no other server does.`,
            fix: 'Name the port that the app listens on.',
          },
        ]
      }),
    ),
  )
}

function findFewDescriptors({ root }: NginxConfig): Hit[] {
  const limit = root.own('worker_rlimit_nofile')
  const events = root.own('events')
  const connections = events?.body?.findLast(({ name }) => name === 'worker_connections')
  const [files, sockets] = [readCount(limit?.words[0]?.text ?? ''), readCount(connections?.words[0]?.text ?? '')]
  const isProxy = root.mentions('proxy_pass', /./) || root.mentions('fastcgi_pass', /./)
  if (files === null || sockets === null || files >= (isProxy ? 2 : 1) * sockets) return []
  return [
    {
      place: limit!.place,
      other: connections!.place,
      message: `A worker process may open ${files} descriptors, and is to have ${sockets} connections${isProxy ? ', each with a second one to the server behind' : ''}.`,
      fix: 'Allow at least two descriptors for each connection.',
      change: changeAt(limit!.place, true, `worker_rlimit_nofile ${sockets * 2 + 512};`),
    },
  ]
}

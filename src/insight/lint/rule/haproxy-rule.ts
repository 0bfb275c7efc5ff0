/** Rules for HAProxy. */
import { argument, type Directive } from '../../dialect/directive.ts'
import {
  findLine,
  type HaproxyConfig,
  type HaproxyProxy,
  type HaproxyServer,
  hasFlag,
  hasOption,
  linesOf,
  optionOf,
  ownLine,
} from '../../dialect/haproxy/config-hop.ts'
import { isName } from '../../dialect/hop.ts'
import { readCount } from '../../dialect/quantity.ts'
import { changeAt, type Hit, type Rule } from '../rule.ts'
import { listText } from '../wording.ts'

export const HAPROXY_RULES: readonly Rule[] = [
  {
    id: 'haproxy-timeout-missing',
    cause: 'local-resource-exhausted',
    severity: 'warning',
    server: 'haproxy',
    compares: 'the timeouts of a proxy with those that it needs',
    because:
      'Without them HAProxy waits for ever. Connections of clients and servers that went away without a word pile up until maxconn is full.',
    find: ({ haproxy }) => haproxy.flatMap(({ proxies }) => proxies.flatMap(findNoTimeouts)),
  },
  {
    id: 'haproxy-server-unchecked',
    cause: 'connect-refused',
    severity: 'warning',
    server: 'haproxy',
    compares: 'several servers of a backend with `check`, which they lack',
    because:
      'A server that is down keeps its share of the requests; each of them costs its retries first, and is answered with 503 where they do not help.',
    find: ({ haproxy }) => haproxy.flatMap(({ proxies }) => proxies.flatMap(findUnchecked)),
  },
  {
    id: 'haproxy-httpchk-unused',
    cause: 'connect-refused',
    severity: 'warning',
    server: 'haproxy',
    compares: '`option httpchk` with servers of which none has `check`',
    because: 'The option says how to check and `check` says that it is done: no check takes place.',
    find: ({ haproxy }) => haproxy.flatMap(({ proxies }) => proxies.flatMap(findIdleCheck)),
  },
  {
    id: 'haproxy-httpchk-without-host',
    cause: 'no-healthy-upstream',
    severity: 'warning',
    server: 'haproxy',
    compares: 'a check by HTTP/1.1 with its Host field, which is not there',
    because: 'A request of HTTP/1.1 without Host is malformed, and servers answer 400: all of them are taken for dead.',
    find: ({ haproxy }) => haproxy.flatMap(({ proxies }) => proxies.flatMap(findNoHost)),
  },
  {
    id: 'haproxy-no-redispatch',
    cause: 'connect-refused',
    severity: 'warning',
    server: 'haproxy',
    compares: 'persistence of a backend with `option redispatch`, which is not set',
    because: 'Retries go to the same server. Visitors who belong to one that is down get 503 although the others are well.',
    find: ({ haproxy }) => haproxy.flatMap(({ proxies }) => proxies.flatMap(findNoRedispatch)),
  },
  {
    id: 'haproxy-retries-off',
    cause: 'connect-refused',
    severity: 'warning',
    server: 'haproxy',
    compares: '`retries 0` with servers that restart',
    because: 'A connection that is refused for an instant, as at a restart, is a 503 at once.',
    find: ({ haproxy }) => haproxy.flatMap(({ proxies }) => proxies.flatMap(findNoRetries)),
  },
  {
    id: 'haproxy-name-resolved-once',
    cause: 'dns-stale',
    severity: 'warning',
    server: 'haproxy',
    compares: "a server's name with `resolvers`, which it lacks",
    because: 'HAProxy looks the name up when it starts and never again. When the address changes, it goes on asking the old one.',
    find: ({ haproxy }) => haproxy.flatMap((config) => config.proxies.flatMap((proxy) => findResolvedOnce(proxy, config))),
  },
  {
    id: 'haproxy-tls-without-sni',
    cause: 'tls-sni-required',
    severity: 'warning',
    server: 'haproxy',
    until: '3.3',
    compares: 'TLS to a name with `sni`, which is not set',
    because:
      'HAProxy does not say which host it wants. A server with several sites, and each CDN, answers with the wrong certificate or an alert.',
    find: ({ haproxy }) => haproxy.flatMap(({ proxies }) => proxies.flatMap(findNoSni)),
  },
  {
    id: 'haproxy-tls-not-verified',
    cause: 'tls-untrusted',
    severity: 'note',
    server: 'haproxy',
    compares: 'TLS to a server with `verify none`',
    because: "Any certificate will do, also an expired one or a stranger's. It shows only on the day on which somebody begins to check.",
    find: ({ haproxy }) => haproxy.flatMap(({ proxies }) => proxies.flatMap(findUnverified)),
  },
  {
    id: 'haproxy-maxconn-inverted',
    cause: 'local-resource-exhausted',
    severity: 'warning',
    server: 'haproxy',
    compares: '`maxconn` of a frontend with the smaller one of `global`',
    because: 'The smaller one holds: connections beyond it wait in the queue of the kernel, and time out there without a trace in the log.',
    find: ({ haproxy }) => haproxy.flatMap(findInvertedMaxconn),
  },
  {
    id: 'haproxy-descriptors',
    cause: 'fd-exhaustion',
    severity: 'warning',
    server: 'haproxy',
    compares: '`ulimit-n` with `maxconn`',
    because: 'Each connection takes two descriptors, one to each side. They run out first.',
    find: ({ haproxy }) => haproxy.flatMap(findFewDescriptors),
  },
  {
    id: 'haproxy-buffer-small',
    cause: 'header-too-large',
    severity: 'warning',
    server: 'haproxy',
    compares: '`tune.bufsize` with the heads that apps send',
    because: 'The head of an answer must fit into one buffer, less tune.maxrewrite. A larger one is a 502.',
    find: ({ haproxy }) => haproxy.flatMap(findSmallBuffer),
  },
  {
    id: 'haproxy-tunnel-cut',
    cause: 'idle-timeout',
    severity: 'note',
    server: 'haproxy',
    compares: 'a proxy for WebSockets with `timeout tunnel`, which is not set',
    because: 'A WebSocket on which nothing is said for `timeout server` or `timeout client` is cut.',
    find: ({ haproxy }) => haproxy.flatMap(({ proxies }) => proxies.flatMap(findNoTunnel)),
  },
]

function findNoTimeouts(proxy: HaproxyProxy): Hit[] {
  const needed = [
    ...(proxy.kind === 'backend' ? [] : [['client', '30s'] as const]),
    ...(proxy.servers.length === 0
      ? []
      : ([
          ['connect', '5s'],
          ['server', '60s'],
        ] as const)),
  ]
  const missing = needed.filter(([name]) => findLine(proxy, 'timeout', name) === null && findLine(proxy, `${OLD[name]}`) === null)
  if (missing.length === 0) return []
  return [
    {
      place: proxy.section.place,
      other: proxy.defaults?.place,
      message: `${proxy.kind} ${proxy.name} has no ${listText(missing.map(([name]) => `timeout ${name}`))}.`,
      fix: 'Set them, best in defaults, for all proxies.',
      change: changeAt((proxy.defaults ?? proxy.section).place, false, ...missing.map(([name, value]) => `    timeout ${name} ${value}`)),
    },
  ]
}

/** What they were called before 2.1. */
const OLD = { client: 'clitimeout', connect: 'contimeout', server: 'srvtimeout' } as const

function isChecked(server: HaproxyServer): boolean {
  return (
    hasFlag(server, 'check') || hasFlag(server, 'agent-check') || optionOf(server, 'track') !== null || optionOf(server, 'observe') !== null
  )
}

function isOn(server: HaproxyServer): boolean {
  return !hasFlag(server, 'disabled')
}

function findUnchecked({ kind, name, servers, section }: HaproxyProxy): Hit[] {
  const active = servers.filter(isOn)
  const unchecked = active.filter((server) => !isChecked(server) && !hasFlag(server, 'backup'))
  const [first] = unchecked
  if (first === undefined || active.length < 2) return []
  return [
    {
      place: first.directive.place,
      other: section.place,
      message: `${kind} ${name} has ${active.length} servers and does not check ${unchecked.length === active.length ? 'them' : listText(unchecked.slice(0, 3).map((server) => server.name))}.`,
      fix: 'Add `check` to each, and `option httpchk` with a path that says whether the app is well.',
      change: changeAt(first.directive.place, true, `server ${argument(first.directive)} check`),
    },
  ]
}

function findIdleCheck({ section, servers, kind, name }: HaproxyProxy): Hit[] {
  const option = ownLine(section, 'option', 'httpchk')
  // With several servers it is the other rule that speaks.
  if (option === null || servers.length !== 1 || isChecked(servers[0]!)) return []
  return [
    {
      place: option.place,
      other: servers[0]!.directive.place,
      message: `${kind} ${name} says how its server is checked, and the server has no check.`,
      fix: 'Add `check` to the server.',
      change: changeAt(servers[0]!.directive.place, true, `server ${argument(servers[0]!.directive)} check`),
    },
  ]
}

function findNoHost(proxy: HaproxyProxy): Hit[] {
  const option = findLine(proxy, 'option', 'httpchk')
  const sends = [proxy.section, proxy.defaults].flatMap((part) => (part === null ? [] : linesOf(part, 'http-check', 'send')))
  const text = `${option === null ? '' : argument(option)} ${sends.map(argument).join(' ')}`
  if (option === null || !/HTTP\/1\.1/i.test(text) || /\bhost\b/i.test(text) || !proxy.servers.some(isChecked)) return []
  return [
    {
      place: option.place,
      message: 'The check is a request of HTTP/1.1 without Host.',
      fix: 'Send the host that the app serves.',
      change: changeAt(option.place, true, 'option httpchk', `http-check send meth GET uri ${uriOf(option)} ver HTTP/1.1 hdr Host HOST`),
    },
  ]
}

function uriOf(option: Directive): string {
  return option.words.find(({ text }) => text.startsWith('/'))?.text ?? '/'
}

function findNoRedispatch(proxy: HaproxyProxy): Hit[] {
  const { section, servers, mode } = proxy
  const persistence =
    ownLine(section, 'cookie') ??
    ownLine(section, 'stick') ??
    linesOf(section, 'balance').find(({ words }) => /^(?:source|uri|hdr|url_param)/.test(words[0]?.text ?? ''))
  if (mode !== 'http' || persistence == null || servers.filter(isOn).length < 2 || hasOption(proxy, 'redispatch')) return []
  if (findLine(proxy, 'redispatch') !== null) return []
  return [
    {
      place: section.place,
      other: persistence.place,
      message: `Visitors belong to one server (${persistence.name} ${persistence.words[0]?.text ?? ''}), and retries stay with it.`,
      fix: 'Let the last retry go to another server.',
      change: changeAt(section.place, false, '    option redispatch'),
    },
  ]
}

function findNoRetries(proxy: HaproxyProxy): Hit[] {
  const line = findLine(proxy, 'retries')
  if (line?.words[0]?.text !== '0' || proxy.servers.length === 0) return []
  return [
    {
      place: line.place,
      other: proxy.section.place,
      message: `${proxy.kind} ${proxy.name} tries no connection a second time.`,
      fix: 'Leave it at 3, and let the last one go to another server (option redispatch).',
      change: changeAt(line.place, true, 'retries 3'),
    },
  ]
}

function findResolvedOnce(proxy: HaproxyProxy, { resolvers }: HaproxyConfig): Hit[] {
  const moving = proxy.servers.find(
    (server) =>
      isOn(server) &&
      server.target?.kind === 'tcp' &&
      isName(server.target.host) &&
      server.target.host !== 'localhost' &&
      optionOf(server, 'resolvers') === null,
  )
  if (moving === undefined) return []
  const name = resolvers[0]?.words[0]?.text ?? 'dns'
  const host = moving.target?.kind === 'tcp' ? moving.target.host : moving.name
  return [
    {
      place: moving.directive.place,
      other: resolvers[0]?.place,
      message: `HAProxy looks ${host} up once, when it starts.`,
      fix: `Give the server ${resolvers.length > 0 ? 'the resolvers that there are' : 'a section of resolvers (`parse-resolv-conf`)'}, and let it start while the name is unknown.`,
      change: changeAt(moving.directive.place, true, `server ${argument(moving.directive)} resolvers ${name} init-addr last,libc,none`),
    },
  ]
}

function findNoSni({ servers }: HaproxyProxy): Hit[] {
  const bare = servers.find((server) => {
    const { target } = server
    return (
      hasFlag(server, 'ssl') &&
      target?.kind === 'tcp' &&
      isName(target.host) &&
      target.host !== 'localhost' &&
      optionOf(server, 'sni') === null
    )
  })
  if (bare === undefined) return []
  const host = bare.target?.kind === 'tcp' ? bare.target.host : 'HOST'
  return [
    {
      place: bare.directive.place,
      message: 'HAProxy connects with TLS and does not say which host it wants (SNI).',
      fix: 'Say it with `sni`, and `check-sni` for the checks.',
      change: changeAt(bare.directive.place, true, `server ${argument(bare.directive)} sni str(${host}) check-sni ${host}`),
    },
  ]
}

function findUnverified({ servers }: HaproxyProxy): Hit[] {
  return servers.flatMap((server) => {
    const verify = hasFlag(server, 'ssl') ? optionOf(server, 'verify') : null
    if (verify?.text !== 'none') return []
    return [
      {
        place: verify.place,
        message: 'The certificate of the server is not checked.',
        fix: 'Check it against the authorities of the system or your own: verify required ca-file ca-certificates.crt',
      },
    ]
  })
}

function findInvertedMaxconn({ global, proxies }: HaproxyConfig): Hit[] {
  const whole = global === null ? null : ownLine(global, 'maxconn')
  const limit = readCount(whole?.words[0]?.text ?? '')
  if (limit === null) return []
  return proxies.flatMap((proxy) => {
    const own = ownLine(proxy.section, 'maxconn')
    const wanted = readCount(own?.words[0]?.text ?? '')
    if (proxy.kind === 'backend' || wanted === null || wanted <= limit) return []
    return [
      {
        place: own!.place,
        other: whole!.place,
        message: `${proxy.kind} ${proxy.name} is to have up to ${wanted} connections, all of HAProxy ${limit}.`,
        fix: 'Raise the one of global, and the descriptors with it.',
        change: changeAt(whole!.place, true, `maxconn ${wanted}`),
      },
    ]
  })
}

function findFewDescriptors({ global }: HaproxyConfig): Hit[] {
  const [ulimit, maxconn] = ['ulimit-n', 'maxconn'].map((name) => (global === null ? null : ownLine(global, name)))
  const [files, connections] = [ulimit, maxconn].map((line) => readCount(line?.words[0]?.text ?? ''))
  if (files == null || connections == null || files >= 2 * connections) return []
  return [
    {
      place: ulimit!.place,
      other: maxconn!.place,
      message: `HAProxy may open ${files} descriptors, and is to have ${connections} connections with two each.`,
      fix: 'Take ulimit-n out: HAProxy computes what it needs.',
    },
  ]
}

const BUFFER_BYTES = 16_384

function findSmallBuffer({ global }: HaproxyConfig): Hit[] {
  const line = global === null ? null : ownLine(global, 'tune.bufsize')
  const bytes = readCount(line?.words[0]?.text ?? '')
  if (line == null || bytes === null || bytes >= BUFFER_BYTES) return []
  return [
    {
      place: line.place,
      message: `Heads must fit into ${bytes} bytes, less tune.maxrewrite.`,
      fix: `Leave it at its default, ${BUFFER_BYTES}, or raise it.`,
      change: changeAt(line.place, true, `tune.bufsize ${BUFFER_BYTES}`),
    },
  ]
}

function findNoTunnel(proxy: HaproxyProxy): Hit[] {
  const { section, servers, mode } = proxy
  const sign = (section.body ?? []).find((line) => /^acl$/.test(line.name) && /\bwebsocket\b/i.test(argument(line)))
  const isSocket = sign !== undefined || /(?:^|[-_])(?:ws|websockets?)(?:$|[-_])/i.test(proxy.name)
  if (mode !== 'http' || servers.length === 0 || !isSocket || findLine(proxy, 'timeout', 'tunnel') !== null) return []
  return [
    {
      place: section.place,
      other: findLine(proxy, 'timeout', 'server')?.place,
      message: `${proxy.kind} ${proxy.name} carries WebSockets, for which the timeouts of requests hold.`,
      fix: 'Give tunnels a limit of their own.',
      change: changeAt(section.place, false, '    timeout tunnel 1h'),
    },
  ]
}

/** Rules for Apache httpd. */
import type { ApacheConfig, ApacheHop, ApacheScope } from '../../dialect/apache/config-hop.ts'
import { argument, type Directive } from '../../dialect/directive.ts'
import { isName } from '../../dialect/hop.ts'
import { readCount, secondsText } from '../../dialect/quantity.ts'
import { changeAt, type Hit, type Rule } from '../rule.ts'
import { settingText } from '../wording.ts'

export const APACHE_RULES: readonly Rule[] = [
  {
    id: 'apache-slash-missing',
    cause: 'dns-nxdomain',
    severity: 'error',
    server: 'apache',
    compares: 'the slash at the end of the path of ProxyPass with that of its target',
    because:
      'What follows the path is put behind the target as it is: /login becomes http://127.0.0.1:3000login, and the lookup of such a host fails.',
    find: ({ apache }) => apache.flatMap(({ hops }) => hops.flatMap(findNoSlash)),
  },
  {
    id: 'apache-recovery-off',
    cause: 'no-healthy-upstream',
    severity: 'warning',
    server: 'apache',
    compares: '`forcerecovery=off` of a balancer with `retry` of its members, which is 60 seconds unless set',
    because:
      'A member is left out for that long after one failed connection. When all have failed once, as at a restart of the app, the answer is 503 until the time is over, although they are back long since.',
    find: ({ apache }) => apache.flatMap(({ hops }) => hops.flatMap(findNoRecovery)),
  },
  {
    id: 'apache-timeout-inherited',
    cause: 'response-timeout',
    severity: 'note',
    server: 'apache',
    compares: 'a ProxyPass without `timeout` with Timeout, which was made for clients',
    because:
      "How long Apache waits for the app is then what was chosen for slow clients: Debian's 300 seconds hold a worker for five minutes.",
    // Where only a part is at hand, Timeout may stand in another one.
    find: ({ apache }) => apache.flatMap(({ hops, isWhole }) => (isWhole ? hops.flatMap(findInherited) : [])),
  },
  {
    id: 'apache-workers-clamped',
    cause: 'worker-pool-exhausted',
    severity: 'warning',
    server: 'apache',
    compares: 'MaxRequestWorkers with ServerLimit times ThreadsPerChild',
    because:
      'Apache takes the smaller one and says so only in a line at its start. There are fewer workers than were asked for, and requests wait.',
    find: ({ apache }) => apache.flatMap(findClamped),
  },
  {
    id: 'apache-upgrade-missing',
    cause: 'upgrade-failed',
    severity: 'warning',
    server: 'apache',
    compares: 'a ProxyPass that is named like a WebSocket with `upgrade=websocket`, which it lacks',
    because: 'Upgrade and Connection end at each hop. The app sees an ordinary request and answers 400, 404 or 426.',
    // The old way, a rewrite to ws:// for requests that ask for an upgrade, may be meant for any of them.
    find: ({ apache }) => apache.flatMap(({ hops }) => (hops.some(({ url }) => /^wss?:/i.test(url)) ? [] : hops.flatMap(findNoUpgrade))),
  },
  {
    id: 'apache-name-resolved-once',
    cause: 'dns-stale',
    severity: 'warning',
    server: 'apache',
    compares: 'the name of a server behind with connections that are reused',
    because:
      'A child process looks the name up once and keeps the address as long as it lives. When the address changes, it goes on asking the old one.',
    find: ({ apache }) => apache.flatMap(({ hops }) => hops.flatMap(findResolvedOnce)),
  },
  {
    id: 'apache-reuse-off',
    cause: 'port-exhaustion',
    severity: 'note',
    server: 'apache',
    compares: '`disablereuse=on` with the connections that each request needs',
    because: 'Each request takes a port, which rests for a minute afterwards; under load they run out.',
    find: ({ apache }) => apache.flatMap(({ hops }) => hops.flatMap(findNoReuse)),
  },
  {
    id: 'apache-tls-engine-off',
    cause: 'gateway-config',
    severity: 'error',
    server: 'apache',
    compares: 'https:// of a ProxyPass with SSLProxyEngine, which is not on',
    because:
      'Apache does not speak TLS to servers unless told to: each request ends in a 500, and the log says "SSL Proxy requested … but not enabled".',
    find: ({ apache }) => apache.flatMap(({ hops }) => hops.flatMap(findNoEngine)),
  },
  {
    id: 'apache-tls-not-verified',
    cause: 'tls-untrusted',
    severity: 'note',
    server: 'apache',
    compares: 'https:// of a ProxyPass with checks of certificates that were switched off',
    because: "Any certificate will do, also an expired one or a stranger's. It shows only on the day on which somebody begins to check.",
    find: ({ apache }) => apache.flatMap(({ hops }) => hops.flatMap(findUnverified)),
  },
]

/** Each worker is told of at its own line. */
function isWorker({ directive }: ApacheHop): boolean {
  return directive.name === 'proxypass'
}

function findNoSlash(hop: ApacheHop): Hit[] {
  const target = /^(?:https?|wss?):\/\/([^/]+)$/i.exec(hop.url)
  if (!isWorker(hop) || target === null || !hop.path.endsWith('/') || hop.isBalancer) return []
  const word = hop.directive.words.find(({ text }) => text === hop.url)
  return [
    {
      place: word?.place ?? hop.place,
      message: `${hop.path} ends in a slash and ${hop.url} does not: ${hop.path}login is looked for at ${hop.url}login.`,
      fix: 'End both in a slash, or neither.',
      change: changeAt(hop.place, true, `ProxyPass ${argument(hop.directive).replace(hop.url, `${hop.url}/`)}`),
    },
  ]
}

function findNoRecovery(hop: ApacheHop): Hit[] {
  const [first] = hop.members
  if (hop.parameters.get('forcerecovery')?.toLowerCase() !== 'off' || first === undefined || hop.parameters.get('retry') === '0') return []
  return [
    {
      place: hop.place,
      other: first.place,
      message: `When all ${hop.members.length} members have failed once, none is asked for ${hop.parameters.get('retry') ?? 60}s (retry).`,
      fix: 'Leave forcerecovery on, which asks them again as soon as none is left, or let them come back sooner (retry=5).',
    },
  ]
}

function findInherited(hop: ApacheHop): Hit[] {
  const { answer } = hop
  if (!isWorker(hop) || answer === null || !(answer.isDefault || answer.name === 'Timeout')) return []
  return [
    {
      place: hop.place,
      other: answer.isDefault ? undefined : answer.place,
      message: `Apache waits ${secondsText(answer.value)} for ${hop.url} (${answer.isDefault ? 'the default of Timeout' : settingText(answer)}).`,
      fix: 'Say how long the app may take: ProxyTimeout, or timeout= at the ProxyPass.',
      change: changeAt(hop.place, false, 'ProxyTimeout 60'),
    },
  ]
}

const PREFORK_LIMIT = 256
const SERVER_LIMIT = 16
const THREADS = 25

/** Sections that only ask for a module are open, so that the settings of each MPM are looked at by themselves. */
function findClamped({ root }: ApacheConfig): Hit[] {
  return groupsOf(root).flatMap(findClampedGroup)
}

function groupsOf(scope: ApacheScope): (readonly Directive[])[] {
  const modules: (readonly Directive[])[] = []
  const visit = (directives: readonly Directive[]): void => {
    for (const { name, body } of directives) {
      if (body === null) continue
      if (name === 'ifmodule') modules.push(body)
      if (name === 'ifmodule' || name.startsWith('include')) visit(body)
    }
  }
  visit(scope.source)
  return [scope.source, ...modules]
}

function findClampedGroup(directives: readonly Directive[]): Hit[] {
  const count = (...names: readonly string[]): number | null => readCount(lineOf(...names)?.words[0]?.text ?? '')
  const lineOf = (...names: readonly string[]): Directive | undefined => directives.findLast(({ name }) => names.includes(name))
  const line = lineOf('maxrequestworkers', 'maxclients')
  const wanted = count('maxrequestworkers', 'maxclients')
  const threads = count('threadsperchild') ?? THREADS
  const isThreaded = lineOf('threadsperchild', 'minsparethreads', 'maxsparethreads') !== undefined
  const isPrefork = lineOf('minspareservers', 'maxspareservers') !== undefined
  if (line === undefined || wanted === null || isThreaded === isPrefork) return []
  const servers = count('serverlimit')
  const limit = isThreaded ? (servers ?? SERVER_LIMIT) * threads : (servers ?? PREFORK_LIMIT)
  if (wanted <= limit) return []
  const goal = isThreaded ? Math.ceil(wanted / threads) : wanted
  const limiting = lineOf('serverlimit')
  return [
    {
      place: line.place,
      other: (limiting ?? lineOf('threadsperchild'))?.place,
      message: `MaxRequestWorkers ${wanted} is cut down to ${limit}: ServerLimit ${servers ?? `${isThreaded ? SERVER_LIMIT : PREFORK_LIMIT} (the default)`}${isThreaded ? ` times ThreadsPerChild ${threads}` : ''}.`,
      fix: 'Raise ServerLimit with it; it takes a restart, not a reload.',
      change: changeAt((limiting ?? line).place, limiting !== undefined, `ServerLimit ${goal}`),
    },
  ]
}

const SOCKET_PATH = /\/(?:wss?|websockets?|socket\.io|engine\.io|sockjs(?:-node)?|cable|signalr|_blazor)(?=\/|$)/i

function findNoUpgrade(hop: ApacheHop): Hit[] {
  const isHttp = /^https?:/i.test(hop.url) || (hop.isBalancer && hop.protocol === 'http')
  if (!isWorker(hop) || !isHttp || !SOCKET_PATH.test(hop.path) || hop.parameters.has('upgrade')) return []
  return [
    {
      place: hop.place,
      message: `${hop.path} looks like a WebSocket, and the upgrade is not passed on.`,
      fix: 'Add upgrade=websocket (from 2.4.47 on), or ProxyPass to ws:// with mod_proxy_wstunnel before that.',
      change: changeAt(hop.place, true, `ProxyPass ${argument(hop.directive)} upgrade=websocket`),
    },
  ]
}

function findResolvedOnce(hop: ApacheHop): Hit[] {
  const isReused = hop.parameters.get('disablereuse')?.toLowerCase() !== 'on' && !hop.parameters.has('addressttl')
  const target = hop.targets.find((one) => one.kind === 'tcp' && isName(one.host) && one.host !== 'localhost')
  if (!isWorker(hop) || !isReused || target?.kind !== 'tcp' || hop.protocol === 'fastcgi') return []
  return [
    {
      place: hop.place,
      message: `Each child process of Apache looks ${target.host} up once.`,
      fix: 'Add addressttl=30 where Apache knows it (recent versions of 2.4), or disablereuse=on.',
      change: hop.isBalancer ? undefined : changeAt(hop.place, true, `ProxyPass ${argument(hop.directive)} addressttl=30`),
    },
  ]
}

function findNoReuse(hop: ApacheHop): Hit[] {
  if (!isWorker(hop) || hop.parameters.get('disablereuse')?.toLowerCase() !== 'on') return []
  return [
    {
      place: hop.place,
      message: `Each request opens a connection of its own to ${hop.url}.`,
      fix: 'Reuse them for less time than the server behind keeps them, ttl=4 say, instead of not at all.',
    },
  ]
}

function findNoEngine(hop: ApacheHop): Hit[] {
  if (
    hop.protocol !== 'https' ||
    hop.scope.within('virtualhost') === null ||
    hop.scope.find('sslproxyengine')?.words[0]?.text.toLowerCase() === 'on'
  )
    return []
  return [
    {
      place: hop.place,
      message: `The target is https://, and SSLProxyEngine is not on.`,
      fix: 'Switch it on for this virtual host.',
      change: changeAt(hop.place, false, 'SSLProxyEngine on'),
    },
  ]
}

function findUnverified(hop: ApacheHop): Hit[] {
  if (hop.protocol !== 'https') return []
  const off = ['sslproxyverify', 'sslproxycheckpeername', 'sslproxycheckpeercn'].flatMap((name) => hop.scope.find(name) ?? [])
  const first = off.find(({ words }) => /^(?:none|off)$/i.test(words[0]?.text ?? ''))
  if (first === undefined) return []
  return [
    {
      place: first.place,
      other: hop.place,
      message: 'The certificate of the server behind is not checked in full.',
      fix: 'Check it: SSLProxyVerify require, SSLProxyCheckPeerName on, SSLProxyCACertificateFile /etc/ssl/certs/ca-certificates.crt',
    },
  ]
}

/** The hops and services of an HAProxy configuration: each proxy with what it inherits from its `defaults`, its servers and its binds. */
import { argument, type Directive, type Place, type Word } from '../directive.ts'
import { defaultOf, type Hop, type Listen, readSetting, readTarget, rowOf, type Service, type Setting, type Target } from '../hop.ts'
import type { Role } from '../setting-default.ts'

export type HaproxyServer = {
  readonly directive: Directive
  readonly name: string
  readonly target: Target | null
  /** Those of `default-server` too. */
  readonly options: readonly Word[]
}

/** A `frontend`, `backend` or `listen`. */
export type HaproxyProxy = {
  readonly kind: string
  readonly name: string
  readonly section: Directive
  readonly defaults: Directive | null
  readonly mode: string
  readonly servers: readonly HaproxyServer[]
  readonly hop: Hop | null
}

export type HaproxyConfig = {
  readonly version: string | null
  readonly global: Directive | null
  readonly resolvers: readonly Directive[]
  readonly proxies: readonly HaproxyProxy[]
  readonly hops: readonly Hop[]
  readonly services: readonly Service[]
}

/** Each server has those of `default-server` too; no real one has that many. */
const OPTIONS_MAX = 200

const PROXIES = new Set(['frontend', 'backend', 'listen'])

export function surveyHaproxy(sections: readonly Directive[], version: string | null): HaproxyConfig {
  const proxies: HaproxyProxy[] = []
  const named = new Map<string, Directive>()
  let latest: Directive | null = null
  const global = sections.find(({ name }) => name === 'global') ?? null
  for (const section of sections) {
    if (section.name === 'defaults') {
      latest = section
      const name = section.words[0]?.text
      if (name !== undefined) named.set(name, section)
    } else if (PROXIES.has(section.name)) {
      const from = section.words.findIndex(({ text }) => text === 'from')
      const defaults = from < 0 ? latest : (named.get(section.words[from + 1]?.text ?? '') ?? latest)
      proxies.push(proxyOf(section, defaults, global))
    }
  }
  const backends = new Map(proxies.filter(({ kind }) => kind === 'backend').map((proxy) => [proxy.name, proxy]))
  return {
    version,
    global,
    resolvers: sections.filter(({ name }) => name === 'resolvers'),
    proxies,
    hops: proxies.flatMap(({ hop }) => hop ?? []),
    services: proxies.filter(({ kind }) => kind !== 'backend').map((proxy) => serviceOf(proxy, backends)),
  }
}

/** The last one that holds in a section: its own, or of its defaults. `timeout server` is given as two words. */
export function findLine({ section, defaults }: Pick<HaproxyProxy, 'section' | 'defaults'>, ...words: readonly string[]): Directive | null {
  return ownLine(section, ...words) ?? (defaults === null ? null : ownLine(defaults, ...words))
}

export function ownLine(section: Directive, ...words: readonly string[]): Directive | null {
  return linesOf(section, ...words).at(-1) ?? null
}

export function linesOf(section: Directive, ...[name, ...rest]: readonly string[]): Directive[] {
  return (section.body ?? []).filter((line) => line.name === name && rest.every((word, index) => line.words[index]?.text === word))
}

/** `option x` holds unless the section says `no option x`. */
export function hasOption(proxy: Pick<HaproxyProxy, 'section' | 'defaults'>, option: string): boolean {
  const isDenied = (section: Directive): boolean => ownLine(section, 'no', 'option', option) !== null
  if (ownLine(proxy.section, 'option', option) !== null) return true
  return proxy.defaults !== null && ownLine(proxy.defaults, 'option', option) !== null && !isDenied(proxy.section)
}

/** The word behind a keyword of a server line. */
export function optionOf({ options }: HaproxyServer, keyword: string): Word | null {
  const at = options.findLastIndex(({ text }) => text === keyword)
  return at < 0 ? null : (options[at + 1] ?? null)
}

export function hasFlag({ options }: HaproxyServer, keyword: string): boolean {
  const at = options.findLastIndex(({ text }) => text === keyword)
  return at >= 0 && at > options.findLastIndex(({ text }) => text === `no-${keyword}`)
}

function proxyOf(section: Directive, defaults: Directive | null, global: Directive | null): HaproxyProxy {
  const base = { kind: section.name, name: section.words[0]?.text ?? '', section, defaults }
  const mode = findLine(base, 'mode')?.words[0]?.text ?? 'tcp'
  const usual = [defaults, section]
    .flatMap((part) => (part === null ? [] : linesOf(part, 'default-server').flatMap(({ words }) => words)))
    .slice(-OPTIONS_MAX)
  const servers = section.name === 'frontend' ? [] : (section.body ?? []).flatMap((line) => serverOf(line, usual))
  const proxy = { ...base, mode, servers, hop: null }
  return servers.length === 0 ? proxy : { ...proxy, hop: hopOf(proxy, global) }
}

function serverOf(directive: Directive, usual: readonly Word[]): HaproxyServer[] {
  if (directive.name === 'server-template') return []
  const [name, address, ...options] = directive.words
  if (directive.name !== 'server' || name === undefined || address === undefined) return []
  const text = address.text.replace(/^(?:ipv[46]|tcp)@/, '')
  return [{ directive, name: name.text, target: readTarget(text, address.place, 0), options: [...usual, ...options] }]
}

function hopOf(proxy: HaproxyProxy, global: Directive | null): Hop {
  const { section, servers, mode } = proxy
  const isTls = servers.some((server) => hasFlag(server, 'ssl'))
  const sending = servers.find((server) => hasFlag(server, 'send-proxy') || hasFlag(server, 'send-proxy-v2'))
  const retryOn = findLine(proxy, 'retry-on')
  const isRetrying = retryOn !== null && /response-timeout|all-retryable|\b50[0234]\b/.test(argument(retryOn))
  return {
    server: 'haproxy',
    protocol: mode !== 'http' ? 'tcp' : isTls ? 'https' : 'http',
    place: section.place,
    targets: servers.flatMap(({ target }) => target ?? []),
    keep: mode === 'http' ? keepOf(proxy) : null,
    answer: timeoutOf(proxy, 'answer', 'server'),
    header: mode === 'http' ? headerOf(global, section.place) : null,
    body: null,
    proxyProtocol: sending?.directive.place ?? null,
    retries: isRetrying ? retryOn.place : null,
  }
}

function timeoutOf(proxy: HaproxyProxy, role: Role, name: string): Setting {
  const row = rowOf('haproxy', role)
  const line = findLine(proxy, 'timeout', name)
  const read = line === null ? null : readSetting(row, line, line.words[1])
  return read === null ? defaultOf(row, proxy.section.place) : { ...read, name: `timeout ${name}` }
}

/** Connections wait in the pool for the next request of any client, unless reuse is off. */
function keepOf(proxy: HaproxyProxy): Setting | null {
  if (findLine(proxy, 'http-reuse')?.words[0]?.text === 'never' || hasOption(proxy, 'httpclose')) return null
  if (hasOption(proxy, 'http-server-close')) return null
  const row = rowOf('haproxy', 'keep')
  const own = proxy.servers.map((server) => optionOf(server, 'pool-purge-delay')).find((word) => word !== null)
  const read = own === undefined ? null : readSetting(row, { name: 'pool-purge-delay', words: [own], place: own.place, body: null })
  // Half of those that are idle are closed at a time, so that some live several times as long.
  return read === null ? { ...defaultOf(row, proxy.section.place), value: row.value * 2 } : { ...read, value: read.value * 2 }
}

function headerOf(global: Directive | null, place: Place): Setting {
  const row = rowOf('haproxy', 'header')
  const line = global === null ? null : ownLine(global, 'tune.bufsize')
  return (line === null ? null : readSetting(row, line)) ?? defaultOf(row, place)
}

function serviceOf(proxy: HaproxyProxy, backends: ReadonlyMap<string, HaproxyProxy>): Service {
  const { section, mode, name } = proxy
  const listens = linesOf(section, 'bind').flatMap(listenOf)
  const isTls = listens.some((listen) => listen.isTls)
  const names = new Set((section.body ?? []).filter((line) => /_backend$/.test(line.name)).map(({ words }) => words[0]?.text ?? ''))
  const used = [proxy, ...[...names].flatMap((backend) => backends.get(backend) ?? [])]
  const named = ['http-keep-alive', 'http-request', 'client'].map((timeout) => timeoutOf(proxy, 'offer', timeout))
  return {
    server: 'haproxy',
    name,
    protocol: mode !== 'http' ? 'tcp' : isTls ? 'https' : 'http',
    place: section.place,
    listens,
    offer: hasOption(proxy, 'httpclose') ? null : (named.find(({ isDefault }) => !isDefault) ?? named[0]!),
    work: null,
    body: null,
    hops: used.flatMap(({ hop }) => hop ?? []),
  }
}

function listenOf({ words, place }: Directive): Listen[] {
  const [address, ...flags] = words
  const has = (flag: string): boolean => flags.some(({ text }) => text === flag)
  return (address?.text ?? '').split(',').flatMap((text) => {
    const target = readTarget(text.replace(/^(?:ipv[46]|tcp)@/, ''), address?.place ?? place, 0)
    return target === null ? [] : [{ target, isTls: has('ssl'), isProxyProtocol: has('accept-proxy') }]
  })
}

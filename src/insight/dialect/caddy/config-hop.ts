/** The hops and services of a Caddyfile: every `reverse_proxy` and `php_fastcgi` with its transport, and every site. */
import type { Directive, Word } from '../directive.ts'
import {
  defaultOf,
  type Hop,
  type Listen,
  type Protocol,
  readSetting,
  readTarget,
  rowOf,
  type Service,
  type Setting,
  type Target,
} from '../hop.ts'
import type { Role } from '../setting-default.ts'

export type CaddyHop = Hop & {
  readonly server: 'caddy'
  readonly directive: Directive
  /** The lines of its block, by name; the transport's are `transport.NAME`. */
  readonly settings: ReadonlyMap<string, Directive>
  /** As many as are named; names that stand for several count once. */
  readonly upstreams: readonly Word[]
  readonly isDynamic: boolean
}

export type CaddyConfig = { readonly version: string | null; readonly hops: readonly CaddyHop[]; readonly services: readonly Service[] }

export function surveyCaddy(body: readonly Directive[], version: string | null): CaddyConfig {
  const snippets = new Map(body.filter(({ name }) => name === 'snippet').map((snippet) => [snippet.words[0]?.text ?? '', snippet]))
  const global = body.find(({ name }) => name === 'global') ?? null
  const sites = [...inlined(body, snippets)].filter(({ name }) => name === 'site')
  const services = sites.map((site) => serviceOf(site, global, hopsIn(site.body ?? [], snippets)))
  return { version, hops: services.flatMap(({ hops }) => hops) as CaddyHop[], services }
}

type Snippets = ReadonlyMap<string, Directive>

const DEPTH_MAX = 8

/** What a snippet or a file brings in stands in place of its import. Arguments are not put in: what they are part of is not judged. */
function* inlined(body: readonly Directive[], snippets: Snippets, depth = 0): Generator<Directive> {
  for (const directive of body) {
    const brought = directive.name === 'import' ? (directive.body ?? snippets.get(directive.words[0]?.text ?? '')?.body ?? null) : null
    if (brought === null || depth > DEPTH_MAX) yield directive
    else yield* inlined(brought, snippets, depth + 1)
  }
}

function hopsIn(body: readonly Directive[], snippets: Snippets, depth = 0): CaddyHop[] {
  if (depth > DEPTH_MAX) return []
  return [...inlined(body, snippets)].flatMap((directive) => {
    if (directive.name === 'reverse_proxy' || directive.name === 'php_fastcgi') return [hopOf(directive, snippets)]
    return directive.body === null ? [] : hopsIn(directive.body, snippets, depth + 1)
  })
}

function hopOf(directive: Directive, snippets: Snippets): CaddyHop {
  const lines = [...inlined(directive.body ?? [], snippets)]
  const transport = lines.find(({ name }) => name === 'transport')
  const settings = new Map([
    ...lines.map((line) => [line.name, line] as const),
    ...[...inlined(transport?.body ?? [], snippets)].map((line) => [`transport.${line.name}`, line] as const),
  ])
  const upstreams = [...directive.words.filter(isUpstream), ...lines.filter(({ name }) => name === 'to').flatMap(({ words }) => words)]
  const protocol = protocolOf(directive, upstreams, settings, transport)
  return {
    server: 'caddy',
    protocol,
    place: directive.place,
    targets: upstreams.flatMap((word) => targetOf(word, protocol) ?? []),
    keep: keepOf(directive, settings, protocol),
    answer: settingOf(directive, settings, 'answer', protocol === 'fastcgi' ? 'read_timeout' : 'response_header_timeout'),
    header: null,
    body: null,
    proxyProtocol: settings.get('transport.proxy_protocol')?.place ?? null,
    retries: settings.get('lb_retry_match')?.place ?? null,
    directive,
    settings,
    upstreams,
    isDynamic: lines.some(({ name }) => name === 'dynamic'),
  }
}

/** The first word may be a matcher: `*`, `/path`, `@name`. */
function isUpstream({ text }: Word, index: number): boolean {
  return index > 0 || !/^[*@/]/.test(text)
}

function protocolOf(
  directive: Directive,
  upstreams: readonly Word[],
  settings: ReadonlyMap<string, Directive>,
  transport: Directive | undefined,
): Protocol {
  if (directive.name === 'php_fastcgi' || transport?.words[0]?.text === 'fastcgi') return 'fastcgi'
  const isTls =
    upstreams.some(({ text }) => /^https:|:443$/.test(text)) || [...settings.keys()].some((name) => name.startsWith('transport.tls'))
  return isTls ? 'https' : 'http'
}

function targetOf({ text, place }: Word, protocol: Protocol): Target | null {
  const address = text.replace(/^(?:https?|h2c|ws|wss|tcp4?|unix):?\/\/?(?=[^/])/, (scheme) => (scheme.startsWith('unix') ? '/' : ''))
  const unix = /^unix(?:\+h2c)?\/\/?(\/.*)$/.exec(text)
  if (unix !== null) return { kind: 'unix', path: unix[1]!, place }
  if (address.includes('{')) return null
  return readTarget(address.replace(/\/.*$/, ''), place, protocol === 'https' ? 443 : 80)
}

function keepOf(directive: Directive, settings: ReadonlyMap<string, Directive>, protocol: Protocol): Setting | null {
  if (protocol === 'fastcgi') return null
  return settings.get('transport.keepalive')?.words[0]?.text === 'off' ? null : settingOf(directive, settings, 'keep', 'keepalive')
}

function settingOf(directive: Directive, settings: ReadonlyMap<string, Directive>, role: Role, name: string): Setting {
  const row = rowOf('caddy', role)
  const line = settings.get(`transport.${name}`)
  const own = { ...row, name, write: `${name} VALUE` }
  return (line === undefined ? null : readSetting(own, line)) ?? defaultOf(own, directive.place)
}

/** Caddy gets a certificate for each name, unless told that the site is plain. */
function isTlsAddress(text: string, address: string, global: Directive | null): boolean {
  if (/^https:|:443$/.test(text)) return true
  const isOff = global?.body?.some(({ name, words }) => name === 'auto_https' && words[0]?.text === 'off') === true
  return !isOff && !/^http:|:80$/.test(text) && !address.startsWith(':')
}

function serviceOf(site: Directive, global: Directive | null, hops: readonly CaddyHop[]): Service {
  const listens = site.words.flatMap((word): Listen[] => {
    const address = word.text.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
    const isTls = isTlsAddress(word.text, address, global)
    const target = readTarget(address, word.place, isTls ? 443 : 80)
    // The name chooses the site; Caddy listens on every interface.
    return target?.kind === 'tcp' ? [{ target: { ...target, host: '' }, isTls, isProxyProtocol: false }] : []
  })
  const servers = global?.body?.find(({ name }) => name === 'servers')
  const idle = servers?.body?.find(({ name }) => name === 'timeouts')?.body?.find(({ name }) => name === 'idle')
  const row = rowOf('caddy', 'offer')
  return {
    server: 'caddy',
    name: site.words[0]?.text ?? '',
    protocol: listens.some(({ isTls }) => isTls) ? 'https' : 'http',
    place: site.place,
    listens,
    offer: (idle === undefined ? null : readSetting(row, idle)) ?? defaultOf(row, site.place),
    work: null,
    body: null,
    hops,
  }
}

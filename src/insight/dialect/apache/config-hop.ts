/** The hops and services of an Apache configuration: ProxyPass in all its forms with the parameters of each worker, and virtual hosts. */
import { type Directive, groupByName, type Place } from '../directive.ts'
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
  settingOf,
  type Target,
} from '../hop.ts'
import { readBytes, readSeconds } from '../quantity.ts'
import type { Role } from '../setting-default.ts'

/** `Define`s are put in; sections that only ask for a module or a flag are taken as part of what is around them. */
export class ApacheScope {
  readonly directive: Directive | null
  readonly parent: ApacheScope | null
  readonly directives: readonly Directive[]
  /** As they stand in the files. */
  readonly source: readonly Directive[]
  readonly #named: ReadonlyMap<string, readonly Directive[]>

  constructor(directive: Directive | null, parent: ApacheScope | null, body: readonly Directive[]) {
    this.directive = directive
    this.parent = parent
    this.source = body
    this.directives = [...inlined(body)]
    this.#named = groupByName(this.directives)
  }

  find(name: string): Directive | null {
    return this.own(name) ?? this.parent?.find(name) ?? null
  }

  own(name: string): Directive | null {
    return this.#named.get(name)?.at(-1) ?? null
  }

  within(kind: string): ApacheScope | null {
    return this.directive?.name === kind ? this : (this.parent?.within(kind) ?? null)
  }

  /** All of this one. */
  all(name: string): readonly Directive[] {
    return this.#named.get(name) ?? []
  }

  /** This one and all within. */
  walk(scopes: ApacheScope[] = []): ApacheScope[] {
    scopes.push(this)
    for (const child of this.directives) if (child.body !== null) new ApacheScope(child, this, child.body).walk(scopes)
    return scopes
  }
}

const TRANSPARENT = new Set(['ifmodule', 'ifdefine', 'ifversion', 'ifdirective', 'iffile', 'ifsection', 'include', 'includeoptional'])

function* inlined(body: readonly Directive[]): Generator<Directive> {
  for (const directive of body) {
    if (directive.body !== null && TRANSPARENT.has(directive.name)) yield* inlined(directive.body)
    else yield directive
  }
}

export type ApacheHop = Hop & {
  readonly server: 'apache'
  readonly scope: ApacheScope
  readonly directive: Directive
  /** What the client asks for, '' where the pattern is not a plain path. */
  readonly path: string
  readonly url: string
  /** `retry=0` and its kin, in lower case; those of the balancer's members too. */
  readonly parameters: ReadonlyMap<string, string>
  readonly members: readonly Directive[]
  readonly isBalancer: boolean
}

export type ApacheConfig = {
  readonly version: string | null
  readonly root: ApacheScope
  /** The file that Apache is started with is among those at hand. */
  readonly isWhole: boolean
  readonly hops: readonly ApacheHop[]
  readonly services: readonly Service[]
}

export function surveyApache(body: readonly Directive[], version: string | null): ApacheConfig {
  const root = new ApacheScope(null, null, body)
  const scopes = root.walk()
  const balancers = new Map(
    scopes.flatMap((scope) => (scope.directive?.name === 'proxy' ? [[balancerName(scope.directive.words[0]?.text ?? ''), scope]] : [])),
  )
  const hops = scopes.flatMap((scope) => scope.directives.flatMap((directive) => hopOf(scope, directive, balancers)))
  const hosts = scopes.filter(({ directive }) => directive?.name === 'virtualhost')
  const byHost = Map.groupBy(hops, (hop) => hop.scope.within('virtualhost')?.directive ?? null)
  const main = root.directives.some(({ name }) => name === 'listen') ? [root] : []
  const isWhole = root.own('serverroot') !== null || root.own('timeout') !== null
  return { version, root, isWhole, hops, services: [...hosts, ...main].map((scope) => serviceOf(scope, byHost.get(scope.directive) ?? [])) }
}

type Pass = { readonly path: string; readonly url: string; readonly place: Place; readonly rest: readonly string[] }

/** What is sent where, by any of the directives that do it. */
function passOf(scope: ApacheScope, directive: Directive): Pass | null {
  const words = directive.words.filter(({ text }) => !/^(?:nocanon|interpolate|noquery)$/i.test(text))
  const isLocation = /^location(?:match)?$/.test(scope.directive?.name ?? '')
  switch (directive.name) {
    case 'proxypass':
    case 'proxypassmatch': {
      const isShort = isLocation && !/^[/^!]/.test(words[0]?.text ?? '')
      const path = isShort ? (scope.directive?.words.at(-1)?.text ?? '') : (words[0]?.text ?? '')
      const [url, ...rest] = isShort ? words : words.slice(1)
      if (url === undefined || url.text === '!') return null
      return { path: directive.name === 'proxypass' ? path : '', url: url.text, place: directive.place, rest: rest.map(({ text }) => text) }
    }
    case 'rewriterule': {
      const flags = words[2]?.text ?? ''
      const isProxied = /[[,](?:P|proxy)[\],]/i.test(flags)
      return isProxied ? { path: '', url: words[1]?.text ?? '', place: directive.place, rest: [] } : null
    }
    case 'sethandler': {
      const url = /^proxy:(.*)$/i.exec(words[0]?.text ?? '')?.[1]
      return url === undefined ? null : { path: '', url, place: directive.place, rest: [] }
    }
    default:
      return null
  }
}

const SCHEMES: Readonly<Record<string, Protocol>> = {
  http: 'http',
  https: 'https',
  h2: 'https',
  h2c: 'http',
  ws: 'http',
  wss: 'https',
  fcgi: 'fastcgi',
  ajp: 'ajp',
  uwsgi: 'uwsgi',
  scgi: 'scgi',
}

function hopOf(scope: ApacheScope, directive: Directive, balancers: ReadonlyMap<string, ApacheScope>): ApacheHop[] {
  const pass = passOf(scope, directive)
  if (pass === null) return []
  const isBalancer = /^balancer:/i.test(pass.url)
  const balancer = isBalancer ? balancers.get(balancerName(pass.url)) : undefined
  const members = balancer?.all('balancermember') ?? []
  const proxySet = (balancer ?? scope).all('proxyset').flatMap(({ words }) => words)
  const urls = isBalancer ? members.map(({ words }) => words.find(({ text }) => text.includes('://'))?.text ?? '') : [pass.url]
  const parameters = parametersOf([...members.flatMap(({ words }) => words), ...proxySet].map(({ text }) => text).concat(pass.rest))
  const protocol = SCHEMES[/^(?:unix:[^|]*\|)?([a-z0-9]+):/i.exec(urls[0] ?? '')?.[1]?.toLowerCase() ?? ''] ?? 'http'
  const settings = { scope, parameters, place: directive.place }
  return [
    {
      server: 'apache',
      protocol,
      place: directive.place,
      targets: urls.flatMap((url) => targetOf(url, directive.place, protocol) ?? []),
      keep: parameters.get('disablereuse')?.toLowerCase() === 'on' || protocol === 'fastcgi' ? null : parameter('keep', settings),
      answer: answerOf(settings),
      header: null,
      body: bodyOf(scope, directive.place),
      proxyProtocol: null,
      retries: null,
      scope,
      directive,
      path: pass.path,
      url: pass.url,
      parameters,
      members,
      isBalancer,
    },
  ]
}

/** `balancer://app`, without what may follow. */
function balancerName(url: string): string {
  return /^balancer:\/\/[^/]+/i.exec(url)?.[0].toLowerCase() ?? url
}

function parametersOf(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(words.flatMap((word) => (/^\w+=/.test(word) ? [[word.split('=', 1)[0]!.toLowerCase(), word.replace(/^\w+=/, '')]] : [])))
}

function targetOf(url: string, place: Place, protocol: Protocol): Target | null {
  const unix = /^unix:([^|]+)/i.exec(url)
  if (unix !== null) return { kind: 'unix', path: unix[1]!, place }
  const authority = /^[a-z0-9]+:\/\/([^/]*)/i.exec(url)?.[1] ?? ''
  if (/[$%]/.test(authority)) return null
  return readTarget(authority, place, protocol === 'https' ? 443 : protocol === 'fastcgi' ? 8000 : protocol === 'ajp' ? 8009 : 80)
}

type Where = { readonly scope: ApacheScope; readonly parameters: ReadonlyMap<string, string>; readonly place: Place }

function parameter(role: Role, { parameters, place }: Where): Setting {
  const row = rowOf('apache', role)
  const value = parameters.get(row.name)
  const seconds = value === undefined ? null : readSeconds(value)
  return seconds === null ? defaultOf(row, place) : settingOf(row, seconds, place)
}

/** The worker's `timeout`, else ProxyTimeout, else Timeout. */
function answerOf({ scope, parameters, place }: Where): Setting {
  const row = rowOf('apache', 'answer')
  const own = readSeconds(parameters.get('timeout') ?? '')
  if (own !== null) return settingOf({ ...row, name: 'timeout', write: 'timeout=NUMBER' }, own, place)
  for (const [name, spelling] of [
    ['proxytimeout', 'ProxyTimeout'],
    ['timeout', 'Timeout'],
  ] as const) {
    const directive = scope.find(name)
    const read = directive === null ? null : readSetting({ ...row, write: `${spelling} NUMBER` }, directive)
    if (read !== null) return { ...read, name: spelling }
  }
  return defaultOf(row, place)
}

function bodyOf(scope: ApacheScope, place: Place): Setting {
  const row = rowOf('apache', 'body')
  const directive = scope.find('limitrequestbody')
  const bytes = readBytes(directive?.words[0]?.text ?? '')
  if (directive === null || bytes === null) return defaultOf(row, place)
  return settingOf(row, bytes === 0 ? Number.POSITIVE_INFINITY : bytes, directive.place)
}

function serviceOf(scope: ApacheScope, hops: readonly ApacheHop[]): Service {
  const place = scope.directive?.place ?? scope.own('listen')!.place
  const addresses = scope.directive?.words ?? scope.all('listen').flatMap(({ words }) => words[0] ?? [])
  const isTls = scope.own('sslengine')?.words[0]?.text.toLowerCase() === 'on'
  const listens: Listen[] = addresses.flatMap((word) => {
    const target = readTarget(word.text.replace(/^_default_/, '*'), word.place, 80)
    return target === null
      ? []
      : [{ target, isTls, isProxyProtocol: scope.own('remoteipproxyprotocol')?.words[0]?.text.toLowerCase() === 'on' }]
  })
  return {
    server: 'apache',
    name: scope.own('servername')?.words[0]?.text ?? '',
    protocol: isTls ? 'https' : 'http',
    place,
    listens,
    offer: offerOf(scope, place),
    work: null,
    body: bodyOf(scope, place),
    hops,
  }
}

function offerOf(scope: ApacheScope, place: Place): Setting | null {
  if (scope.find('keepalive')?.words[0]?.text.toLowerCase() === 'off') return null
  const row = rowOf('apache', 'offer')
  const directive = scope.find('keepalivetimeout')
  const read = directive === null ? null : readSetting(row, directive)
  return read === null ? defaultOf(row, place) : { ...read, name: row.name }
}

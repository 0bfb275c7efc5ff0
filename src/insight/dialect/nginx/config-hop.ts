/** The hops and services of an nginx configuration: every `proxy_pass` and its kin with the settings that hold there, every `server`. */
import type { Directive, Place } from '../directive.ts'
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
import { readCount } from '../quantity.ts'
import type { Role } from '../setting-default.ts'
import { isAtLeast } from '../version.ts'
import { NginxScope } from './config-scope.ts'

export type Family = 'proxy' | 'fastcgi' | 'uwsgi' | 'scgi' | 'grpc'

export type NginxServer = { readonly target: Target | null; readonly directive: Directive }

export type NginxUpstream = { readonly name: string; readonly scope: NginxScope; readonly servers: readonly NginxServer[] }

export type NginxHop = Hop & {
  readonly server: 'nginx'
  readonly family: Family
  readonly scope: NginxScope
  readonly directive: Directive
  /** As written, without scheme and path: a host, a group, a variable. */
  readonly host: string
  readonly isVariable: boolean
  readonly upstream: NginxUpstream | null
}

export type NginxConfig = {
  readonly version: string | null
  readonly root: NginxScope
  readonly upstreams: readonly NginxUpstream[]
  readonly hops: readonly NginxHop[]
  readonly services: readonly (Service & { readonly scope: NginxScope })[]
}

/** Connections to the servers of an upstream are kept without being asked for. */
export const KEEPALIVE_SINCE = '1.29.7'

const PASS = /^(proxy|fastcgi|uwsgi|scgi|grpc)_pass$/

export function surveyNginx(body: readonly Directive[], version: string | null): NginxConfig {
  const root = new NginxScope(null, null, body)
  const scopes = root.walk()
  const upstreams = scopes.filter(({ kind }) => kind === 'upstream').map(upstreamOf)
  const named = new Map(upstreams.map((upstream) => [upstream.name, upstream]))
  const hops = scopes.flatMap((scope) =>
    scope.directives.flatMap((directive) => {
      const family = PASS.exec(directive.name)?.[1] as Family | undefined
      return family === undefined || directive.words.length === 0 ? [] : [hopOf({ scope, directive, family, named, version })]
    }),
  )
  const byServer = Map.groupBy(hops, (hop) => hop.scope.within('server')?.directive)
  const servers = scopes.filter(({ kind }) => kind === 'server')
  const services = servers.map((scope) => serviceOf(scope, byServer.get(scope.directive!) ?? []))
  return { version, root, upstreams, hops, services }
}

function upstreamOf(scope: NginxScope): NginxUpstream {
  const servers = scope.directives
    .filter(({ name }) => name === 'server')
    .map((directive) => ({
      directive,
      target: readTarget(directive.words[0]?.text ?? '', directive.words[0]?.place ?? directive.place, 80),
    }))
  return { name: scope.directive?.words[0]?.text ?? '', scope, servers }
}

type Found = { scope: NginxScope; directive: Directive; family: Family; named: ReadonlyMap<string, NginxUpstream>; version: string | null }

function hopOf({ scope, directive, family, named, version }: Found): NginxHop {
  const { text, place } = directive.words[0]!
  const [, scheme = '', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/is.exec(text)!
  const host = rest.startsWith('unix:') ? rest : (/^[^/]*/.exec(rest)?.[0] ?? '')
  const isVariable = host.includes('$')
  const upstream = named.get(host) ?? null
  const protocol = protocolOf(family, scheme.toLowerCase())
  const own = readTarget(host, place, protocol === 'https' ? 443 : 80)
  const targets = upstream === null ? (own === null || isVariable ? [] : [own]) : upstream.servers.flatMap(({ target }) => target ?? [])
  const names = { scope, family, place: directive.place }
  const nextUpstream = scope.find(`${family}_next_upstream`)
  return {
    server: 'nginx',
    protocol,
    place: directive.place,
    targets,
    keep: upstream === null ? null : keepOf(upstream, { scope, family, version }),
    answer: setting('answer', names),
    header: setting('header', names),
    body: readBody(scope, directive.place),
    proxyProtocol: null,
    retries: nextUpstream?.words.some(({ text: word }) => /^(?:timeout|http_5|invalid_header)/.test(word)) ? nextUpstream.place : null,
    family,
    scope,
    directive,
    host,
    isVariable,
    upstream,
  }
}

function protocolOf(family: Family, scheme: string): Protocol {
  if (family === 'proxy') return scheme === 'https' ? 'https' : 'http'
  return family
}

/** `proxy_read_timeout` and its kin. */
function setting(role: Role, { scope, family, place }: { scope: NginxScope; family: Family; place: Place }): Setting {
  const row = rowOf('nginx', role)
  const own = { ...row, name: row.name.replace('proxy', family), write: row.write.replace('proxy', family) }
  const directive = scope.find(own.name)
  return (directive === null ? null : readSetting(own, directive)) ?? defaultOf(own, place)
}

function readBody(scope: NginxScope, place: Place): Setting {
  const directive = scope.find('client_max_body_size')
  const read = directive === null ? null : readSetting(rowOf('nginx', 'body'), directive)
  if (read === null) return defaultOf(rowOf('nginx', 'body'), place)
  return read.value === 0 ? { ...read, value: Number.POSITIVE_INFINITY } : read
}

/** Before 1.29.7 a connection is kept only where `keepalive`, HTTP/1.1 and an empty Connection come together. */
function keepOf({ scope }: NginxUpstream, hop: { scope: NginxScope; family: Family; version: string | null }): Setting | null {
  const keepalive = scope.own('keepalive')
  const kept = readCount(keepalive?.words[0]?.text ?? '')
  if (kept === 0 || (keepalive === null && !isAtLeast(hop.version, KEEPALIVE_SINCE))) return null
  if (!isReusing(hop)) return null
  const row = rowOf('nginx', 'keep')
  const timeout = scope.own('keepalive_timeout')
  return (timeout === null ? null : readSetting(row, timeout)) ?? defaultOf(row, (keepalive ?? scope.directive)!.place)
}

export function isReusing({ scope, family, version }: { scope: NginxScope; family: Family; version: string | null }): boolean {
  if (family === 'fastcgi') return scope.find('fastcgi_keep_conn')?.words[0]?.text === 'on'
  if (family === 'grpc') return true
  if (family !== 'proxy') return false
  const protocol = scope.find('proxy_http_version')?.words[0]?.text
  const connection = scope.all('proxy_set_header').find(({ words }) => words[0]?.text.toLowerCase() === 'connection')
  const value = connection?.words[1]?.text
  const isClosing = connection === undefined ? !isAtLeast(version, KEEPALIVE_SINCE) : value !== undefined && /^close$/i.test(value)
  return !isClosing && (protocol === undefined ? isAtLeast(version, KEEPALIVE_SINCE) : protocol !== '1.0')
}

function serviceOf(scope: NginxScope, hops: readonly NginxHop[]): Service & { scope: NginxScope } {
  const place = scope.directive!.place
  const name = scope.own('server_name')?.words[0]?.text ?? '_'
  const listens = scope.directives.filter((directive) => directive.name === 'listen').flatMap(listenOf)
  const isTls = listens.some((listen) => listen.isTls)
  return {
    server: 'nginx',
    name,
    protocol: isTls ? 'https' : 'http',
    place,
    listens: listens.length > 0 ? listens : [{ target: { kind: 'tcp', host: '', port: 80, place }, isTls: false, isProxyProtocol: false }],
    offer: offerOf(scope, place),
    work: null,
    body: readBody(scope, place),
    hops,
    scope,
  }
}

function listenOf({ words, place }: Directive): Listen[] {
  const [address, ...flags] = words
  const target = readTarget(address?.text ?? '', address?.place ?? place, 80)
  if (target === null) return []
  const has = (flag: string): boolean => flags.some(({ text }) => text === flag)
  return [{ target, isTls: has('ssl'), isProxyProtocol: has('proxy_protocol') }]
}

function offerOf(scope: NginxScope, place: Place): Setting | null {
  const directive = scope.find('keepalive_timeout')
  const read = directive === null ? null : readSetting(rowOf('nginx', 'offer'), directive)
  if (read === null) return defaultOf(rowOf('nginx', 'offer'), place)
  return read.value === 0 ? null : read
}

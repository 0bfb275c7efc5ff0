/** What configurations of all servers come down to: a service that listens, and hops that lead to one. Where each setting was said, too. */
import { isIPv4, isIPv6 } from 'node:net'
import type { Directive, Place, Word } from './directive.ts'
import { bytesText, readBytes, readCount, readSeconds, secondsText } from './quantity.ts'
import { type Role, SETTING_DEFAULTS, type ServerName, type SettingDefault } from './setting-default.ts'

export type Protocol = 'http' | 'https' | 'grpc' | 'fastcgi' | 'uwsgi' | 'scgi' | 'ajp' | 'tcp'

/** Where a hop leads or a service listens; a host of '' is every interface, a port of 0 an unknown one. */
export type Target = { readonly place: Place } & (
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
)

/** A number that a configuration says, or that the server assumes: seconds, bytes or a count; Infinity is no limit. */
export type Setting = {
  readonly name: string
  readonly value: number
  readonly unit: SettingDefault['unit']
  readonly isDefault: boolean
  /** Where it is said; for a default, what it applies to. */
  readonly place: Place
  /** How to say it otherwise, as in `SettingDefault`. */
  readonly write: string
}

/** A server sends requests on. */
export type Hop = {
  readonly server: ServerName
  readonly protocol: Protocol
  readonly place: Place
  readonly targets: readonly Target[]
  /** How long it keeps an idle connection; null: it keeps none. */
  readonly keep: Setting | null
  readonly answer: Setting | null
  readonly header: Setting | null
  readonly body: Setting | null
  /** Where it is told to speak the PROXY protocol. */
  readonly proxyProtocol: Place | null
  /** Where it is told to try again after an answer or a timeout, not only when it could not connect. */
  readonly retries: Place | null
}

/** A server takes requests. */
export type Service = {
  readonly server: ServerName
  readonly name: string
  readonly protocol: Protocol
  readonly place: Place
  readonly listens: readonly Listen[]
  /** How long it keeps an idle connection; null: it closes each after its answer, and says so. */
  readonly offer: Setting | null
  /** After how long it ends a request by itself. */
  readonly work: Setting | null
  readonly body: Setting | null
  /** Where it sends requests on to. */
  readonly hops: readonly Hop[]
}

export type Listen = { readonly target: Target; readonly isTls: boolean; readonly isProxyProtocol: boolean }

/** The first word of a directive as a number, or null where it is none (a variable, `off`). */
export function readSetting(row: SettingDefault, directive: Directive, word: Word | undefined = directive.words[0]): Setting | null {
  if (word === undefined) return null
  const value = readValue(word.text, row.unit)
  return value === null ? null : { ...settingOf(row, value, directive.place), name: directive.name }
}

function readValue(text: string, unit: SettingDefault['unit']): number | null {
  if (unit === 'bytes') return readBytes(text)
  return unit === 'count' ? readCount(text) : readSeconds(text, unit)
}

export function defaultOf(row: SettingDefault, place: Place): Setting {
  return { ...settingOf(row, row.value, place), isDefault: true }
}

export function settingOf(row: SettingDefault, value: number, place: Place): Setting {
  return { name: row.name, value, unit: row.unit, isDefault: false, place, write: row.write }
}

export function rowOf(server: ServerName, role: Role): SettingDefault {
  const row = (SETTING_DEFAULTS[server] as Partial<Record<Role, SettingDefault>>)[role]
  if (row === undefined) throw new Error(`${server} has no setting for ${role}`)
  return row
}

export function valueText(value: number, unit: SettingDefault['unit']): string {
  if (value === Number.POSITIVE_INFINITY) return 'no limit'
  return unit === 'bytes' ? bytesText(value) : unit === 'count' ? `${value}` : secondsText(value)
}

/** The line that sets it to another value. */
export function writeSetting({ write, unit }: Setting, value: number): string {
  return write.replace('VALUE', valueText(value, unit)).replace('NUMBER', `${Math.round(value)}`)
}

/** `host:port`, `[::1]:80`, `:80`, `80`, `unix:/path` or `/path`. null for what is no address, such as a variable. */
export function readTarget(text: string, place: Place, defaultPort: number): Target | null {
  const unix = /^(?:unix:)?(?:\/\/)?(\/[^:|]*)/.exec(text) ?? /^unix@(.*)$/.exec(text)
  if (unix !== null) return { kind: 'unix', path: unix[1]!, place }
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]$%{}|]*))?(?::(\d{1,5}))?$/i.exec(text)
  if (match === null || text === '') return null
  const host = (match[1] ?? match[2] ?? '').toLowerCase()
  if (match[3] === undefined && /^\d+$/.test(host)) return { kind: 'tcp', host: '', port: Number(host), place }
  return {
    kind: 'tcp',
    host: host === '*' || host === '0.0.0.0' || host === '::' ? '' : host,
    port: Number(match[3] ?? defaultPort),
    place,
  }
}

/** Looked up, where an address would not be. */
export function isName(host: string): boolean {
  return host !== '' && !isIPv4(host) && !isIPv6(host)
}

export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

export function targetText(target: Target): string {
  if (target.kind === 'unix') return target.path
  return `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`
}

/** How findings speak of servers and settings. */
import { type Setting, valueText } from '../dialect/hop.ts'
import type { ServerName } from '../dialect/setting-default.ts'

const NAMES: Readonly<Record<ServerName, string>> = {
  nginx: 'nginx',
  apache: 'Apache',
  haproxy: 'HAProxy',
  caddy: 'Caddy',
  'php-fpm': 'PHP-FPM',
  gunicorn: 'gunicorn',
  gatewell: 'Gatewell',
}

export function nameOf(server: ServerName): string {
  return NAMES[server]
}

/** `proxy_read_timeout`, and whether anybody said so. */
export function settingText({ name, isDefault }: Setting): string {
  return isDefault ? `the default of ${name}` : name
}

/** The names of two servers, told apart where they are the same. */
export function namesOf({
  hop,
  service,
}: {
  readonly hop: { readonly server: ServerName }
  readonly service: { readonly server: ServerName }
}): {
  front: string
  behind: string
} {
  const [front, behind] = [nameOf(hop.server), nameOf(service.server)]
  return front === behind ? { front: `the ${front} in front`, behind: `the ${behind} behind` } : { front, behind }
}

/** `60s (the default of proxy_read_timeout)` */
export function said(setting: Setting): string {
  return `${valueText(setting.value, setting.unit)} (${settingText(setting)})`
}

/** `a`, `a and b`, `a, b and c` */
export function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

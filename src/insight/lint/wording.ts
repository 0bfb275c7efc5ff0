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

/** `proxy_read_timeout 60s` */
export function settingLine({ name, value, unit }: Setting): string {
  return `${name} ${valueText(value, unit)}`
}

/** `a`, `a and b`, `a, b and c` */
export function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

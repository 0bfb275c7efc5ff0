/** Numbers and commands in the words of people. Pure. */
import type { Remedy } from '../../causes/cause.ts'
import { sizeText } from '../../std/quantity-text.ts'
import type { Finding } from './diagnosis.ts'

export function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 120_000) return `${trim(ms / 1_000)} s`
  return ms < 7_200_000 ? `${trim(ms / 60_000)} min` : `${trim(ms / 3_600_000)} h`
}

/** What the gateway calls what else may be spoken on a port. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  h2: 'HTTP/2',
  tls: 'TLS',
  ssh: 'SSH',
  redis: 'Redis',
  'smtp-or-ftp': 'SMTP or FTP',
  imap: 'IMAP',
  pop3: 'POP3',
  memcached: 'memcached',
  fastcgi: 'FastCGI',
  mysql: 'MySQL',
  'http-of-another-version': 'another version of HTTP',
}

/** A piece of evidence, in the unit that its name ends in. */
export function valueText(name: string, value: string | number | boolean): string {
  if (name === 'protocol') return PROTOCOLS[`${value}`] ?? `${value}`
  if (typeof value !== 'number') return `${value}`
  if (name.endsWith('_ms')) return spanText(value)
  if (name.endsWith('_s')) return spanText(value * 1_000)
  return name.endsWith('_bytes') ? sizeText(value) : `${value}`
}

/** What a fact is called, without the unit. */
export function nameText(name: string): string {
  return name.replace(/_(?:ms|s|bytes)$/, '').replaceAll('_', ' ')
}

/** What a finding means, with its value where that is not told already; one that was only noted by its name. */
export function findingText(finding: Finding): string {
  const { name, value, says } = finding
  const shown = valueText(name, value)
  if (says === '') return `${nameText(name)} ${shown}`
  return isTold(finding) ? says : `${says}: ${shown}`
}

/** Has `says` the value as a word of its own? The 0 of `port 3000` is another one. */
export function isTold({ name, value, says }: Finding): boolean {
  if (typeof value === 'boolean') return true
  const words = ` ${says.replaceAll(/[,;:]|\.(?= |$)/g, '')} `
  const shown = valueText(name, value)
  const rounded = typeof value === 'number' ? `${Math.round(value)}` : shown
  return shown === '' || words.includes(` ${shown} `) || words.includes(` ${rounded} `)
}

/** Fills `{name}` and `{WORD}` in; null when one is not known. */
export function fillText(
  template: string,
  evidence: ReadonlyMap<string, string | number | boolean>,
  words: Readonly<Record<string, string>>,
): string | null {
  let isKnown = true
  const text = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = evidence.get(name)
    if (value !== undefined) return valueText(name, value)
    isKnown &&= Object.hasOwn(words, name)
    return words[name] ?? ''
  })
  return isKnown ? text : null
}

/** Puts what is known in the place of words in capitals. */
export function fillCommand({ command, ...remedy }: Remedy, words: Readonly<Record<string, string>>): Remedy {
  if (command === undefined) return remedy
  return { ...remedy, command: command.replace(/\b[A-Z]{3,9}\b/g, (word) => (Object.hasOwn(words, word) ? (words[word] as string) : word)) }
}

function trim(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, '')
}

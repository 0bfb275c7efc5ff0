/** What routes match by: `host` (exact or `*.example.com`) and `path` (exact, or a prefix with a trailing `*`). Not the matcher itself. */
import { isIPv6 } from 'node:net'
import { splitHostPort, toHostName } from './address.ts'
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'

export function parseHost(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('a host name such as shop.example.com or *.example.com', input)
  const text = input.trim()
  if (text === '*' || text === '') return misread(`${quote(input)} is not a host. Leave "host" out to match every host.`)
  const fixed = text
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/.*$/, '')
    .replace(/\.$/, '')
  const host = toPattern(splitHostPort(fixed)?.host ?? fixed)
  if (host === null)
    return misread(
      `${quote(input)} is not a host. Write a name such as shop.example.com, or *.example.com for all names below it.`,
      guessHost(fixed),
    )
  const isExact = text === fixed && splitHostPort(fixed) === null
  return isExact ? parsed(host) : misread(`${quote(input)} is more than a host name: leave out the scheme, port, path and final dot.`, host)
}

export function parsePath(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('a path such as /login or /api/*', input)
  if (input === '*') return misread('"*" is not a path. Leave "path" out to match every path.', '/*')
  if (!input.startsWith('/'))
    return misread(`${quote(input)} does not begin with a slash.`, /^[a-z]+:\/\//i.test(input) ? null : `/${input}`)
  const star = input.indexOf('*')
  if (star !== -1 && star !== input.length - 1) {
    return misread(
      `${quote(input)} has a * before its end. A path is exact, or a prefix with one * at its end.`,
      `${input.slice(0, star)}*`,
    )
  }
  if (/[?#]/.test(input)) return misread(`${quote(input)} has a query or fragment; only the path is matched.`, input.replace(/[?#].*$/, ''))
  if (/[^\x21-\x7e]|["<>\\^`{|}]/.test(input))
    return misread(`${quote(input)} has characters that never stand in a path as they are.`, percentEncode(input))
  return parsed(input)
}

function toPattern(text: string): string | null {
  if (/^\[.*\]$/.test(text)) return isIPv6(text.slice(1, -1)) ? text.toLowerCase() : null
  if (isIPv6(text)) return `[${text.toLowerCase()}]`
  const isWild = text.startsWith('*.')
  const name = toHostName(isWild ? text.slice(2) : text)
  return name === null ? null : isWild ? `*.${name}` : name
}

function guessHost(text: string): string | null {
  const rest = text.replace(/^\*?[^.]*\*[^.]*\.|^\./, '')
  return rest !== text && toHostName(rest) !== null ? `*.${rest}` : null
}

/** A path or URL as it would stand in a request; null where no encoding can be meant. */
export function percentEncode(text: string): string | null {
  if (/[\u0000-\u001f]/.test(text) || !text.isWellFormed()) return null
  return encodeURI(text.replaceAll('\\', '/')).replace(/%25([0-9a-f]{2})/gi, '%$1')
}

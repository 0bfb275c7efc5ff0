/** Values of the configuration that stand in HTTP messages: names of fields and cookies, targets, statuses. */
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/

export function parseFieldName(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('the name of a field such as X-User', input)
  return TOKEN.test(input) ? parsed(input.toLowerCase()) : misread(`${quote(input)} is not the name of a field. Write for example X-User.`)
}

/** RFC 6265 §4.1.1; case counts. */
export function parseCookieName(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('the name of a cookie such as session', input)
  return TOKEN.test(input) ? parsed(input) : misread(`${quote(input)} is not the name of a cookie. Write for example session.`)
}

/** What may stand in Host. */
export function parseHostPort(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('a host name such as shop.example.com', input)
  return /^(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/.test(input)
    ? parsed(input)
    : misread(`${quote(input)} is not a host. Write a name such as shop.example.com, with :port if need be.`)
}

/** A path that is asked for, with its query. */
export function parseTargetPath(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('a path such as /up', input)
  if (!input.startsWith('/'))
    return misread(`${quote(input)} does not begin with a slash.`, /^[a-z]+:\/\//i.test(input) ? null : `/${input}`)
  return /^[\x21-\x7e]+$/.test(input) && !/[#"<>\\^`{|}]/.test(input)
    ? parsed(input)
    : misread(`${quote(input)} has characters that never stand in a path as they are.`)
}

export type StatusRange = { readonly min: number; readonly max: number }

export function parseStatusRange(input: unknown): Parsed<StatusRange> {
  const text = typeof input === 'number' ? String(input) : input
  if (typeof text !== 'string') return wrongType('a status such as 204 or a range such as 200-399', input)
  const [, first = '', last = first] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text) ?? []
  if (first === '') return misread(`${quote(text)} is neither a status nor a range. Write for example 204 or 200-399.`)
  const [min, max] = [Number(first), Number(last)]
  return min <= max ? parsed({ min, max }) : misread(`${quote(text)} ends before it begins.`, `${last}-${first}`)
}

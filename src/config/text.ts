/** The smaller values of the configuration: names, counts, switches, texts that go out in a field, locations. */
import { percentEncode } from './match-pattern.ts'
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'

/** A whole number within bounds. Digits in quotes count as one too: that is what an environment variable gives. */
export function parseCount(input: unknown, min: number, max: number): Parsed<number> {
  const number = typeof input === 'string' && /^\d{1,15}$/.test(input) ? Number(input) : input
  if (typeof number !== 'number') return wrongType(`a whole number from ${min} to ${max}`, input)
  return Number.isInteger(number) && number >= min && number <= max
    ? parsed(number)
    : misread(`must be a whole number from ${min} to ${max}, not ${number}.`)
}

const SWITCHES: Readonly<Record<string, boolean>> = { true: true, on: true, yes: true, false: false, off: false, no: false }

export function parseSwitch(input: unknown): Parsed<boolean> {
  if (typeof input === 'boolean') return parsed(input)
  const value = typeof input === 'string' ? SWITCHES[input.toLowerCase()] : undefined
  return value === undefined ? wrongType('true or false', input) : parsed(value)
}

/** `auto` is null: one for each core. */
export function parseWorkers(input: unknown): Parsed<number | null> {
  if (input === 'auto') return parsed(null)
  const count = parseCount(input, 0, 1_024)
  return count.ok ? count : misread(count.message.replace('must be', 'must be "auto" or'), null)
}

/** A pseudonym for `Via` and `Proxy-Status`, which RFC 9110 §7.6.3 and RFC 9209 §2 let be a token. */
export function parseName(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('a name', input, typeof input === 'number' ? `gateway-${input}` : null)
  return /^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(input)
    ? parsed(input)
    : misread(`${quote(input)} is not a name: a letter, then letters, digits, dots, dashes and underscores, at most 64 in all.`)
}

/** A secret is never shown, neither here nor where the message is printed. RFC 6750 §2.1. */
export function parseToken(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return misread('must be text. Put it in quotes.')
  if (input === '') return misread('is empty. Leave it out, or give it a value.')
  return /^[A-Za-z0-9._~+/-]+=*$/.test(input)
    ? parsed(input)
    : misread('holds characters that a bearer token cannot have. Use letters, digits and - . _ ~ + / only.')
}

export function parseLocation(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('a URL such as https://www.example.com/ or a path such as /new', input)
  if (/[^\x21-\x7e]/.test(input))
    return misread(`${quote(input)} has characters that never stand in a URL as they are.`, percentEncode(input))
  if (/^https?:\/\/[^/?#@\s]+/i.test(input) || /^\/(?!\/)/.test(input)) return parsed(input)
  const isHost = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[:/?#].*)?$/i.test(input)
  return misread(`${quote(input)} is not a place to redirect to. Write https://host/path or /path.`, isHost ? `https://${input}` : null)
}

/** A media type goes out as it is, so only what a field value may hold gets in. */
export function parseContentType(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('a media type such as text/html', input)
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:;[\x20-\x7e]*)?$/.test(input)
    ? parsed(input)
    : misread(`${quote(input)} is not a media type. Write for example "text/html; charset=utf-8" or application/json.`)
}

export function parseFilePath(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('the path of a file', input)
  if (input === '') return misread('is empty. Leave it out, or name a file.')
  return input.includes('\0') ? misread('holds a NUL character.') : parsed(input)
}

/** Single values of `alerts`. Addresses of webhooks are secrets, so no message here quotes what was written. */
import { CAUSE_IDS, type CauseId } from '../causes/catalogue.ts'
import type { QuietHoursPlan } from './alert-plan.ts'
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'
import { findSimilar } from './suggestion.ts'

/** `https://host/path`, kept as it is. */
export function parseHook(input: unknown): Parsed<string> {
  if (typeof input !== 'string' || input === '') return misread('must be the URL that the service gives you for a webhook.')
  const url = URL.canParse(input) ? new URL(input) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return misread('is not a URL. It begins with https://.')
  if (/[^\x21-\x7e]/.test(input)) return misread('has characters that never stand in a URL as they are.')
  if (url.username !== '' || url.password !== '') return misread('has a user and password in it, which webhooks do not take. Use a token.')
  return parsed(input)
}

/** The topic is the last segment. */
export function parseTopic(input: unknown): Parsed<string> {
  const url = parseHook(input)
  if (!url.ok) return url
  return /^\/(?:.+\/)?[-_A-Za-z0-9]{1,64}$/.test(new URL(url.value).pathname)
    ? url
    : misread('names no topic. Write https://ntfy.sh/ and the name of the topic.')
}

/** What PagerDuty calls an integration key. */
export function parseRoutingKey(input: unknown): Parsed<string> {
  return typeof input === 'string' && /^[A-Za-z0-9]{32}$/.test(input)
    ? parsed(input)
    : misread('is not an integration key of the Events API v2: 32 letters and digits.')
}

const MAIL_ADDRESS = /^[^\s@<>(),;:"\\]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/

export function parseMailAddress(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('an address such as ops@example.com', input)
  return MAIL_ADDRESS.test(input) ? parsed(input) : misread(`${quote(input)} is not an address. Write for example ops@example.com.`)
}

export function parseMailAddresses(input: unknown): Parsed<readonly string[]> {
  const addresses: string[] = []
  for (const item of [input].flat()) {
    const address = parseMailAddress(item)
    if (!address.ok) return address
    addresses.push(address.value)
  }
  return addresses.length === 0 ? misread('is an empty list. It needs at least one address.') : parsed(addresses)
}

export function parseMailServer(input: unknown): Parsed<string> {
  const url = typeof input === 'string' && URL.canParse(input) ? new URL(input) : null
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    return misread('is not a mail server. Write smtp://host:587, smtps://host:465, or with smtp://user:password@host:587.')
  }
  return parsed(input as string)
}

/** A list of words, or a text that is split where there are spaces. */
export function parseCommand(input: unknown): Parsed<readonly string[]> {
  const words = typeof input === 'string' ? input.split(/ +/).filter((word) => word !== '') : input
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string' && !word.includes('\0'))) {
    return wrongType('a command such as /usr/local/bin/page, or a list of the program and its arguments', input)
  }
  return words.length > 0 && words[0] !== '' ? parsed(words) : misread('is empty. Name a program.')
}

export function parseCause(input: unknown): Parsed<CauseId> {
  const id = CAUSE_IDS.find((one) => one === input)
  if (id !== undefined) return parsed(id)
  if (typeof input !== 'string') return wrongType('a cause such as connect-refused', input)
  return misread(`${quote(input)} is not a cause. \`gatewell why\` lists them.`, findSimilar(input, CAUSE_IDS))
}

export function parseChannelName(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('a name', input)
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(input)
    ? parsed(input)
    : misread(`${quote(input)} cannot be a name: letters, digits, dots, dashes and underscores, at most 32 in all.`)
}

/** `22:00-07:00` */
export function parseQuietHours(input: unknown): Parsed<QuietHoursPlan> {
  if (typeof input !== 'string') return wrongType('two times such as "22:00-07:00"', input)
  const match = /^([01]?\d|2[0-4]):([0-5]\d) *[-–] *([01]?\d|2[0-4]):([0-5]\d)$/.exec(input)
  const [fromHour = 25, fromMinute = 0, toHour = 25, toMinute = 0] = match?.slice(1).map(Number) ?? []
  const plan = { fromMinute: (fromHour * 60 + fromMinute) % 1_440, toMinute: (toHour * 60 + toMinute) % 1_440 }
  if (match === null || fromHour * 60 + fromMinute > 1_440 || toHour * 60 + toMinute > 1_440) {
    return misread(`${quote(input)} are no quiet hours. Write for example "22:00-07:00".`)
  }
  return plan.fromMinute === plan.toMinute ? misread('begin when they end. Write for example "22:00-07:00".') : parsed(plan)
}

export function parseTimeZone(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('a time zone such as Europe/Berlin', input)
  try {
    return parsed(new Intl.DateTimeFormat('en', { timeZone: input }).resolvedOptions().timeZone)
  } catch {
    const known = findSimilar(input, Intl.supportedValuesOf('timeZone'))
    return misread(`${quote(input)} is not a time zone. Write for example Europe/Berlin or UTC.`, known)
  }
}

/** Single values of `telemetry`. Headers are secrets, so no message here quotes what was written of them. */
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'

const FIELD_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]{0,4094}[\x21-\x7e])?$/
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/
/** What belongs to the message itself is not for anybody to set. */
const RESERVED = /^(?:host|connection|content-(?:length|type|encoding)|transfer-encoding)$/i

/** `https://host:4318`, as OpenTelemetry has it: the paths of the signals are added. Without a slash at its end. */
export function parseOtlpEndpoint(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('a URL such as http://127.0.0.1:4318', input)
  const url = URL.parse(input)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const isBare = /^[A-Za-z0-9.-]+:\d+$/.test(input)
    return misread(`${quote(input)} is not a URL. Write for example http://127.0.0.1:4318.`, isBare ? `http://${input}` : null)
  }
  if (url.username !== '' || url.password !== '') return misread('has a user and password in it. Write them as a header: Authorization.')
  if (url.search !== '' || url.hash !== '') return misread('has a query, but paths are added behind it. Leave the query out.')
  const base = input.replace(/\/+$/, '')
  const signal = /\/v1\/(?:traces|metrics|logs)$/.exec(base)
  if (signal !== null)
    return misread(`is the address of one signal. Leave ${signal[0]} out: it is added.`, base.slice(0, -signal[0].length))
  return parsed(base)
}

/** What they say may be a secret. */
export function parseOtlpHeaders(input: unknown): Parsed<Readonly<Record<string, string>>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return wrongType('names and values', input)
  for (const [name, value] of Object.entries(input)) {
    if (!FIELD_NAME.test(name)) return misread('has a name that no header can have.')
    if (RESERVED.test(name)) return misread(`has ${name}, which Gatewell itself sets. Leave it out.`)
    if (typeof value !== 'string') return misread(`needs text for ${name}. Put it in quotes.`)
    if (!FIELD_VALUE.test(value)) return misread(`has for ${name} nothing, or characters that the value of a header cannot have.`)
  }
  return parsed({ ...input } as Record<string, string>)
}

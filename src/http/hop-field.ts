/**
 * Fields in which the hops of an answer tell of themselves: Via (RFC 9110 §7.6.3), Proxy-Status (RFC 9209), Cache-Status (RFC 9211)
 * and Server-Timing. Read for people, so that a part that breaks the rules is left out and the rest stands. Not for the hot path.
 */
import { type BareItem, parseItem, Token } from 'structured-headers'

/** One member of Proxy-Status or Cache-Status: its parameters as text. */
export type HopMember = { readonly name: string; readonly parameters: Readonly<Record<string, string>> }

export type ViaHop = {
  /** `1.1`, or `HTTP/2` say where it is not HTTP that was spoken. */
  readonly protocol: string
  /** A host or a pseudonym. */
  readonly by: string
  /** What stands in brackets behind it, mostly a product and its version. */
  readonly comment: string
}

export type Timing = { readonly name: string; readonly description: string; readonly ms: number | null }

const MEMBERS_MAX = 32

/** In the order of the field: the hop nearest to the origin first. */
export function readVia(value: string): ViaHop[] {
  return split(value).flatMap((member) => {
    const [, protocol = '', by = '', comment = ''] = /^(\S+)\s+([^\s(]+)\s*(?:\((.*)\))?/s.exec(member) ?? []
    return by === '' ? [] : [{ protocol, by, comment }]
  })
}

/** Proxy-Status or Cache-Status, the hop nearest to the origin first. */
export function readHopList(value: string): HopMember[] {
  return split(value).flatMap((member) => {
    try {
      const [name, parameters] = parseItem(member)
      return [{ name: textOf(name), parameters: Object.fromEntries([...parameters].map(([key, one]) => [key, textOf(one)])) }]
    } catch {
      return []
    }
  })
}

export function readServerTiming(value: string): Timing[] {
  return split(value).flatMap((member) => {
    const [name = '', ...parts] = split(member, ';')
    const part = (key: string): string | undefined => {
      const found = parts.find((one) => one.toLowerCase().startsWith(`${key}=`))
      return found?.slice(key.length + 1).replace(/^"(.*)"$/s, '$1')
    }
    const ms = Number(part('dur') ?? Number.NaN)
    return name === '' ? [] : [{ name, description: part('desc') ?? '', ms: Number.isFinite(ms) ? ms : null }]
  })
}

/** At commas outside of quotes and brackets. */
function split(value: string, separator = ','): string[] {
  const members: string[] = []
  let depth = 0
  let isQuoted = false
  let from = 0
  for (let at = 0; at < value.length && members.length < MEMBERS_MAX; at++) {
    const letter = value[at]
    if (isQuoted && letter === '\\') at++
    else if (letter === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (letter === '(') depth++
    else if (letter === ')') depth = Math.max(0, depth - 1)
    else if (letter === separator && depth === 0) {
      members.push(value.slice(from, at).trim())
      from = at + 1
    }
  }
  return [...members, value.slice(from).trim()].filter((member) => member !== '')
}

function textOf(item: BareItem): string {
  return item instanceof Token ? item.toString() : `${item}`
}

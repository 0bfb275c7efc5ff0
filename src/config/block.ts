/** Blocks of addresses (`10.0.0.0/8`, `::1`) and addresses of name servers (`1.1.1.1`, `[2606:4700::1111]:53`). */
import { isIP, isIPv6 } from 'node:net'
import { bracket, isPort, splitHostPort } from './address.ts'
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'

/** Always with its prefix: `10.0.0.1` becomes `10.0.0.1/32`. */
export function parseBlock(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('a block of addresses such as 10.0.0.0/8', input)
  const [address = '', prefix, ...rest] = input.split('/')
  const family = isIP(address)
  const wide = family === 4 ? 32 : 128
  if (family === 0 || address.includes('%') || rest.length > 0) {
    return misread(`${quote(input)} is not a block of addresses. Write 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32.`)
  }
  if (prefix === undefined) return parsed(`${address}/${wide}`)
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > wide)
    return misread(`${quote(input)} has no valid prefix: it goes from /0 to /${wide}.`)
  return parsed(`${address}/${Number(prefix)}`)
}

export function parseNameServer(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType('the address of a name server such as 1.1.1.1', input)
  if (isIP(input) !== 0) return parsed(input)
  const split = splitHostPort(input)
  if (split !== null && isIP(split.host) !== 0 && isPort(split.port, 1)) return parsed(`${bracket(split.host)}:${Number(split.port)}`)
  const bare = input.replace(/^\[|\]$/g, '')
  return misread(
    `${quote(input)} is not the address of a name server. Write 1.1.1.1, 1.1.1.1:5353 or [2606:4700::1111]:53.`,
    isIPv6(bare) ? bare : null,
  )
}

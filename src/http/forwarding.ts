/**
 * What the next hop is told about this one: X-Forwarded-For, -Proto, -Host, Forwarded (RFC 7239) and Via (RFC 9110 §7.6.3).
 * They are written from the peer; what the peer itself says about hops before it counts only if it is trusted.
 */
import type { RequestHead } from './message.ts'

export type Peer = {
  /** Without brackets or port; '' on a unix socket. */
  readonly address: string
  readonly isTrusted: boolean
}

/** Lines, each ended by CRLF. `pseudonym`: what Via calls this gateway. */
export function forwardingText(head: RequestHead, peer: Peer, pseudonym: string): string {
  const address = peer.address === '' ? 'unknown' : peer.address
  const host = peer.isTrusted && head.forwardedHost !== '' ? head.forwardedHost : head.host
  const proto = peer.isTrusted && head.forwardedProto !== '' ? head.forwardedProto : 'http'
  const chain = peer.isTrusted && head.forwardedFor !== '' ? `${head.forwardedFor}, ${address}` : address
  const hostPair = host === '' ? '' : `host=${quoted(host)};`
  const element = `for=${forwardedNode(address)};${hostPair}proto=${proto === 'https' ? 'https' : 'http'}`
  const forwarded = peer.isTrusted && head.forwarded !== '' ? `${head.forwarded}, ${element}` : element
  return (
    `X-Forwarded-For: ${chain}\r\nX-Forwarded-Proto: ${proto}\r\n${host === '' ? '' : `X-Forwarded-Host: ${host}\r\n`}` +
    `Forwarded: ${forwarded}\r\nVia: 1.${head.minor} ${pseudonym}\r\n`
  )
}

/** The client as far as it can be known: behind trusted peers the last address that an untrusted one could not have written. */
export function clientAddress(head: RequestHead, peer: Peer, isTrusted: (address: string) => boolean): string {
  if (!peer.isTrusted || head.forwardedFor === '') return peer.address
  const hops = head.forwardedFor.split(',')
  let client = peer.address
  for (let i = hops.length - 1; i >= 0; i--) {
    const hop = (hops[i] as string).trim()
    if (!/^[0-9a-fA-F.:]{2,45}$/.test(hop)) break
    client = hop
    if (!isTrusted(hop)) break
  }
  return client
}

/** Did this request pass through the gateway called `pseudonym` before? */
export function isLooping(via: string, pseudonym: string): boolean {
  return via.split(',').some((hop) => hop.trim().split(/[ \t]+/)[1] === pseudonym)
}

/** RFC 7239 §6: an IPv6 address is bracketed and quoted. */
function forwardedNode(address: string): string {
  return address.includes(':') ? `"[${address}]"` : address
}

function quoted(text: string): string {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}

/**
 * A connection to one address, made by the gateway's own dialer, in plain text or under TLS, as a stream of Node: TLS and HTTP/2 of Node
 * want one. It says how long each part took, or what went wrong.
 */
import { Duplex } from 'node:stream'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import type { Failure } from '../../causes/failure.ts'
import type { Address } from '../../net/address.ts'
import type { Channel, ChannelOwner } from '../../net/channel.ts'
import type { Instruments } from './instrument.ts'
import type { Trouble } from './report.ts'
import { handshakeTrouble } from './tls-trouble.ts'

const BUFFER_BYTES = 64 * 1024
const SILENT: ChannelOwner = { onBytes: () => {}, onDrain: () => {}, onEnd: () => {}, onClose: () => {} }

/** `name`: what SNI says and the certificate is checked for; an IP address is not said. */
export type Security = { readonly name: string; readonly alpn: readonly string[] }

export type Line = { readonly kind: 'line'; readonly stream: Duplex; readonly connectMs: number; readonly tlsMs: number }

export function troubleOf({ cause, evidence }: Failure): Trouble {
  return { kind: 'trouble', cause, evidence }
}

export function dialStream(tools: Instruments, address: Address): Promise<Duplex | Trouble> {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  return new Promise((resolve) => {
    tools.dialer.dial(address, tools.within(tools.limits.connectMs), SILENT, buffer, (outcome) => {
      resolve('kind' in outcome ? troubleOf(outcome) : streamOf(outcome))
    })
  })
}

export async function openLine(tools: Instruments, address: Address, security: Security | null): Promise<Line | Trouble> {
  const beganAt = tools.now()
  const stream = await dialStream(tools, address)
  if ('kind' in stream) return stream
  const connectedAt = tools.now()
  const connectMs = tools.since(beganAt)
  if (security === null) return { kind: 'line', stream, connectMs, tlsMs: 0 }
  const secure = await secureStream(tools, stream, { servername: nameToSay(security.name), ALPNProtocols: [...security.alpn] })
  if ('kind' in secure) return secure
  return { kind: 'line', stream: secure, connectMs, tlsMs: tools.since(connectedAt) }
}

/** Certificates are looked at, never insisted on: what is wrong with one is a finding, and the page behind it another. */
export function secureStream(tools: Instruments, stream: Duplex, options: ConnectionOptions): Promise<TLSSocket | Trouble> {
  const limitMs = tools.within(tools.limits.handshakeMs)
  return new Promise((resolve) => {
    let first: Buffer | null = null
    const watch = (bytes: Buffer): void => {
      first ??= bytes
    }
    const secure = connectTls({ ...options, socket: stream, rejectUnauthorized: false })
    const end = (outcome: TLSSocket | Trouble): void => {
      clearTimeout(timer)
      if ('kind' in outcome) secure.destroy()
      resolve(outcome)
    }
    const fail = (error: NodeJS.ErrnoException | null): void => end(handshakeTrouble(error, limitMs, first))
    const timer = setTimeout(() => fail(null), limitMs)
    // Node reads the stream in flowing mode, so that a second listener takes nothing from it.
    stream.on('data', watch)
    secure.once('secureConnect', () => {
      stream.off('data', watch)
      end(secure)
    })
    secure.on('error', fail)
    stream.on('error', fail)
    // Node leaves the stream below as it is.
    secure.once('close', () => stream.destroy())
    secure.once('close', () => fail(Object.assign(new Error('closed during the handshake'), { code: 'ECONNRESET' })))
  })
}

/** RFC 6066 §3: addresses are not said. */
export function nameToSay(host: string): string {
  return /^[\d.]+$/.test(host) || host.includes(':') ? '' : host
}

function streamOf(channel: Channel): Duplex {
  let onFlushed: (() => void) | null = null
  const stream = new Duplex({
    read: () => channel.resume(),
    write: (chunk: Buffer, _, done) => {
      if (channel.write(chunk)) done()
      else onFlushed = done
    },
    final: (done) => {
      channel.end()
      done()
    },
    destroy: (error, done) => {
      channel.destroy()
      done(error)
    },
  })
  // Whoever holds the stream hears of its errors; one that comes when nobody does is no news.
  stream.on('error', () => {})
  channel.owner = {
    onBytes: (bytes, length) => {
      if (!stream.push(Buffer.from(bytes.subarray(0, length)))) channel.pause()
    },
    onDrain: () => {
      const done = onFlushed
      onFlushed = null
      done?.()
    },
    onEnd: () => void stream.push(null),
    onClose: (error) => void stream.destroy(error ?? undefined),
  }
  return stream
}

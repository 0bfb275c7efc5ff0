/**
 * What can be learned by a connection of its own, without asking for a page of the app: whether the port takes one, whether it speaks TLS,
 * and what the server says to `OPTIONS *`, the ping of RFC 9110 §9.3.7, without effect. Each ends by itself when its time is over.
 */
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, type PeerCertificate } from 'node:tls'
import type { CertificateFact, ConnectionFact, ServerFact } from '../../insight/diagnosis/diagnosis.ts'
import type { Address } from '../../net/address.ts'
import type { Clock } from '../../std/clock.ts'

const HEAD_BYTES_MAX = 16 * 1024
const VALUE_MAX = 160
const NAMES_MAX = 8

export type Asking = { readonly clock: Clock; readonly timeoutMs: number }

export function tryConnection(address: Address, { clock, timeoutMs }: Asking): Promise<ConnectionFact> {
  const began = clock.now()
  return converse(address, timeoutMs, (socket, end: (fact: ConnectionFact) => void) => {
    const ms = (): number => Math.round(clock.now() - began)
    socket.once('connect', () => end({ isOpen: true, ms: ms() }))
    socket.once('error', (error: NodeJS.ErrnoException) => end({ isOpen: false, ms: ms(), code: error.code ?? '' }))
    return () => end({ isOpen: false, ms: ms(), code: 'ETIMEDOUT' })
  })
}

/** Null: it could not be asked. */
export function askServer(address: Address, { timeoutMs }: Asking): Promise<ServerFact | null> {
  return converse(address, timeoutMs, (socket, end: (fact: ServerFact | null) => void) => {
    let received = ''
    let isSent = false
    socket.once('connect', () => {
      isSent = true
      socket.write('OPTIONS * HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Gatewell-Diagnosis\r\n\r\n')
    })
    socket.on('data', (bytes) => {
      received += bytes.latin1Slice()
      if (received.includes('\r\n\r\n') || received.length > HEAD_BYTES_MAX) end(serverFactOf(received))
    })
    const finish = (): void => end(received === '' ? (isSent ? { status: 0 } : null) : serverFactOf(received))
    socket.once('error', finish)
    socket.once('close', finish)
    return () => end(isSent ? { status: -1 } : null)
  })
}

/** What a handshake showed; `false`: the port speaks no TLS; null: it takes no connection. The certificate is read, not judged. */
export function askTls(address: Address, { timeoutMs }: Asking, name = 'localhost'): Promise<CertificateFact | false | null> {
  return converse(address, timeoutMs, (socket, end: (shown: CertificateFact | false | null) => void) => {
    socket.once('error', () => end(null))
    socket.once('connect', () => {
      const secure = connectTls({ socket, rejectUnauthorized: false, ...(isIP(name) === 0 && { servername: name }) })
      secure.once('secureConnect', () => end(certificateFactOf(secure.getPeerCertificate())))
      secure.once('error', () => end(false))
      secure.once('close', () => end(false))
    })
    return () => end(null)
  })
}

function certificateFactOf({ subjectaltname = '', issuer, valid_from, valid_to }: PeerCertificate): CertificateFact {
  const names = subjectaltname.split(', ').map((one) => one.replace(/^[^:]*:/, ''))
  const maker = issuer?.O ?? issuer?.CN ?? ''
  return {
    names: names.filter((one) => one !== '').slice(0, NAMES_MAX),
    issuer: `${maker}`.slice(0, VALUE_MAX),
    validFrom: Date.parse(valid_from),
    validTo: Date.parse(valid_to),
  }
}

export function serverFactOf(head: string): ServerFact {
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0)
  const field = (name: string): string | undefined => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'im').exec(head)?.[1]?.slice(0, VALUE_MAX)
  const [server, poweredBy, via] = [field('server'), field('x-powered-by'), field('via')]
  const keepAliveS = Number(/timeout=(\d{1,6})/i.exec(field('keep-alive') ?? '')?.[1])
  return {
    status,
    ...(server === undefined ? {} : { server }),
    ...(poweredBy === undefined ? {} : { poweredBy }),
    ...(via === undefined ? {} : { via }),
    ...(Number.isFinite(keepAliveS) ? { keepAliveS } : {}),
  }
}

/** One connection, one answer, and the end of both. `begin` gives what is to be done when time is up. */
export function converse<T>(
  address: Address,
  timeoutMs: number,
  begin: (socket: Socket, end: (result: T) => void) => () => void,
): Promise<T> {
  return new Promise((resolve) => {
    const where = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port }
    const socket = connect({ ...where, autoSelectFamily: false })
    // An error may still come when the answer is here.
    socket.on('error', () => {})
    const end = (result: T): void => {
      clearTimeout(timer)
      resolve(result)
      socket.destroy()
    }
    const onTimeout = begin(socket, end)
    const timer = setTimeout(onTimeout, timeoutMs)
  })
}

/** Name servers, asked by c-ares: each name as it is, without the machine's hosts file and search list. */
import { Resolver as Channel, type RecordWithTtl } from 'node:dns'
import type { AskDone, HostAnswer, NameSource, ServiceRecord } from './source.ts'

export class ServerSource implements NameSource {
  readonly label: string
  readonly #channel: Channel

  /** A server that stays silent is asked twice within `timeoutMs`: the second try is given twice as long as the first. */
  constructor(servers: readonly string[], timeoutMs: number) {
    this.label = servers.join(' ')
    this.#channel = new Channel({ timeout: Math.ceil(timeoutMs / 3), tries: 2 })
    this.#channel.setServers(servers)
  }

  /** Both families at once; one that has none does not spoil the other. RFC 8305 §4: IPv6 goes first. */
  askHost(host: string, done: AskDone<HostAnswer>): void {
    let six: readonly RecordWithTtl[] = []
    let four: readonly RecordWithTtl[] = []
    let worst: NodeJS.ErrnoException | null = null
    let pending = 2
    const settle = (error: NodeJS.ErrnoException | null): void => {
      if (error !== null && (worst === null || isAbsence(worst))) worst = error
      if (--pending > 0) return
      const found = [...six, ...four]
      if (found.length === 0) return done(worst, null)
      done(null, { addresses: found.map((one) => one.address), ttlMs: Math.min(...found.map((one) => one.ttl)) * 1_000 })
    }
    this.#channel.resolve6(host, { ttl: true }, (error, found) => {
      if (error === null) six = found
      settle(error)
    })
    this.#channel.resolve4(host, { ttl: true }, (error, found) => {
      if (error === null) four = found
      settle(error)
    })
  }

  askService(service: string, done: AskDone<readonly ServiceRecord[]>): void {
    this.#channel.resolveSrv(service, (error, records) => {
      if (error !== null) return done(error, null)
      // A single target of "." says that there is no such service here.
      const offered = records.filter(({ name, port }) => name !== '' && name !== '.' && port !== 0)
      if (offered.length > 0) done(null, offered)
      else done(Object.assign(new Error(`there is no service ${service}`), { code: 'ENODATA' }), null)
    })
  }

  close(): void {
    this.#channel.cancel()
  }
}

/** The server has answered, and there is nothing: no such name, or no record of this kind. */
export function isAbsence(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ENOTFOUND' || error.code === 'ENODATA'
}

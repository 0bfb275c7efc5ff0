/**
 * The machine's own way to look names up, with the times to live that getaddrinfo keeps to itself: the hosts file, then the servers and the
 * search list of resolv.conf. What those do not know goes to getaddrinfo, so that whatever nsswitch.conf brings in resolves here, too.
 * Decision record 0050.
 */
import { lookup } from 'node:dns'
import { hostname } from 'node:os'
import { candidatesOf, MachineFile, parseHosts, parseResolvConf, type ResolvConf } from './machine-file.ts'
import { isAbsence, ServerSource } from './server-source.ts'
import type { AskDone, HostAnswer, NameSource, ServiceRecord } from './source.ts'

/** What has no time to live that we can see: the hosts file, and what getaddrinfo finds. */
const UNTIMED_MS = 5_000
/** A server on this machine costs next to nothing, and Docker's gives containers ten minutes that may be gone at any time. */
const LOCAL_TTL_MS_MAX = 5_000

export type MachineOptions = { readonly timeoutMs: number; readonly hostsPath?: string; readonly resolvConfPath?: string }

export class MachineSource implements NameSource {
  readonly #timeoutMs: number
  readonly #hosts: MachineFile<ReadonlyMap<string, readonly string[]>>
  readonly #resolvConf: MachineFile<ResolvConf>
  #conf: ResolvConf | null = null
  #servers: ServerSource | null = null

  constructor({ timeoutMs, hostsPath = '/etc/hosts', resolvConfPath = '/etc/resolv.conf' }: MachineOptions) {
    this.#timeoutMs = timeoutMs
    this.#hosts = new MachineFile(hostsPath, parseHosts)
    this.#resolvConf = new MachineFile(resolvConfPath, (text) => parseResolvConf(text, hostname()))
  }

  get label(): string {
    return this.#servers?.label || 'system'
  }

  askHost(host: string, done: AskDone<HostAnswer>): void {
    if (isOfMachine(host)) return lookUp(host, done)
    const written = this.#hosts.read().get(host.replace(/\.$/, ''))
    if (written !== undefined) return done(null, { addresses: written, ttlMs: UNTIMED_MS })
    const conf = this.#configure()
    const isLocal = conf.servers.every(isLoopback)
    this.#askEach<HostAnswer>(
      candidatesOf(host, conf),
      (servers, name, next) => servers.askHost(name, next),
      (error, answer) => {
        if (answer !== null) return done(null, isLocal ? { ...answer, ttlMs: Math.min(answer.ttlMs, LOCAL_TTL_MS_MAX) } : answer)
        // getaddrinfo would wait for the same servers, for longer, and hold one of the few threads that files are read by.
        if (error?.code === 'ETIMEOUT') return done(error, null)
        lookUp(host, (_, found) => (found === null ? done(error, null) : done(null, found)))
      },
    )
  }

  askService(service: string, done: AskDone<readonly ServiceRecord[]>): void {
    this.#askEach<readonly ServiceRecord[]>(
      candidatesOf(service, this.#configure()),
      (servers, name, next) => servers.askService(name, next),
      done,
    )
  }

  close(): void {
    this.#servers?.close()
  }

  /** One name after the other until one is known, or until the servers stay silent. The worst error counts. */
  #askEach<T>(names: readonly string[], ask: (servers: ServerSource, name: string, next: AskDone<T>) => void, done: AskDone<T>): void {
    const servers = this.#servers
    let worst: NodeJS.ErrnoException | null = null
    const tryFrom = (index: number): void => {
      const name = names[index]
      if (name === undefined || servers === null) return done(worst ?? noServer(), null)
      ask(servers, name, (error, answer) => {
        if (answer !== null) return done(null, answer)
        if (error !== null && (worst === null || isAbsence(worst))) worst = error
        if (error?.code === 'ETIMEOUT') done(error, null)
        else tryFrom(index + 1)
      })
    }
    tryFrom(0)
  }

  /** The configuration as it is now. Questions that are under way end with the servers that they began with. */
  #configure(): ResolvConf {
    const conf = this.#resolvConf.read()
    if (conf === this.#conf) return conf
    this.#conf = conf
    try {
      this.#servers = conf.servers.length === 0 ? null : new ServerSource(conf.servers, this.#timeoutMs)
    } catch {
      // An address that Node does not understand. getaddrinfo may.
      this.#servers = null
    }
    return conf
  }
}

/** RFC 6761 §6.3; and RFC 6762: `printer.local` is for multicast, which no name server knows. */
function isOfMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^[^.]+\.local$/.test(host)
}

function isLoopback(server: string): boolean {
  return server.startsWith('127.') || server === '::1'
}

function lookUp(host: string, done: AskDone<HostAnswer>): void {
  lookup(host, { all: true, order: 'verbatim' }, (error, found) => {
    if (error !== null) done(error, null)
    else done(null, { addresses: found.map((one) => one.address), ttlMs: UNTIMED_MS })
  })
}

function noServer(): NodeJS.ErrnoException {
  return Object.assign(new Error('resolv.conf names no server'), { code: 'ENOTFOUND' })
}

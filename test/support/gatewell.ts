/** Gatewell as a user starts it, through the launcher: a control process and workers of their own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Child, type ChildOptions } from './child.ts'
import { answerTo } from './http-request.ts'

const LAUNCHER = join(import.meta.dirname, '../../gatewell')

export class Gatewell {
  readonly child: Child
  readonly port: number
  readonly adminPort: number

  private constructor(child: Child, port: number, adminPort: number) {
    this.child = child
    this.port = port
    this.adminPort = adminPort
  }

  /** `words` go before the addresses, which are free ports of loopback. Resolves when it listens. */
  static async start(words: readonly string[], options: ChildOptions = {}): Promise<Gatewell> {
    const places = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
    const child = new Child([LAUNCHER, ...words, ...places], { limitMs: 300_000, ...options })
    const [, port] = await child.says(/listens on +http:\/\/127\.0\.0\.1:(\d+)/)
    const [, adminPort] = await child.says(/admin +http:\/\/127\.0\.0\.1:(\d+)/)
    return new Gatewell(child, Number(port), Number(adminPort))
  }

  async status(): Promise<{ workers: { pid: number }[]; upstreams: { endpoints: { address: string; inflight: number }[] }[] }> {
    return JSON.parse(String((await answerTo(this.adminPort, { path: '/api/status' })).body))
  }

  /** Lets it finish; a second signal ends it and its workers at once. */
  async stop(): Promise<void> {
    this.child.kill()
    const hard = setTimeout(() => this.child.kill(), 2_000)
    await this.child.ended
    clearTimeout(hard)
  }
}

/** Resident memory of a process now, in bytes. */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024
}

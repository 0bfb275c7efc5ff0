/**
 * What this machine has run out of, counted after a connection could not even begin: local ports towards a destination, or descriptors.
 * EADDRNOTAVAIL alone does not prove it, for IPv6 without an address says the same. Linux only; elsewhere a failure stays as it is.
 */
import { readdir, readFile, readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { endianness } from 'node:os'
import { evidence, type Failure } from '../causes/failure.ts'
import type { Clock } from '../std/clock.ts'

type Facts = Readonly<Record<string, string | number | undefined>>
type Count = { readonly takenAt: number; readonly facts: Facts }

const SECOND_MS = 1_000
/** TCP_LISTEN in the kernel's tables. A listener keeps connections from its port. */
const LISTENING = '0A'

export function isShortage({ cause }: Failure): boolean {
  return cause === 'port-exhaustion' || cause === 'fd-exhaustion'
}

/** Counts at most once a second for each destination: whoever fails within it gets the same numbers. */
export class Census {
  readonly #clock: Clock
  /** Read while a descriptor can still be had for it. */
  readonly #descriptorsMax = descriptorLimit()
  readonly #counts = new Map<string, Count>()
  readonly #waiting = new Map<string, ((facts: Facts) => void)[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `done` gets the failure with the numbers that prove it, or as another where they prove the opposite. */
  explain(last: Failure, done: (explained: Failure) => void): void {
    const facts = new Map(last.evidence.map(({ name, value }) => [name, value]))
    const address = String(facts.get('address') ?? '')
    const port = Number(facts.get('port'))
    const isPorts = last.cause === 'port-exhaustion'
    const take = isPorts ? (next: (facts: Facts) => void) => countPorts(address, port, next) : this.#countDescriptors
    this.#count(isPorts ? `${address} ${port}` : 'descriptors', take, (counted) => {
      const { ports_used: used, ports_max: max } = counted
      const isFalse = isPorts && typeof used === 'number' && typeof max === 'number' && used < max / 2
      done({ ...last, cause: isFalse ? 'connect-unreachable' : last.cause, evidence: [...last.evidence, ...evidence(counted)] })
    })
  }

  #count(key: string, take: (next: (facts: Facts) => void) => void, done: (facts: Facts) => void): void {
    const now = this.#clock.now()
    const last = this.#counts.get(key)
    if (last !== undefined && now - last.takenAt < SECOND_MS) return done(last.facts)
    const waiting = this.#waiting.get(key)
    if (waiting !== undefined) {
      waiting.push(done)
      return
    }
    this.#waiting.set(key, [done])
    take((facts) => {
      // It is about this moment: what is older serves nobody.
      for (const [other, { takenAt }] of this.#counts) if (now - takenAt >= SECOND_MS) this.#counts.delete(other)
      this.#counts.set(key, { takenAt: this.#clock.now(), facts })
      const told = this.#waiting.get(key) ?? []
      this.#waiting.delete(key)
      for (const one of told) one(facts)
    })
  }

  readonly #countDescriptors = (next: (facts: Facts) => void): void => {
    const max = this.#descriptorsMax
    // To count them takes one of them. Where that fails all are in use.
    readdir('/proc/self/fd', (error, open) => next({ descriptors_used: error === null ? open.length : max, descriptors_max: max }))
  }
}

/** How many descriptors this process may have; undefined where that is not known. */
export function descriptorLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined
  }
}

/** Of the ports that a connection may begin at: those of connections to that place, in TIME-WAIT too, and those of listeners. */
function countPorts(address: string, port: number, next: (facts: Facts) => void): void {
  readFile('/proc/sys/net/ipv4/ip_local_port_range', 'latin1', (_, range = '') => {
    const [min = 0, max = 0] = range.split(/\s+/).map(Number)
    if (max === 0) return next({})
    readFile(isIPv6(address) ? '/proc/net/tcp6' : '/proc/net/tcp', 'latin1', (error, sockets) => {
      const facts = { port_range: `${min}-${max}`, ports_max: max - min + 1 }
      if (error !== null) return next(facts)
      next({ ...facts, ports_used: usedPorts(sockets, placeInTable(address, port), min, max) })
    })
  })
}

function usedPorts(table: string, place: string, min: number, max: number): number {
  const used = new Set<number>()
  for (const [, local = '', remote, state] of table.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]+:[0-9A-F]{4}) ([0-9A-F]{2}) /gm)) {
    const port = Number.parseInt(local, 16)
    if (port >= min && port <= max && (remote === place || state === LISTENING)) used.add(port)
  }
  return used.size
}

/** The kernel prints each word of four bytes as a number of the machine's own byte order. */
function placeInTable(address: string, port: number): string {
  const bytes = isIPv6(address) ? bytesOfSix(address) : address.split('.').map(Number)
  let text = ''
  for (let word = 0; word < bytes.length; word += 4) {
    const four = bytes.slice(word, word + 4)
    for (const byte of endianness() === 'LE' ? four.reverse() : four) text += hex(byte, 2)
  }
  return `${text}:${hex(port, 4)}`
}

function bytesOfSix(address: string): number[] {
  const [left = '', right = ''] = address.replace(/%.*/, '').split('::')
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '')
  const gap = address.includes('::') ? 8 - groups(left).length - groups(right).length : 0
  return [...groups(left), ...Array<string>(gap).fill('0'), ...groups(right)].flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0')
}

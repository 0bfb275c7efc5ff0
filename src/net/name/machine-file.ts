/** Files of the machine that say how names are looked up: hosts(5) and resolv.conf(5), read anew when they change. */
import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'

/** The value of a file, parsed again after each change. A file that is not there is an empty one. */
export class MachineFile<T> {
  readonly #path: string
  readonly #parse: (text: string) => T
  #stamp: string | null = null
  #value: T | null = null

  constructor(path: string, parse: (text: string) => T) {
    this.#path = path
    this.#parse = parse
  }

  read(): T {
    const stamp = stampOf(this.#path)
    if (this.#value === null || stamp !== this.#stamp) {
      this.#stamp = stamp
      this.#value = this.#parse(textOf(this.#path))
    }
    return this.#value
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  // A file bound into a container keeps its inode; one that an editor has saved gets a new one.
  return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Addresses by name, in lower case and in the order of the file. */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...names] = wordsOf(line)
    if (isIP(address) === 0) continue
    for (const name of names) {
      const known = hosts.get(name.toLowerCase())
      if (known === undefined) hosts.set(name.toLowerCase(), [address])
      else if (!known.includes(address)) known.push(address)
    }
  }
  return hosts
}

export type ResolvConf = { readonly servers: readonly string[]; readonly search: readonly string[]; readonly ndots: number }

/** As in glibc: at most three servers, and the last of several `search` and `domain` lines counts. */
const SERVERS_MAX = 3
const NDOTS_MAX = 15

/** `hostName`: without a search list, names are looked for in its domain. */
export function parseResolvConf(text: string, hostName: string): ResolvConf {
  const servers: string[] = []
  let search = hostName.includes('.') ? [hostName.slice(hostName.indexOf('.') + 1)] : []
  let ndots = 1
  for (const line of text.split('\n')) {
    const [key, ...values] = wordsOf(line)
    const [first = ''] = values
    if (key === 'nameserver' && first !== '' && servers.length < SERVERS_MAX) servers.push(first)
    else if (key === 'search') search = values
    else if (key === 'domain') search = [first]
    else if (key === 'options') {
      for (const value of values) ndots = Math.min(NDOTS_MAX, Number(/^ndots:(\d+)$/.exec(value)?.[1] ?? ndots))
    }
  }
  return { servers, search: search.map((one) => one.replace(/\.$/, '')).filter((one) => one !== ''), ndots }
}

/** The full names that a name may stand for, in the order to try. */
export function candidatesOf(name: string, { search, ndots }: ResolvConf): readonly string[] {
  if (name.endsWith('.')) return [name]
  const longer = search.map((domain) => `${name}.${domain}`)
  return name.split('.').length > ndots ? [name, ...longer] : [...longer, name]
}

function wordsOf(line: string): string[] {
  return line
    .replace(/[#;].*/, '')
    .split(/\s+/)
    .filter((word) => word !== '')
}

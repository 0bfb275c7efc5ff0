/** Which program listens on a TCP port of this machine, as far as this user may see. Linux; elsewhere nobody is found. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

export type PortHolder = { readonly name: string; readonly pid: number }

/** The state of a listening socket in /proc/net/tcp. */
const LISTEN = '0A'

export function findPortHolder(port: number): PortHolder | null {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)))
  if (inodes.size === 0) return null
  for (const pid of list('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    for (const descriptor of list(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`)) ?? '')?.[1]
      if (inode !== undefined && inodes.has(inode)) return { name: nameOf(pid), pid: Number(pid) }
    }
  }
  return null
}

function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = (attempt(() => readFileSync(table, 'utf8')) ?? '').split('\n').map((line) => line.trim().split(/\s+/))
  return rows.filter((cells) => cells[1]?.endsWith(suffix) && cells[3] === LISTEN).map((cells) => cells[9] ?? '')
}

/** The program as it was called; a process may also have given itself a title. */
function nameOf(pid: string): string {
  const [program = ''] = (attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '').split('\0')
  return program.startsWith('/') ? basename(program) : program
}

function list(folder: string): string[] {
  return attempt(() => readdirSync(folder)) ?? []
}

/** Other users' processes cannot be read, and any may end meanwhile. */
function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** Where a socket that this process has inherited is bound: from /proc (proc(5)), without touching the socket. Linux. */
import { readFileSync, readlinkSync } from 'node:fs'
import { SocketAddress } from 'node:net'
import type { Address } from '../../config/plan.ts'

/** Null for what is no socket of a kind that can be listened on. */
export function boundAddress(fd: number): Address | null {
  const inode = /^socket:\[(\d+)\]$/.exec(attempt(() => readlinkSync(`/proc/self/fd/${fd}`)))?.[1]
  if (inode === undefined) return null
  const row = (table: string): string[] | undefined => rowsOf(table).find((cells) => cells.includes(inode))
  const tcp = row('tcp')?.[1] ?? row('tcp6')?.[1]
  if (tcp !== undefined) return parseTcpAddress(tcp)
  const path = row('unix')?.[7]
  return path === undefined ? null : { kind: 'unix', path }
}

/** `0100007F:1F90`: words of 32 bits in the byte order of the machine, which is little-endian wherever Gatewell runs. */
export function parseTcpAddress(text: string): Address | null {
  const [host = '', port = ''] = text.split(':')
  const bytes = Buffer.from(host, 'hex')
  if ((bytes.length !== 4 && bytes.length !== 16) || port === '') return null
  bytes.swap32()
  const isIPv4 = bytes.length === 4
  const address = isIPv4 ? [...bytes].join('.') : (bytes.toString('hex').match(/.{4}/g) ?? []).join(':')
  const { address: canonical } = new SocketAddress({ address, family: isIPv4 ? 'ipv4' : 'ipv6' })
  return { kind: 'tcp', host: canonical, port: Number.parseInt(port, 16) }
}

function rowsOf(table: string): string[][] {
  const lines = attempt(() => readFileSync(`/proc/self/net/${table}`, 'utf8')).split('\n')
  return lines.map((line) => line.trim().split(/\s+/))
}

function attempt(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

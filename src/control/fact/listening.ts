/** Which sockets of this machine listen at a port or path, read from the kernel's tables. Linux only: elsewhere nothing is known. */
import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import type { Address } from '../../net/address.ts'

/** `inode` leads to the process that has it. */
export type Listening = { readonly address: string; readonly port: number; readonly queued: number; readonly inode: string }

/** Of `/proc/net/tcp` and `tcp6`: the state of a socket that listens. */
const LISTEN = '0A'
/** Of `/proc/net/unix`: a stream socket that accepts connections. */
const STREAM = '0001'
const ACCEPTS = '00010000'
const TABLE_BYTES_MAX = 8 * 1024 * 1024

/** Null where it cannot be known. */
export async function findListening(address: Address): Promise<readonly Listening[] | null> {
  if (address.kind === 'unix') {
    const table = await tableOf('/proc/net/unix')
    return table === null ? null : unixListening(table, address.path)
  }
  const [four, six] = await Promise.all([tableOf('/proc/net/tcp'), tableOf('/proc/net/tcp6')])
  return four === null ? null : [...tcpListening(four, address.port), ...tcpListening(six ?? '', address.port)]
}

/** Is that IP address one of this machine? */
export function isOwnAddress(address: string): boolean {
  if (address.startsWith('127.') || address === '::1') return true
  return Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === address))
}

export function tcpListening(table: string, port: number): Listening[] {
  return rowsOf(table).flatMap(([, local = '', , state, queues = '', , , , , inode = '']) => {
    const [host = '', hexPort = ''] = local.split(':')
    if (state !== LISTEN || Number.parseInt(hexPort, 16) !== port) return []
    return [{ address: addressOf(host), port, queued: Number.parseInt(queues.split(':')[1] ?? '0', 16), inode }]
  })
}

export function unixListening(table: string, path: string): Listening[] {
  return rowsOf(table).flatMap(([, , , flags, type, , inode = '', ...name]) =>
    flags === ACCEPTS && type === STREAM && name.join(' ') === path ? [{ address: path, port: 0, queued: 0, inode }] : [],
  )
}

/** Local ports of connections to that address and port, whatever their state. */
export async function countLocalPorts(host: string, port: number): Promise<{ used: number; count: number } | null> {
  const [table, range] = await Promise.all([tableOf('/proc/net/tcp'), tableOf('/proc/sys/net/ipv4/ip_local_port_range')])
  const [low, high] = (range ?? '').trim().split(/\s+/).map(Number)
  if (table === null || low === undefined || high === undefined) return null
  const remote = rowsOf(table).filter(([, , to = '']) => addressOf(to.split(':')[0] ?? '') === host && portOf(to) === port)
  return { used: new Set(remote.map(([, local]) => local)).size, count: high - low + 1 }
}

function portOf(place: string): number {
  return Number.parseInt(place.split(':')[1] ?? '', 16)
}

/** The kernel writes each four bytes of an address as one number in the order of this processor, which is little-endian. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (bytes.length % 4 !== 0 || bytes.length === 0) return ''
  bytes.swap32()
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.subarray(0, 12).equals(MAPPED)) return bytes.subarray(12).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

const MAPPED = Buffer.from('00000000000000000000ffff', 'hex')

function rowsOf(table: string): string[][] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
}

async function tableOf(path: string): Promise<string | null> {
  const text = await readFile(path, 'latin1').catch(() => null)
  return text === null || text.length > TABLE_BYTES_MAX ? null : text
}

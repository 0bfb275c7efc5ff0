/** Logs made of a few lines, and what is read from them. */
import { memorySource } from '../../src/insight/log/byte-source.ts'
import type { LogReport } from '../../src/insight/log/log-report.ts'
import { type ReadOptions, readLogs } from '../../src/insight/log/read-logs.ts'

export const NOW = Date.UTC(2026, 10, 22, 12)

export type Files = Readonly<Record<string, string | Buffer | readonly string[]>>

export function read(files: Files, options: Partial<ReadOptions> = {}): Promise<LogReport> {
  const sources = Object.entries(files).map(([name, content]) =>
    memorySource(name, Buffer.isBuffer(content) ? content : Buffer.from(typeof content === 'string' ? content : `${content.join('\n')}\n`)),
  )
  return readLogs(sources, { nowMs: NOW, zoneMs: 0, ...options })
}

/** `connect-refused: 3`, … of those that failed requests, and of those that nothing attributes. */
export function counts({ causes, unattributed }: LogReport): Record<string, number> {
  const rows = causes.filter(({ count }) => count > 0).map(({ cause, count }) => [cause, count] as const)
  return Object.fromEntries(unattributed.count > 0 ? [...rows, ['?', unattributed.count]] : rows)
}

export function access(
  second: number,
  status: number,
  more: { path?: string; client?: string; agent?: string; bytes?: number } = {},
): string {
  const { path = '/cart', client = '203.0.113.9', agent = 'curl/8', bytes = 157 } = more
  return `${client} - - [22/Nov/2026:06:${clock(second)} +0000] "GET ${path} HTTP/1.1" ${status} ${bytes} "-" "${agent}"`
}

export function nginx(
  second: number,
  message: string,
  more: { path?: string; client?: string; to?: string; connection?: number } = {},
): string {
  const { path = '/cart', client = '203.0.113.9', to = 'http://127.0.0.1:3000', connection = 7 } = more
  const tail = `client: ${client}, server: _, request: "GET ${path} HTTP/1.1", upstream: "${to}${path}", host: "shop.example.com"`
  return `2026/11/22 06:${clock(second)} [error] 31#31: *${connection} ${message}, ${tail}`
}

export const REFUSED = 'connect() failed (111: Connection refused) while connecting to upstream'
export const TIMED_OUT = 'upstream timed out (110: Connection timed out) while reading response header from upstream'
export const RESET = 'recv() failed (104: Connection reset by peer) while reading response header from upstream'

function clock(second: number): string {
  return `${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}`
}

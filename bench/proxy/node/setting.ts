/** What the Node proxies share: their ports from the command line, and a keep-alive as patient as that of the others. */
import { Agent, type Server } from 'node:http'

export const port = Number(process.argv[2])
export const target = `http://127.0.0.1:${process.argv[3]}`
export const agent = new Agent({ keepAlive: true, maxFreeSockets: 1_024 })

export const KEEP_ALIVE_MS = 75_000

export function listen(server: Server): void {
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.listen(port, '127.0.0.1', 4_096)
}

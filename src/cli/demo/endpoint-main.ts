/** One endpoint of the demo's site, a process so that it can be killed: a plain Node server that knows nothing of Gatewell. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type FromEndpoint, NO_FAULTS, SLOW_MS, type ToEndpoint } from './fault.ts'
import { renderPage } from './page.ts'

/** A page of a real site takes its time; so some requests are always under way when an endpoint is killed. */
const WORK_MS_MIN = 60
const WORK_MS_MAX = 180
/** When it closes early: so long after an answer. */
const CLOSE_MS_MIN = 20
const CLOSE_MS_MAX = 50

const ordinal = Number(process.argv[2])
let faults = NO_FAULTS
let served = 0

const server = createServer((request, answer) => void serve(request, answer))
server.keepAliveTimeout = 60_000
server.listen(Number(process.argv[3]), '127.0.0.1', () => {
  const message: FromEndpoint = { kind: 'listening', port: (server.address() as AddressInfo).port }
  process.send?.(message)
})

process.title = `gatewell demo endpoint ${ordinal}`
process.on('message', (message: ToEndpoint) => {
  faults = message.faults
})
// Whoever started it has gone.
process.on('disconnect', () => process.exit())
// A terminal sends this to everyone in it; the demo says when an endpoint ends.
process.on('SIGINT', () => {})

async function serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
  request.resume()
  // Said by hand, because Node would announce how long it keeps a connection.
  answer.setHeader('Connection', 'keep-alive')
  if (faults.close) answer.once('finish', () => closeSoon(request.socket))
  if (faults.busy) return void answer.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '1' }).end('{"error":"busy"}')
  if (faults.slow) await pause(SLOW_MS)
  if (request.method === 'POST') return send(answer, 'application/json', JSON.stringify({ endpoint: ordinal, order: ++served }))
  if (request.url === '/') return send(answer, 'text/html; charset=utf-8', renderPage(ordinal))
  if (request.url !== '/work') return void answer.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found\n')
  await pause(between(WORK_MS_MIN, WORK_MS_MAX))
  send(answer, 'application/json', JSON.stringify({ endpoint: ordinal, served: ++served }))
}

function send(answer: ServerResponse, type: string, body: string): void {
  const bytes = Buffer.from(body)
  answer.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length })
  if (!faults.truncate) return void answer.end(bytes)
  answer.write(bytes.subarray(0, bytes.length >> 1), () => answer.destroy())
}

function closeSoon(socket: Socket): void {
  setTimeout(() => socket.destroy(), between(CLOSE_MS_MIN, CLOSE_MS_MAX))
}

function between(min: number, max: number): number {
  return min + Math.random() * (max - min)
}

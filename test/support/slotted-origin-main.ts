/**
 * A process: a server that works on so many requests at a time, each for so long, and lets the others wait in the order they came.
 * `GET /tally` says how it went since the last time; every other request is work. Words: slots, milliseconds of one.
 */
import { createServer, type ServerResponse } from 'node:http'

const [slots = 20, serviceMs = 100] = process.argv.slice(2).map(Number)
const waiting: ServerResponse[] = []
let inflight = 0
let busy = 0
let tally = { served: 0, inflightMax: 0, idleMs: 0, elapsedMs: 0 }
let changedAt = performance.now()

function account(): void {
  const now = performance.now()
  tally.idleMs += (slots - busy) * (now - changedAt)
  tally.elapsedMs += now - changedAt
  changedAt = now
}

function work(answer: ServerResponse): void {
  busy++
  setTimeout(() => {
    account()
    busy--
    const next = waiting.shift()
    if (next !== undefined) work(next)
    inflight--
    tally.served++
    answer.end('ok')
  }, serviceMs)
}

const server = createServer((request, answer) => {
  if (request.url === '/tally') {
    account()
    // The share of its power that nobody used.
    const idle = tally.elapsedMs === 0 ? 0 : tally.idleMs / (tally.elapsedMs * slots)
    answer.end(JSON.stringify({ served: tally.served, inflightMax: tally.inflightMax, idle }))
    tally = { served: 0, inflightMax: inflight, idleMs: 0, elapsedMs: 0 }
    return
  }
  request.resume()
  account()
  inflight++
  tally.inflightMax = Math.max(tally.inflightMax, inflight)
  if (busy < slots) work(answer)
  else waiting.push(answer)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') console.log(`port ${address.port}`)
})

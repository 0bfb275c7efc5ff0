/**
 * A process: a server that works on so many requests at a time, each for so long, and lets the others wait in the order they came.
 * `GET /tally` says how it went from the first to the last request; every other request is work. Words: slots, milliseconds of one.
 */
import { createServer, type ServerResponse } from 'node:http'

const [slots = 20, serviceMs = 100] = process.argv.slice(2).map(Number)
const waiting: ServerResponse[] = []
let inflight = 0
let busy = 0
let served = 0
let inflightMax = 0
let idleMs = 0
let beganAt = 0
let changedAt = 0
/** Up to the request that came last. */
let idle = 0

function account(): void {
  const now = performance.now()
  beganAt ||= changedAt ||= now
  idleMs += (slots - busy) * (now - changedAt)
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
    served++
    answer.end('ok')
  }, serviceMs)
}

const server = createServer((request, answer) => {
  if (request.url === '/tally') {
    answer.end(JSON.stringify({ served, inflightMax, idle }))
    return
  }
  request.resume()
  account()
  idle = idleMs / Math.max(1, (changedAt - beganAt) * slots)
  inflight++
  inflightMax = Math.max(inflightMax, inflight)
  if (busy < slots) work(answer)
  else waiting.push(answer)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') console.log(`port ${address.port}`)
})

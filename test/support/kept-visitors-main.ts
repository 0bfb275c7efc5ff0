/**
 * A process: visitors who keep their connections, as a load balancer and browsers do, and WebSockets. Its only word is a `Visit` as JSON;
 * it says `here` when all are connected, and what they saw when the last one has gone or `leave` comes on standard input. A connection
 * that ends between two requests, or with an answer that said so, is no failure; a request without its whole answer is one.
 */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Seen, Visit } from './kept-visitors.ts'

const { port, pausesMs, webSockets } = JSON.parse(process.argv[2] as string) as Visit
const seen: Seen = { answers: 0, failed: [], lastAnswers: 0, quietEnds: 0, messages: 0, closes: {} }
let hasLeft = false

process.stdin.on('data', () => {
  hasLeft = true
})

const sockets = Array.from({ length: webSockets }, () => openWebSocket())
const visitors = await Promise.all(pausesMs.map((pauseMs) => openVisitor(pauseMs)))
await Promise.all(sockets.map(({ opened }) => opened))
console.log('here')
await Promise.all([...visitors.map(({ ended }) => ended), ...sockets.map(({ closed }) => closed)])
console.log(JSON.stringify(seen))
process.exit()

async function openVisitor(pauseMs: number): Promise<{ ended: Promise<void> }> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let received = ''
  let isEnded = false
  let error = ''
  let wake = (): void => {}
  const end = (): void => {
    isEnded = true
    wake()
  }
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1')
    wake()
  })
  socket.on('error', ({ message }) => {
    error = message
  })
  socket.on('end', end).on('close', end)
  await new Promise((resolve) => socket.once('connect', resolve))

  const ask = async (): Promise<boolean> => {
    received = ''
    socket.write('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    while (!isWhole(received) && !isEnded) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    if (!isWhole(received) || !received.startsWith('HTTP/1.1 200')) {
      seen.failed.push(`${error || 'ended'}, with a pause of ${pauseMs} ms, having received ${JSON.stringify(received.slice(0, 300))}`)
      return false
    }
    seen.answers++
    if (!/\r\nconnection: close\r\n/i.test(received)) return true
    seen.lastAnswers++
    return false
  }
  const visit = async (): Promise<void> => {
    while (!hasLeft && (await ask())) {
      await sleep(pauseMs * (0.5 + Math.random()))
      if (!isEnded) continue
      if (error === '') seen.quietEnds++
      else seen.failed.push(`${error} between two requests`)
      break
    }
    socket.destroy()
  }
  return { ended: visit() }
}

function isWhole(received: string): boolean {
  const end = received.indexOf('\r\n\r\n')
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? -1)
  return end !== -1 && received.length === end + 4 + length
}

/** The server sends numbers, some with a long tail: none may be missing or cut. */
function openWebSocket(): { opened: Promise<unknown>; closed: Promise<unknown> } {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
  let next: number | null = null
  socket.on('message', (text) => {
    const number = Number.parseInt(String(text), 10)
    if (next !== null && number !== next) seen.failed.push(`message ${number} in place of ${next}`)
    next = number + 1
    seen.messages++
  })
  const opened = new Promise((resolve) => socket.once('open', resolve))
  const closed = new Promise<void>((resolve) => {
    const leaving = setInterval(() => {
      if (hasLeft) socket.terminate()
    }, 50)
    socket.on('error', (error) => seen.failed.push(`WebSocket: ${error.message}`))
    socket.on('close', (code) => {
      clearInterval(leaving)
      if (!hasLeft) seen.closes[code] = (seen.closes[code] ?? 0) + 1
      resolve()
    })
  })
  return { opened, closed }
}

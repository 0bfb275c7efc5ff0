/** Ten thousand clients that each ask once and then hold their connection: what that costs a proxy in memory. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { residentBytes } from './measure.ts'
import type { Contender } from './proxy/contender.ts'
import { attempt, type Bench, enter, type Row } from './round.ts'
import { answering } from './stage.ts'

export type IdleRow = {
  readonly name: string
  trouble: string | null
  /** Resident memory of the whole process tree after its first answer, and with all the connections. */
  startBytes: number
  heldBytes: number
  held: number
}

export type Crowd = { readonly path: string; readonly count: number }

const AT_ONCE = 64
const ANSWER_MS = 5_000
const SETTLE_MS = 2_000

export async function runIdle(bench: Bench, proxies: readonly Contender[], crowd: Crowd): Promise<readonly IdleRow[]> {
  const rows: IdleRow[] = []
  for (const proxy of proxies) {
    bench.onStep(`idle: ${proxy.name}`)
    const row: IdleRow & Row = { name: proxy.name, trouble: null, startBytes: 0, heldBytes: 0, held: 0, samples: [] }
    rows.push(row)
    const entrant = await enter(bench, proxy, row)
    if (entrant === null) continue
    await attempt(row, async () => {
      await answering(entrant.started, entrant.place.port, crowd.path)
      row.startBytes = residentBytes(entrant.started.pid)
      const sockets = await gather(entrant.place.port, crowd)
      await sleep(SETTLE_MS)
      row.heldBytes = residentBytes(entrant.started.pid)
      row.held = sockets.filter((socket) => socket.readyState === 'open').length
      for (const socket of sockets) socket.destroy()
    })
    await bench.stage.stop(entrant.started)
  }
  return rows
}

async function gather(port: number, { path, count }: Crowd): Promise<readonly Socket[]> {
  const sockets: Socket[] = []
  const join = async (): Promise<void> => {
    while (sockets.length < count) {
      const socket = connect(port, '127.0.0.1')
      sockets.push(socket)
      await askOnce(socket, path)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, join))
  return sockets
}

/** Resolves when the answer is there, or when there will be none: the socket is then no longer open, and counted as such. */
function askOnce(socket: Socket, path: string): Promise<void> {
  return new Promise((resolve) => {
    socket.setTimeout(ANSWER_MS, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve())
    socket.once('data', () => {
      socket.setTimeout(0)
      socket.resume()
      resolve()
    })
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
  })
}

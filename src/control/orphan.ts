/**
 * Workers whose control has died, as the next control finds them in the data folder: it can link up with them as with workers of its
 * own, and take the listening sockets over. The other end is src/worker/berth.ts; decision record 0022.
 */
import { connect as connectTo } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { ListenerPlan } from '../config/plan.ts'
import { type ListeningSocket, passedSocket } from '../net/listening-socket.ts'
import { berthPaths, clearBerth, type Introduction, listBerths } from '../worker/berth.ts'
import { receiveHandles } from '../worker/handle-pass.ts'
import { Line } from '../worker/line.ts'
import type { ToControl } from '../worker/link.ts'
import type { Connect } from './worker-handle.ts'

/** What a worker gets for its introduction, and for passing its sockets on. */
const ANSWER_MS = 1_000

export type Orphan = { readonly introduction: Introduction; readonly connect: Connect }

/** Those that listen where `listeners` want to; others belong to another gateway. */
export async function findOrphans(dataFolder: string, listeners: readonly ListenerPlan[]): Promise<readonly Orphan[]> {
  const found = await Promise.all(listBerths(dataFolder).map((pid) => meet(dataFolder, pid, listeners)))
  return found.filter((orphan) => orphan !== null)
}

/** Their listening sockets by the name of the listener, from the first of them that passes them on; null when none does. */
export async function takeSockets(dataFolder: string, orphans: readonly Orphan[]): Promise<Map<string, ListeningSocket> | null> {
  for (const { introduction } of orphans) {
    const { pid, listeners, isLeaving } = introduction
    if (isLeaving) continue
    const handles = await receiveHandles(berthPaths(dataFolder, pid).sockets, listeners.length, ANSWER_MS)
    if (handles === null) continue
    const sockets = new Map<string, ListeningSocket>()
    listeners.forEach(({ listener, address }, index) => {
      const handle = handles[index]
      if (handle !== undefined) sockets.set(listener.name, passedSocket(handle, address))
    })
    return sockets
  }
  return null
}

/** Null for one that is gone, or not wanted, which is left as it was. */
function meet(dataFolder: string, pid: number, listeners: readonly ListenerPlan[]): Promise<Orphan | null> {
  return new Promise((resolve) => {
    const early: ToControl[] = []
    let onMessage = (message: ToControl): unknown => early.push(message)
    let onClosed = (): void => {}
    let introduction: Introduction | null = null
    const socket = connectTo(berthPaths(dataFolder, pid).line)
    const settle = (orphan: Orphan | null): void => {
      clearTimeout(limit)
      if (orphan === null) line.close()
      resolve(orphan)
    }
    const line = new Line({
      socket,
      onMessage: (message) => {
        if (introduction !== null) return void onMessage(message as ToControl)
        introduction = message as Introduction
        settle(isWanted(introduction, listeners) ? { introduction, connect } : null)
      },
      onClosed: () => {
        settle(null)
        onClosed()
      },
    })
    const limit = setTimeout(() => settle(null), ANSWER_MS)
    // Whoever had this address is dead.
    socket.on('error', ({ code }: NodeJS.ErrnoException) => code === 'ECONNREFUSED' && clearBerth(dataFolder, pid))
    const connect: Connect = (options) => {
      onMessage = options.onMessage
      onClosed = () => {
        clearBerth(dataFolder, pid)
        options.onEnd({ code: null, signal: null })
      }
      const bound = introduction?.listeners ?? []
      queueMicrotask(() => {
        options.onMessage({ kind: 'listening', listeners: bound })
        for (const message of early) options.onMessage(message)
        if (socket.destroyed) onClosed()
      })
      return { pid, send: (message) => line.send(message), kill: () => kill(pid) }
    }
  })
}

function isWanted({ listeners: bound }: Introduction, listeners: readonly ListenerPlan[]): boolean {
  return bound.some(({ listener }) => listeners.some((one) => isDeepStrictEqual(one, listener)))
}

/** While the line is open the process id is nobody else's. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}

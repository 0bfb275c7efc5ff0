/**
 * A server whose accept queue is full for good: a thread that listens, then stands still. The kernel drops further connections to
 * its port in silence, and refuses further ones to its unix socket with EAGAIN.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Address } from '../../net/address.ts'

/** Text, because a thread of its own file would have to be found again in the built package. */
const THREAD = `
  const { parentPort, workerData } = require('node:worker_threads')
  const server = require('node:net').createServer()
  server.listen({ ...workerData, backlog: 1 }, () => {
    parentPort.postMessage(server.address())
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
  })`
/** Linux lets one more wait than the backlog says. */
const QUEUE_LENGTH = 2

export class StuckListener {
  readonly address: Address
  readonly #thread: Worker
  readonly #queued: readonly Socket[]

  private constructor(thread: Worker, queued: readonly Socket[], address: Address) {
    this.#thread = thread
    this.#queued = queued
    this.address = address
  }

  /** On a free port of loopback, or at the path of a unix socket. */
  static async open(path: string | null): Promise<StuckListener> {
    const thread = new Worker(THREAD, { eval: true, workerData: path === null ? { host: '127.0.0.1', port: 0 } : { path } })
    const [bound] = (await once(thread, 'message')) as [string | { port: number }]
    const address: Address =
      typeof bound === 'string' ? { kind: 'unix', path: bound } : { kind: 'tcp', host: '127.0.0.1', port: bound.port }
    const queued = Array.from({ length: QUEUE_LENGTH }, () => connect({ ...address, autoSelectFamily: false }))
    for (const socket of queued) socket.on('error', () => {})
    await Promise.all(queued.map((socket) => once(socket, 'connect')))
    return new StuckListener(thread, queued, address)
  }

  async close(): Promise<void> {
    for (const socket of this.#queued) socket.destroy()
    await this.#thread.terminate()
  }
}

/**
 * A server whose accept queue is full: a thread that listens, then stands still. The kernel drops further connections to its port
 * in silence, and refuses further ones to its unix socket with EAGAIN. Released, it goes on and answers all.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Address } from '../../net/address.ts'
import { GOOD_ANSWER } from './origin.ts'

/** Text, because a thread of its own file would have to be found again in the built package. */
const THREAD = `
  const { parentPort, workerData: { where, gate, answer } } = require('node:worker_threads')
  const server = require('node:net').createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => socket.write(answer))
  })
  server.listen({ ...where, backlog: 1 }, () => {
    parentPort.postMessage(server.address())
    setImmediate(() => Atomics.wait(gate, 0, 0))
  })`
/** Linux lets one more wait than the backlog says. */
const QUEUE_LENGTH = 2

export type Place = { readonly host: string; readonly port: number } | { readonly path: string }

export class StuckListener {
  readonly address: Address
  readonly #thread: Worker
  readonly #gate: Int32Array
  readonly #queued: readonly Socket[]

  private constructor(options: { thread: Worker; gate: Int32Array; queued: readonly Socket[]; address: Address }) {
    this.#thread = options.thread
    this.#gate = options.gate
    this.#queued = options.queued
    this.address = options.address
  }

  static async open(where: Place = { host: '127.0.0.1', port: 0 }): Promise<StuckListener> {
    const gate = new Int32Array(new SharedArrayBuffer(4))
    const thread = new Worker(THREAD, { eval: true, workerData: { where, gate, answer: GOOD_ANSWER } })
    const [bound] = (await once(thread, 'message')) as [string | { address: string; port: number }]
    const address: Address =
      typeof bound === 'string' ? { kind: 'unix', path: bound } : { kind: 'tcp', host: bound.address, port: bound.port }
    const queued = Array.from({ length: QUEUE_LENGTH }, () => connect({ ...address, autoSelectFamily: false }))
    for (const socket of queued) socket.on('error', () => {})
    await Promise.all(queued.map((socket) => once(socket, 'connect')))
    return new StuckListener({ thread, gate, queued, address })
  }

  release(): void {
    Atomics.store(this.#gate, 0, 1)
    Atomics.notify(this.#gate, 0)
  }

  async close(): Promise<void> {
    for (const socket of this.#queued) socket.destroy()
    await this.#thread.terminate()
  }
}

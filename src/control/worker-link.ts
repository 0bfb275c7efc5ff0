/** The way to a worker in a process of its own, which inherits the listening sockets. */
import { fork } from 'node:child_process'
import { extname, join } from 'node:path'
import { StandardError } from './standard-error.ts'
import type { Connect } from './worker-handle.ts'

/** Beside this file in the sources as in the built package. */
const WORKER_MAIN = join(import.meta.dirname, '..', 'worker', `main${extname(import.meta.filename)}`)
const STDERR = 2
/** Of what it said on standard error. */
const SAID_BYTES_MAX = 4 * 1024
/** For the rest of what it said, after its end. */
const REST_MS = 100

export type ChildSetup = {
  /** Inherited in their order, from `FIRST_SOCKET_DESCRIPTOR` on. */
  readonly descriptors: readonly number[]
  /** Of Gatewell. */
  readonly version: string
  /** Where a worker is to be found when control has died; '' for nowhere. */
  readonly dataFolder: string
}

/** Workers as processes. */
export function connectChild({ descriptors, version, dataFolder }: ChildSetup): Connect {
  const standardError = new StandardError()
  return ({ place, onMessage, onEnd }) => {
    const child = fork(WORKER_MAIN, [String(place), version, dataFolder], {
      // The launcher's and a test runner's own flags are not for workers; NODE_OPTIONS reaches them as it is.
      // What an exchange makes dies with it, so a small young generation collects as cheaply as a large one, and keeps less memory.
      execArgv: ['--max-semi-space-size=4'],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'pipe', 'ipc', STDERR, ...descriptors],
    })
    child.on('message', onMessage)
    let said = Buffer.alloc(0)
    child.stderr?.on('data', (bytes: Buffer) => {
      said = Buffer.concat([said, bytes]).subarray(-SAID_BYTES_MAX)
      standardError.write(bytes)
    })
    // Also where it could not be started at all: then there is no exit.
    let hasEnded = false
    const end = (code: number | null, signal: string | null): void => {
      if (!hasEnded) onEnd({ code, signal, said: said.toString() })
      hasEnded = true
    }
    child.on('exit', (code, signal) => setTimeout(end, REST_MS, code, signal))
    child.on('close', end)
    child.on('error', () => {
      if (child.pid === undefined) end(null, null)
    })
    return {
      pid: child.pid ?? null,
      // A worker that is about to be gone needs no message; its end is told by its exit.
      send: (message) => void (child.connected && child.send(message, () => {})),
      kill: () => void child.kill('SIGKILL'),
    }
  }
}

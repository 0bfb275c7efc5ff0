/** The way to a worker in this process, for `--workers 0`. Loaded only then: control by itself has no use for the data plane. */
import type { Clock } from '../std/clock.ts'
import { Worker } from '../worker/worker.ts'
import type { Connect } from './worker-handle.ts'

/** A worker in this process. Messages arrive later, as they would from another. */
export function connectLocal(clock: Clock): Connect {
  return ({ place, onMessage, onEnd }) => {
    let hasEnded = false
    const end = (): void => {
      if (!hasEnded) onEnd({ code: null, signal: null })
      hasEnded = true
    }
    const worker = new Worker({
      place,
      clock,
      send: (message, onSent) =>
        queueMicrotask(() => {
          if (!hasEnded) onMessage(message)
          onSent?.()
        }),
      onEnd: end,
    })
    return {
      pid: null,
      send: (message) => queueMicrotask(() => worker.receive(message)),
      kill: () => {
        worker.kill()
        end()
      },
    }
  }
}

/** A worker as a process: control forks it with a channel and the listening sockets. Not for people to start. */
import { systemClock } from '../std/clock.ts'
import type { ToControl, ToWorker } from './link.ts'
import { Worker } from './worker.ts'

/** What a signal to this process alone allows its exchanges; control's own drain says how long. */
const GRACE_MS = 25_000

const place = Number(process.argv[2])
process.title = `gatewell worker ${place}`

const worker = new Worker({ place, clock: systemClock, send, onEnd: () => process.exit() })

process.on('message', (message) => worker.receive(message as ToWorker))
process.on('uncaughtException', (error) => {
  process.exitCode = 70
  worker.reportBug(error)
})
process.on('SIGTERM', () => worker.leave(GRACE_MS))
process.on('SIGUSR1', () => worker.reopenLogs())
// A terminal sends these to control too, which says what is to be done. Where control has died, only signals are left.
process.on('SIGINT', () => {
  if (!process.connected) worker.leave(GRACE_MS)
})
process.on('SIGHUP', () => {})

/** When control dies the channel closes: the worker goes on with the plan it has. */
function send(message: ToControl, onSent?: () => void): void {
  if (process.connected) process.send?.(message, undefined, {}, () => onSent?.())
  else onSent?.()
}

/**
 * A worker as a process: control forks it with a channel and the listening sockets. Not for people to start. When control dies it
 * goes on with the plan it has, and can be found by the next control in the data folder.
 */
import { writeSync } from 'node:fs'
import { systemClock } from '../std/clock.ts'
import { Berth } from './berth.ts'
import { LOG_DESCRIPTOR } from './descriptor.ts'
import type { ToControl, ToWorker } from './link.ts'
import { Worker } from './worker.ts'

/** What a signal to this process alone allows its exchanges; control's own drain says how long. */
const GRACE_MS = 25_000

const [, , placeText, version = '', dataFolder = ''] = process.argv
const place = Number(placeText)
const startedAt = systemClock.now()
process.title = `gatewell worker ${place}`

const worker = new Worker({
  place,
  clock: systemClock,
  send,
  isHeard: () => process.connected || berth.isJoined,
  onEnd: () => {
    berth.close()
    process.exit()
  },
})
const berth = new Berth({
  dataFolder,
  pid: process.pid,
  introduce: () => ({
    kind: 'introduction',
    pid: process.pid,
    place,
    version,
    ageMs: systemClock.now() - startedAt,
    isLeaving: worker.isEnding,
    listeners: worker.listeners,
  }),
  handles: () => worker.listeningHandles,
  onMessage: (message) => worker.receive(message),
  onJoined: () => worker.introduceItself(),
})

// A pipe to control, which may be dead.
process.stderr.on('error', () => {})
process.on('message', (message) => worker.receive(message as ToWorker))
process.on('disconnect', () => void goOnAlone())
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
process.on('SIGUSR2', () => {})

function send(message: ToControl, onSent?: () => void): void {
  if (process.connected) process.send?.(message, undefined, {}, () => onSent?.())
  else berth.send(message, onSent)
}

async function goOnAlone(): Promise<void> {
  if (worker.isEnding) return
  const obstacle = dataFolder === '' ? 'it has no data folder' : await berth.open()
  if (obstacle === null) tell(`has lost its control process and serves on until another one is started with the data folder ${dataFolder}.`)
  else tell(`has lost its control process and serves on, but no other one will find it: ${obstacle}. To end it: kill ${process.pid}`)
}

/** Control, which otherwise tells what there is to tell, is gone. */
function tell(text: string): void {
  try {
    writeSync(
      LOG_DESCRIPTOR,
      `${JSON.stringify({ level: 'warn', time: new Date(), worker: place, pid: process.pid, msg: `Worker ${place} ${text}` })}\n`,
    )
  } catch {
    // Nobody reads it any more.
  }
}

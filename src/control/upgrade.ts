/** An upgrade, as the old version does it: starts the new one on its sockets, and says why not when that fails. Decision record 0023. */
import { type Result, refused } from './admin/operation.ts'
import type { Logger } from './log.ts'
import { type HandedSockets, Successor } from './successor.ts'

/** A launcher may have to install what the new version needs. Shorter than who asks at the admin address waits for the answer. */
const LIMIT_MS = 50_000

export type UpgradeSettings = {
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  /** Something waits for the end of this process, so it stays until the new one ends. */
  readonly isAwaited: boolean
  /** Until when the new one has to serve. */
  readonly limitMs?: number
}

export type NextOptions = {
  readonly settings: UpgradeSettings | undefined
  readonly sockets: HandedSockets | null
  readonly log: Logger
  readonly onFailed: () => void
}

/** The new process, when it serves. */
export async function startNext({ settings, sockets, log, onFailed }: NextOptions): Promise<Result<Successor>> {
  const refuse = (reason: string): Result<Successor> => {
    const text = `Not upgraded, this version goes on: ${reason}.`
    log.error(text)
    return refused(422, text)
  }
  if (settings === undefined) return refuse('this process does not know how it was started')
  if (sockets === null) return refuse('it cannot hand its sockets over, so stop it and start the new version')
  const { command, environment, isAwaited, limitMs = LIMIT_MS } = settings
  log.info({ command }, 'Upgrade: starting the program as it is now, on the same sockets.')
  const next = await Successor.start({ command, environment, sockets, isAwaited, limitMs })
  if (typeof next === 'string') {
    onFailed()
    return refuse(next.replace(/\.$/, ''))
  }
  const { pid, version } = next
  log.info({ pid, version }, `Upgraded: process ${pid} (version ${version}) serves. This one finishes what it has and ends.`)
  return { ok: true, value: next }
}

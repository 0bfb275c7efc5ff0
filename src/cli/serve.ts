/** Runs a plan until it is told to end: the control process with its signals, its log, and what it says at the start. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Failure } from '../causes/failure.ts'
import { formatAddress, splitHostPort } from '../config/address.ts'
import type { Loaded } from '../config/load.ts'
import type { Plan } from '../config/plan.ts'
import { Control } from '../control/control.ts'
import { Predecessor } from '../control/handover.ts'
import { createLog } from '../control/log.ts'
import { handleSignals, hasTerminal } from '../control/signal.ts'
import { ActivatedSockets } from '../control/systemd/activation.ts'
import { SystemdService } from '../control/systemd/service.ts'
import { renderBanner } from './banner.ts'
import { DATA_FOLDER, type RunOptions } from './option.ts'
import { findPortHolder } from './port-holder.ts'
import { COLOURS, type Terminal } from './terminal.ts'
import { readVersion } from './version.ts'

export type ServeOptions = {
  readonly plan: Plan
  /** Reads the plan anew. */
  readonly reload: () => Loaded
  /** Where it is read from, if it is a file. */
  readonly file?: string
  /** What the plan was made of, without secrets. */
  readonly text?: string | undefined
  readonly terminal: Terminal
  readonly options: Pick<RunOptions, 'quiet' | 'data'>
}

/** The exit code. */
export async function serve({ plan, reload, file, text, terminal, options }: ServeOptions): Promise<number> {
  const { say, sayPaint, signals } = terminal
  const isQuiet = options.quiet === true
  const version = readVersion()
  const log = createLog({ isColoured: sayPaint === COLOURS, isQuiet })
  const predecessor = Predecessor.find(process.env)
  const activated = ActivatedSockets.find(process.env, process.pid)
  const isAwaited = predecessor?.isAwaited === true || process.pid === 1 || hasTerminal()
  const control = new Control({
    plan,
    reload: async () => reload(),
    file,
    text,
    version,
    log,
    dataFolder: options.data ?? DATA_FOLDER,
    inherited: predecessor ?? activated,
    upgrade: { command: ownCommand(), environment: process.env, isAwaited },
    supervisor: SystemdService.find({ environment: process.env, pid: process.pid, log }),
  })
  const stopListening = handleSignals({ control, log, source: signals })
  const started = await control.start()
  if (started.kind === 'failure') {
    stopListening()
    const reason = explainStart(started, plan)
    say(`gatewell: ${reason}`)
    await predecessor?.tell({ kind: 'unable', reason })
    return 1
  }
  if (!isQuiet) say(renderBanner(plan, started, version, sayPaint))
  for (const address of activated?.unused ?? [])
    log.warn(`systemd listens on ${formatAddress(address)}, but no listener of the configuration does: nobody will answer there.`)
  await predecessor?.tell({ kind: 'ready', version })
  predecessor?.watch(() => control.adoptLate())
  await control.ended
  stopListening()
  if (control.successor?.isAwaited) return await control.successor.watch(signals)
  control.successor?.release()
  return 0
}

/** How this process was started: by the launcher, which finds the Node that fits, or else as it was. */
function ownCommand(): string[] {
  const [, main = '', ...words] = process.argv
  const launcher = join(dirname(main), '..', '..', 'gatewell')
  return existsSync(launcher) ? [launcher, ...words] : [process.execPath, ...process.execArgv, main, ...words]
}

/** The sentence of whoever could not start, with what this process can find out besides. */
function explainStart(failure: Failure, plan: Plan): string {
  const text = failure.error?.message ?? failure.cause
  const { address, code } = Object.fromEntries(failure.evidence.map(({ name, value }) => [name, String(value)]))
  if (address === undefined) return text
  const isAdmin = plan.admin.address !== null && formatAddress(plan.admin.address) === address
  const sentence = isAdmin ? text.replace('--listen', '--admin') : text
  const holder = code === 'EADDRINUSE' ? findPortHolder(Number(splitHostPort(address)?.port)) : null
  if (holder === null) return sentence
  const name = `${holder.name} (process ${holder.pid})`
  const named = sentence.replace(
    'another program already listens there. Stop it (`ss -ltnp` shows which one it is)',
    `${name} already listens there. Stop it`,
  )
  return named === sentence ? `${sentence}\nIt is ${name}.` : named
}

/** `npm run bench`: Gatewell beside nginx, HAProxy, Caddy and the proxies of npm, in one run on one machine. See `--help`. */
import { barsOf, type Result } from './compare.ts'
import { takeCores, takeTurn } from './core.ts'
import { type IdleRow, runIdle } from './idle.ts'
import { ensure, type Program } from './install.ts'
import { LOGS, type LogsRow, logsBarsOf, logsTableOf, runLogs } from './logs.ts'
import { describeMachine, sentenceOf } from './machine.ts'
import { HELP, type Options, parseOptions } from './option.ts'
import { startOrigin } from './origin.ts'
import { profile } from './profile.ts'
import { caddy } from './proxy/caddy.ts'
import { type GatewellOptions, gatewell } from './proxy/gatewell.ts'
import { haproxy } from './proxy/haproxy.ts'
import { nginx } from './proxy/nginx.ts'
import { fastify, httpProxy, httpxy } from './proxy/package.ts'
import { record } from './record.ts'
import { type Bench, runRounds } from './round.ts'
import { routed } from './route.ts'
import { Stage } from './stage.ts'
import { asText, barTableOf, idleTableOf, tableOf, workersTableOf } from './table.ts'
import { runWorkers, type WorkersRow } from './workers.ts'
import { HELLO, IDLE, ROUTES, WORKERS, WORKLOADS } from './workload.ts'

const print = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(options: Options): Promise<void> {
  if (options.workloads.every((name) => name === LOGS.name)) return await benchLogs(options)
  const command: GatewellOptions = { command: options.gatewellCommand, env: {} }
  const all = [gatewell(command), nginx, haproxy, caddy, httpxy, httpProxy, fastify]
  const proxies = all.filter(({ name }) => options.proxies.includes(name))
  ensure(
    ['taskset', 'setpriv', 'prlimit', 'nginx', 'wrk', ...proxies.flatMap(({ program }): Program[] => (program === null ? [] : [program]))],
    step,
  )
  await takeTurn(() => process.stderr.write('Another bench is running on this machine: this one waits for it to end.\n'))
  const cores = takeCores()
  const stage = new Stage()
  try {
    const origin = await startOrigin(stage, cores.load)
    const load = WORKLOADS.find(({ name }) => name === options.workloads[0])?.load ?? HELLO
    if (options.isProfile) return await profile({ stage, cores, origin, load, seconds: options.seconds, command: options.gatewellCommand })
    const machine = describeMachine(proxies)
    print(`${sentenceOf(machine)}\n`)
    const bench: Bench = { stage, cores, origin, rounds: options.rounds, seconds: options.seconds, onStep: step }
    const results: Result[] = []
    const keep = (result: Result): void => {
      results.push(result)
      step('')
      print(asText(tableOf(result)))
    }
    const isWanted = ({ name }: { name: string }): boolean => options.workloads.includes(name)
    for (const workload of WORKLOADS.filter(isWanted)) keep({ ...workload, rows: await runRounds(bench, proxies, workload) })
    if (isWanted(ROUTES) && options.proxies.includes('gatewell')) keep({ ...ROUTES, rows: await runRounds(bench, routed(command), ROUTES) })
    let idle: readonly IdleRow[] = []
    if (isWanted(IDLE)) {
      idle = await runIdle(bench, proxies, { path: IDLE.load.path, count: IDLE.connections })
      step('')
      print(asText(idleTableOf(idle)))
    }
    let workers: readonly WorkersRow[] = []
    if (isWanted(WORKERS) && options.proxies.includes('gatewell')) {
      workers = await runWorkers(bench, command)
      step('')
      print(asText(workersTableOf(workers)))
    }
    let logs: readonly LogsRow[] = []
    if (isWanted(LOGS)) {
      ensure(['goaccess'], step)
      logs = await runLogs({ stage, core: cores.proxy, rounds: options.rounds, bytes: LOGS.bytes, onStep: step })
      step('')
      print(asText(logsTableOf(logs)))
    }
    const bars = [...barsOf(results, idle, workers), ...logsBarsOf(logs)]
    if (bars.length > 0) print(asText(barTableOf(bars)))
    if (options.isFull) print(`Kept in ${record({ machine, options, results, idle, workers, logs, bars })}`)
  } finally {
    await stage.clear()
  }
}

/** They need neither origin nor load. */
async function benchLogs({ rounds }: Options): Promise<void> {
  ensure(['taskset', 'goaccess'], step)
  const cores = takeCores()
  const stage = new Stage()
  try {
    const rows = await runLogs({ stage, core: cores.proxy, rounds, bytes: LOGS.bytes, onStep: step })
    step('')
    print(asText(logsTableOf(rows)))
    print(asText(barTableOf(logsBarsOf(rows))))
  } finally {
    await stage.clear()
  }
}

/** One line that is written over by the next, or nothing where no one looks on. */
function step(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`)
}

try {
  const options = parseOptions(process.argv.slice(2))
  if (options === 'help') process.stdout.write(HELP)
  else await main(options)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 2
}

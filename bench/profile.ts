/** `npm run bench -- --profile`: where the CPU time of Gatewell goes under a workload, function by function, for each of its processes. */
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import type { Profiler } from 'node:inspector'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Cores } from './core.ts'
import { errorsOf, type Load, runLoad } from './load.ts'
import { ownCpuUs, treeOf } from './measure.ts'
import type { Origin } from './origin.ts'
import { gatewell } from './proxy/gatewell.ts'
import { answering, freePort, type Stage } from './stage.ts'

export type ProfileOptions = {
  readonly stage: Stage
  readonly cores: Cores
  readonly origin: Origin
  readonly load: Load
  readonly seconds: number
  readonly command: string | null
}

type Spot = { readonly where: string; readonly name: string; selfUs: number }

const SPOTS_SHOWN = 40
const PROFILER = fileURLToPath(new URL('./profiler.ts', import.meta.url))
const SOURCES = fileURLToPath(new URL('..', import.meta.url))

export async function profile({ stage, cores, origin, load, seconds, command }: ProfileOptions): Promise<void> {
  const folder = stage.subfolder('profile')
  const env = { NODE_OPTIONS: `--import ${PROFILER}`, GATEWELL_PROFILE_FOLDER: folder }
  const place = { stage, core: cores.proxy, port: await freePort(), origin: origin.port, admin: await freePort(), folder }
  const started = gatewell({ command, env }).start(place)
  await answering(started, place.port, load.path)
  await runLoad(stage, cores.load, place.port, load, 2)
  const pids = treeOf(started.pid).filter(listens)
  if (pids.length === 0) throw new Error('The command started no Node process that could be profiled.')
  for (const pid of pids) process.kill(pid, 'SIGUSR2')
  const before = pids.map(ownCpuUs)
  const report = await runLoad(stage, cores.load, place.port, load, seconds)
  const costsUs = pids.map((pid, index) => (ownCpuUs(pid) - before[index]!) / report.requests)
  for (const pid of pids) process.kill(pid, 'SIGUSR2')
  print(`${report.requests} requests, ${errorsOf(report)} errors; being profiled is part of the cost\n`)
  for (const [index, pid] of pids.entries()) await show(folder, pid, costsUs[index]!)
  await stage.stop(started)
}

/** The profiler's clock runs on while other programs have the core, so its samples only say how to share out the CPU time. */
async function show(folder: string, pid: number, costUs: number): Promise<void> {
  const file = join(folder, `${pid}.cpuprofile`)
  for (let tries = 0; tries < 100 && !existsSync(file); tries++) await sleep(50)
  await sleep(200)
  const spots = spotsOf(JSON.parse(readFileSync(file, 'utf8'))).filter(({ selfUs }) => selfUs > 0)
  const busyUs = spots.reduce((sum, spot) => sum + spot.selfUs, 0)
  const kept = `gatewell-${pid}.cpuprofile`
  copyFileSync(file, kept)
  print(`process ${pid}: ${costUs.toFixed(2)} µs of CPU a request; ${kept} opens in Chromium's DevTools`)
  print('   self    µs/req  function')
  for (const { name, where, selfUs } of spots.slice(0, SPOTS_SHOWN)) {
    print(`${percent(selfUs / busyUs)}  ${((selfUs / busyUs) * costUs).toFixed(3).padStart(8)}  ${name}  ${where}`)
  }
  print('')
}

/** Self time by function, most expensive first. */
function spotsOf(profile: Profiler.Profile): readonly Spot[] {
  const spots = new Map<string, Spot>()
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]))
  profile.samples?.forEach((id, index) => {
    const frame = nodes.get(id)
    // Idle time is none of its cost, and neither is the profiler's own.
    if (frame === undefined || frame.functionName === '(idle)' || frame.url === 'node:inspector') return
    const where = frame.url === '' ? '' : `${frame.url.replace('file://', '').replace(SOURCES, '')}:${frame.lineNumber + 1}`
    const name = frame.functionName || '(anonymous)'
    const spot = spots.get(`${name} ${where}`) ?? { where, name, selfUs: 0 }
    spot.selfUs += Math.max(0, profile.timeDeltas?.[index + 1] ?? 0)
    spots.set(`${name} ${where}`, spot)
  })
  return [...spots.values()].sort((a, b) => b.selfUs - a.selfUs)
}

/** True where the profiler waits for its signal: SIGUSR2 would end any other process. */
function listens(pid: number): boolean {
  const caught = /^SigCgt:\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0'
  return ((BigInt(`0x${caught}`) >> 11n) & 1n) === 1n
}

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`.padStart(7)
const print = (line: string): void => void process.stdout.write(`${line}\n`)

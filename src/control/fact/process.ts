/**
 * Which process has a socket, and since when it runs. Sees those of the same user, or all as root.
 * Command lines are not kept: they may hold secrets.
 */
import { readdir, readFile, readlink } from 'node:fs/promises'
import type { ProcessFact } from '../../insight/diagnosis/diagnosis.ts'

/** A machine full of processes is looked through no further. */
const LINKS_MAX = 50_000
/** Linux tells times in these, whatever the kernel uses inside. */
const TICKS_PER_SECOND = 100
/** They run something else, which is what people know it by. */
const INTERPRETERS = /^(?:python[\d.]*|ruby[\d.]*|perl|php[\d.]*|sh|bash)$/

export async function findProcess(inode: string, signal: AbortSignal): Promise<ProcessFact | null> {
  const wanted = `socket:[${inode}]`
  let links = 0
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    if (signal.aborted) return null
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
    links += descriptors.length
    if (links > LINKS_MAX) return null
    const targets = await Promise.all(descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')))
    if (targets.includes(wanted)) return readProcess(Number(pid))
  }
  return null
}

async function readProcess(pid: number): Promise<ProcessFact | null> {
  const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
  const [stat, groups, command, boot] = await Promise.all([
    read('stat'),
    read('cgroup'),
    read('cmdline'),
    readFile('/proc/stat', 'utf8').catch(() => ''),
  ])
  const end = stat.lastIndexOf(')')
  if (end < 0) return null
  const short = stat.slice(stat.indexOf('(') + 1, end)
  const ticks = Number(stat.slice(end + 2).split(' ')[19])
  const bootedS = Number(/^btime (\d+)$/m.exec(boot)?.[1])
  const service = /([\w@.-]+)\.service$/m.exec(groups)?.[1]
  return {
    pid,
    name: nameOf(short, command),
    ...(Number.isFinite(ticks + bootedS) ? { startedAt: bootedS * 1_000 + (ticks / TICKS_PER_SECOND) * 1_000 } : {}),
    ...(service === undefined ? {} : { service }),
  }
}

/** Of what an interpreter runs no more than the file's name. */
export function nameOf(short: string, command: string): string {
  const [program = '', ...words] = command.split('\0').map((word) => word.split('/').at(-1) as string)
  // Node names its main thread.
  const name = short === 'MainThread' && program !== '' ? program : short
  if (!INTERPRETERS.test(name)) return name
  const module = words.indexOf('-m')
  const script = module >= 0 ? words[module + 1] : words.find((word) => word !== '' && !word.startsWith('-'))
  return script === undefined || !/^[\w.-]{1,40}$/.test(script) ? name : script
}

/** What this machine has left: memory, disk, descriptors, processor time. */
import { readdir, readFile, stat, statfs } from 'node:fs/promises'
import { availableParallelism, loadavg, userInfo } from 'node:os'
import type { DescriptorFact, DiskFact, LoadFact, MemoryFact, SocketFileFact } from '../../insight/diagnosis/diagnosis.ts'

const KIB = 1024

/** How many processes the kernel has killed for lack of memory since it started, on the machine or in this process's own group. */
export async function countKilled(): Promise<number> {
  const [machine, group] = await Promise.all([textOf('/proc/vmstat'), groupText('memory.events')])
  return Math.max(numberIn(machine, /^oom_kill (\d+)$/m), numberIn(group, /^oom_kill (\d+)$/m))
}

export async function readMemory(): Promise<Omit<MemoryFact, 'killed' | 'killedLately'> | null> {
  const [text, max, current] = await Promise.all([textOf('/proc/meminfo'), groupText('memory.max'), groupText('memory.current')])
  const totalBytes = numberIn(text, /^MemTotal:\s+(\d+) kB$/m) * KIB
  const availableBytes = numberIn(text, /^MemAvailable:\s+(\d+) kB$/m) * KIB
  if (totalBytes === 0) return null
  const limitBytes = Number.parseInt(max, 10)
  // `max` where there is no limit. What is in use includes caches, so that little left there is a hint and no more.
  if (!Number.isFinite(limitBytes) || limitBytes >= totalBytes) return { totalBytes, availableBytes }
  return { totalBytes: limitBytes, availableBytes: Math.min(availableBytes, Math.max(0, limitBytes - Number.parseInt(current, 10))) }
}

export async function readDisk(path: string): Promise<DiskFact | null> {
  const found = await statfs(path).catch(() => null)
  return found === null ? null : { path, freeBytes: found.bavail * found.bsize, totalBytes: found.blocks * found.bsize }
}

/** Of the process that has the most open. */
export async function readDescriptors(pids: readonly number[]): Promise<DescriptorFact | null> {
  const all = await Promise.all(
    pids.map(async (pid) => {
      const used = (await readdir(`/proc/${pid}/fd`).catch(() => [])).length
      return { used, limit: numberIn(await textOf(`/proc/${pid}/limits`), /^Max open files\s+(\d+)/m) }
    }),
  )
  return all.filter(({ limit }) => limit > 0).sort((a, b) => b.used / b.limit - a.used / a.limit)[0] ?? null
}

export function readLoad(): LoadFact {
  return { perMinute: Math.round((loadavg()[0] ?? 0) * 100) / 100, processors: availableParallelism() }
}

export async function readSocketFile(path: string): Promise<SocketFileFact> {
  const user = userInfo().username
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error.code ?? '')
  if (typeof found === 'string') return { path, user, kind: found === 'EACCES' ? 'hidden' : 'missing' }
  const [owner, group] = await Promise.all([nameOf('/etc/passwd', found.uid), nameOf('/etc/group', found.gid)])
  const mode = (found.mode & 0o7777).toString(8).padStart(4, '0')
  return { path, user, kind: found.isSocket() ? 'socket' : 'other', mode, owner, group }
}

async function nameOf(file: string, id: number): Promise<string> {
  const row = (await textOf(file)).split('\n').find((line) => line.split(':')[2] === `${id}`)
  return row?.split(':')[0] ?? `${id}`
}

/** Of the control group (version 2) that this process is in. */
async function groupText(name: string): Promise<string> {
  const path = /^0::(\/.*)$/m.exec(await textOf('/proc/self/cgroup'))?.[1]
  return path === undefined ? '' : textOf(`/sys/fs/cgroup${path}/${name}`)
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0)
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}

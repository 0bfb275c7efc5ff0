/**
 * What a process tree has cost, read from /proc (see proc(5)): CPU time with that of children that have ended, and resident memory.
 * Nothing here asks the measured process, so it costs it nothing.
 */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'

/** Linux shows CPU time to user space in hundredths of a second, whatever the kernel ticks at. */
const TICK_US = 10_000

type Stat = { readonly parent: number; readonly ticks: number }

export type CoreTime = { readonly busyUs: number; readonly allUs: number }

export function treeOf(root: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    const stat = Number.isNaN(pid) ? null : statOf(pid)
    if (stat !== null) parents.set(pid, stat.parent)
  }
  const tree = parents.has(root) ? [root] : []
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child)
  return tree
}

/** User and system time of the tree, and of all its children that ended and were waited for. */
export const cpuUs = (root: number): number => treeOf(root).reduce((sum, pid) => sum + ownCpuUs(pid), 0)

export const ownCpuUs = (pid: number): number => (statOf(pid)?.ticks ?? 0) * TICK_US

/** Forgets the highest resident size so far, so that `peakBytes` speaks of what follows. */
export function forgetPeak(root: number): void {
  for (const pid of treeOf(root)) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5')
    } catch {
      // A process that has just ended, or one whose memory is not ours to touch: its peak then counts from its start.
    }
  }
}

export const peakBytes = (root: number): number => memoryOf(root, 'VmHWM')
export const residentBytes = (root: number): number => memoryOf(root, 'VmRSS')

export function coreTime(core: number): CoreTime {
  const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? ''
  // user nice system idle iowait irq softirq steal; guest time is part of user.
  const fields = line.split(' ').slice(0, 8).map(Number)
  const all = fields.reduce((sum, ticks) => sum + ticks, 0)
  return { busyUs: (all - (fields[3] ?? 0) - (fields[4] ?? 0)) * TICK_US, allUs: all * TICK_US }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may hold anything, so count from its end: state is field 3, parent 4, utime 14 to cstime 17.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) }
  } catch {
    return null
  }
}

/** Resident memory of the tree. The pages of a program's file are there once, however many processes run it, so they count once. */
function memoryOf(root: number, field: 'VmHWM' | 'VmRSS'): number {
  const filePages = new Map<string, number>()
  let sum = 0
  for (const pid of treeOf(root)) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1')
      const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1_024
      const program = readlinkSync(`/proc/${pid}/exe`)
      sum += bytes(field) - bytes('RssFile')
      filePages.set(program, Math.max(filePages.get(program) ?? 0, bytes('RssFile')))
    } catch {
      // It has just ended, and holds nothing any more.
    }
  }
  return [...filePages.values()].reduce((total, bytes) => total + bytes, sum)
}

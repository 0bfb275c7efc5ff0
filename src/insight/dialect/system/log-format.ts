/** What the kernel, systemd and Kubernetes have to say that explains a failure: killed, crashed, out of room. */
import type { LogFormat } from '../../log/format.ts'
import { cut, defined, numberOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { instant, monthOf } from '../../log/log-time.ts'

const DMESG = /^\[([A-Z][a-z]{2}) ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})\] (.*)$/s
/** Seconds since the machine started say nothing without it. */
const UPTIME = /^(?:kernel: )?\[ *\d+\.\d+\] /
const WORDS = [
  /^(?:Memory cgroup out of memory|Out of memory): Kill/,
  /^oom-kill:/,
  /^\S+ invoked oom-killer/,
  /^oom_reaper: /,
  /nf_conntrack: .*table full/,
  /^TCP: request_sock_TCP: Possible SYN flooding/,
  /^(?:TCP: )?out of memory -- consider tuning tcp_mem/,
  /^\S+\[\d+\]: segfault at /,
  /^traps: \S+\[\d+\] /,
  /^VFS: file-max limit \d+ reached/,
  /^\S+\.service: (?:Main process exited|Control process exited|A process of this unit has been killed)/,
  /^\S+\.service: (?:Failed with result|Scheduled restart)/,
  /^[^"]*(?:OOMKilled|CrashLoopBackOff|Readiness probe failed|Liveness probe failed)/,
]
const MESSAGE_MAX = 2_000

function parse(line: string): LogEntry | null {
  const dmesg = DMESG.exec(line)
  const text = (dmesg?.[8] ?? line).replace(UPTIME, '')
  const head = text.slice(0, 400)
  if (!WORDS.some((words) => words.test(head))) return null
  const time = dmesg === null ? Number.NaN : instant(dmesg[7] ?? '', monthOf(dmesg[2] ?? ''), dmesg[3] ?? '', ...clockOf(dmesg))
  const pid = /(?:Killed process|Kill process|^\S+\[)\s*(\d+)/.exec(text)?.[1]
  const entry = {
    dialect: 'system',
    kind: 'error',
    timeMs: time,
    isLocal: dmesg !== null,
    pid: numberOf(pid),
    message: cut(text, MESSAGE_MAX),
  }
  return defined(entry as LogEntry)
}

function clockOf([, , , , hour = '', minute = '', second = '']: RegExpExecArray): [string, string, string] {
  return [hour, minute, second]
}

export const SYSTEM_FORMATS: readonly LogFormat[] = [
  { name: 'system', title: 'system log', dialect: 'system', kind: 'error', specificity: 1, parse },
]

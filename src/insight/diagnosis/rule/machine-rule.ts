/** What the machine, the app's process and what it depends on have to do with it. */

import type { CauseId } from '../../../causes/catalogue.ts'
import { sizeText } from '../../../std/quantity-text.ts'
import { numberOf } from '../case.ts'
import type { Rule } from '../rule.ts'
import { spanText } from '../wording.ts'

const JUST_NOW_MS = 15_000
const LATELY_MS = 120_000
const JUST_BEFORE_MS = 1_000
const MEMORY_SHARE_MIN = 0.05
const DISK_SHARE_MIN = 0.01
const DISK_BYTES_MIN = 64 * 1024 * 1024
const LOAD_MAX = 2
const DESCRIPTOR_SHARE = 0.9

const BROKEN: readonly CauseId[] = ['reset-before-response', 'closed-before-response', 'truncated-body', 'request-write-failed']
const SLOW: readonly CauseId[] = ['response-timeout', 'deadline-exceeded', 'idle-timeout', 'request-write-timeout', 'overload-shed']
const OF_APP: readonly CauseId[] = [...BROKEN, ...SLOW, 'upstream-5xx', 'upstream-overloaded', 'no-healthy-upstream', 'connect-refused']

export const MACHINE_RULES: readonly Rule[] = [
  {
    name: 'dependency-down',
    causes: OF_APP,
    looksAt: '`dependencies` of the upstream: whether each of them answers',
    speaks: 'own',
    strength: 'proof',
    see: ({ facts, record }) => {
      const down = facts.dependencies?.find(({ isUp }) => !isUp)
      if (down === undefined) return null
      return {
        value: down.url,
        says: `${record.upstream} depends on it, and it does not answer (${down.says})`,
        summary: `${record.upstream} depends on ${down.url}, and that does not answer (${down.says}): this is where to begin.`,
        remedies: [{ do: `Bring ${down.url} back.`, when: '', command: dependencyCommand(down.url) }],
      }
    },
  },
  {
    name: 'dependencies-up',
    causes: ['upstream-5xx', 'upstream-overloaded'],
    looksAt: '`dependencies` of the upstream: whether all of them answer',
    speaks: 'own',
    strength: 'hint',
    see: ({ facts }) => {
      const { dependencies = [] } = facts
      return dependencies.length > 0 && dependencies.every(({ isUp }) => isUp)
        ? { value: dependencies.length, says: 'so many services that it depends on were asked, and all of them answer' }
        : null
    },
  },
  {
    name: 'process-new',
    causes: BROKEN,
    looksAt: 'since when the process runs that listens at the endpoint',
    speaks: 'own',
    strength: 'clear',
    see: ({ facts, record }) => {
      const process = facts.listeners?.find((one) => one.process?.startedAt !== undefined)?.process
      if (process === undefined || Math.abs((process.startedAt ?? 0) - record.endedAt) > JUST_NOW_MS) return null
      const says = 'this process listens there and was started only around that time, so that the one before it had ended'
      return {
        value: `${process.name} ${process.pid}`,
        says,
        summary: `The app was started anew around that time: the process before had ended.`,
      }
    },
  },
  {
    name: 'killed-for-memory',
    causes: [...BROKEN, 'connect-refused', 'no-healthy-upstream'],
    looksAt: "the kernel's count of processes killed for lack of memory",
    speaks: 'own',
    strength: 'clear',
    see: ({ facts }) => {
      const { killedLately = 0 } = facts.memory ?? {}
      if (killedLately === 0) return null
      return {
        value: killedLately,
        says: 'so many processes were killed by the kernel just now for lack of memory',
        summary: 'The kernel has just killed a process for lack of memory.',
        remedies: [
          {
            do: 'Give the app more memory, or run fewer workers.',
            when: '',
            command: "journalctl -k | grep -i 'killed process'",
          },
        ],
      }
    },
  },
  {
    name: 'memory-short',
    causes: [...BROKEN, ...SLOW, 'local-resource-exhausted', 'connect-refused'],
    looksAt: 'the memory that is left on this machine',
    speaks: 'own',
    strength: 'hint',
    see: ({ facts: { memory } }) =>
      memory !== undefined && memory.availableBytes < memory.totalBytes * MEMORY_SHARE_MIN
        ? { value: sizeText(memory.availableBytes), says: `of ${sizeText(memory.totalBytes)} of memory no more is left` }
        : null,
  },
  {
    name: 'disk-full',
    causes: [...BROKEN, ...SLOW, 'upstream-5xx'],
    looksAt: 'the space that is left on the disk',
    speaks: 'own',
    strength: 'clear',
    see: ({ facts: { disk } }) => {
      if (disk === undefined || (disk.freeBytes > disk.totalBytes * DISK_SHARE_MIN && disk.freeBytes > DISK_BYTES_MIN)) return null
      return {
        value: sizeText(disk.freeBytes),
        says: `no more is left on the disk of ${disk.path}`,
        summary: `The disk of ${disk.path} is full.`,
        remedies: [{ do: 'Free some space.', when: '', command: 'df -h; du -xh --max-depth=2 / | sort -h | tail' }],
      }
    },
  },
  {
    name: 'load-high',
    causes: SLOW,
    looksAt: 'the load of this machine and its processors, where the endpoint is on it',
    speaks: 'own',
    strength: 'hint',
    see: ({ facts: { load, isLocal } }) =>
      isLocal && load !== undefined && load.perMinute > load.processors * LOAD_MAX
        ? { value: load.perMinute, says: `that is the load of this machine, which has ${load.processors} processors` }
        : null,
  },
  {
    name: 'busy-elsewhere',
    causes: ['response-timeout', 'deadline-exceeded'],
    looksAt: 'how many requests the endpoint worked on at that moment',
    speaks: 'own',
    strength: 'hint',
    see: (one) => {
      const inflight = numberOf(one, 'inflight') ?? 0
      return inflight > 8 ? { value: inflight, says: 'so many requests were waiting for it at that moment: it does not keep up' } : null
    },
  },
  {
    name: 'descriptors-used',
    causes: ['fd-exhaustion'],
    looksAt: 'the file descriptors of Gatewell that are open, and how many may be',
    speaks: 'own',
    strength: 'hint',
    see: ({ facts: { descriptors } }) =>
      descriptors !== undefined && descriptors.used > descriptors.limit * DESCRIPTOR_SHARE
        ? { value: descriptors.used, says: `so many of ${descriptors.limit} file descriptors are open` }
        : null,
  },
  {
    name: 'changed-lately',
    causes: [
      ...OF_APP,
      'connect-timeout',
      'malformed-response',
      'header-too-large',
      'route-not-found',
      'gateway-config',
      'gateway-internal',
    ],
    looksAt: 'reloads, drains, moves of names and starts in the two minutes before',
    speaks: 'own',
    strength: 'note',
    see: ({ facts, record }) => {
      const beganAt = record.endedAt - record.ms
      const change = facts.changes?.findLast(({ at }) => at <= record.endedAt && at > beganAt - LATELY_MS)
      if (change === undefined) return null
      const agoMs = beganAt - change.at
      const before = agoMs < 0 ? 'while it was under way' : agoMs < JUST_BEFORE_MS ? 'just before' : `${spanText(agoMs)} before`
      const says = `this happened ${before}`
      // That Gatewell itself has begun explains nothing behind it.
      return change.kind === 'start' ? { value: change.text, says } : { value: change.text, says, summary: `${change.text} ${before}.` }
    },
  },
]

function dependencyCommand(url: string): string {
  const [, scheme = '', host = '', port = ''] = /^(\w+):\/\/\[?([^\]/]+?)\]?(?::(\d+))?(?:\/|$)/.exec(url) ?? []
  if (scheme === 'postgres' || scheme === 'postgresql') return `pg_isready -h ${host} -p ${port || 5432}; journalctl -u postgresql -n 50`
  if (scheme === 'redis') return `redis-cli -h ${host} -p ${port || 6379} ping; journalctl -u redis -n 50`
  return `nc -vz -w 3 ${host} ${port}`
}

/** Rules for what runs the app: PHP-FPM and gunicorn. */
import { argument } from '../../dialect/directive.ts'
import type { GunicornService } from '../../dialect/gunicorn/config-service.ts'
import { isLoopbackHost, targetText } from '../../dialect/hop.ts'
import { type FpmConfig, type FpmPool, fpmLine } from '../../dialect/php-fpm/config-pool.ts'
import { bytesText, readCount, readSeconds, secondsText } from '../../dialect/quantity.ts'
import type { Chain, Link } from '../chain.ts'
import { changeAt, type Hit, type Rule } from '../rule.ts'
import { nameOf, said } from '../wording.ts'

const MIB = 1024 ** 2
/** What a child of a common PHP app takes, where the pool sets no memory_limit. */
const CHILD_BYTES = 64 * MIB
/** What the machine itself and its other services need. */
const RESERVE_SHARE = 0.2

export const APP_RULES: readonly Rule[] = [
  {
    id: 'fpm-children-exceed-memory',
    cause: 'worker-oom-killed',
    severity: 'warning',
    server: 'php-fpm',
    compares: '`pm.max_children` times the memory of a child with that of the machine (`--memory`, or this one for files in /etc)',
    because:
      'In a rush all children are at work at once. The memory runs out, and the kernel ends one of them in the middle of a request: 502.',
    find: findExceeding,
  },
  {
    id: 'fpm-requests-without-end',
    cause: 'worker-pool-exhausted',
    severity: 'warning',
    server: 'php-fpm',
    compares: '`max_execution_time` without limit with `request_terminate_timeout`, which is off',
    because: 'Nothing ever ends a request that hangs. Each of them keeps its child, until none is left.',
    find: ({ fpm }) => fpm.flatMap(({ pools }) => pools.flatMap(findEndless)),
  },
  {
    id: 'fpm-reload-kills',
    cause: 'closed-before-response',
    severity: 'note',
    server: 'php-fpm',
    compares: 'reloads with `process_control_timeout`, which is 0 unless set',
    because: 'At a reload PHP-FPM ends its children at once, in the middle of their requests: a handful of 502 at each deploy.',
    find: ({ fpm }) => fpm.flatMap(findHardReload),
  },
  {
    id: 'fpm-client-not-allowed',
    cause: 'reset-before-response',
    severity: 'warning',
    server: 'php-fpm',
    compares: '`listen.allowed_clients` with a proxy that connects from another machine',
    because: 'PHP-FPM closes connections from addresses that are not on its list, at once and with a line in its own log only.',
    find: ({ links }) => links.flatMap(findDisallowed),
  },
  {
    id: 'gunicorn-one-worker',
    cause: 'worker-pool-exhausted',
    severity: 'note',
    server: 'gunicorn',
    compares: 'one worker without threads with visitors who come at the same time',
    because: 'It works on one request at a time. All others wait, also those that ask for its health.',
    find: ({ gunicorn }) => gunicorn.flatMap(findOneWorker),
  },
  {
    id: 'gunicorn-graceful-shorter',
    cause: 'closed-before-response',
    severity: 'note',
    server: 'gunicorn',
    compares: '`graceful_timeout` with the longer `timeout`',
    because: 'At a restart requests that are under way are ended after graceful_timeout, although they may take longer.',
    find: ({ gunicorn }) => gunicorn.flatMap(findShortGrace),
  },
]

/** The pools of one machine share its memory. */
function findExceeding({ fpm, facts }: Chain): Hit[] {
  const { memoryBytes } = facts
  const pools = fpm.flatMap((config) => config.pools).filter(({ children }) => children !== null)
  const needs = pools.map(({ children, memoryLimit }) => children!.value * childBytes(memoryLimit?.value))
  const total = needs.reduce((sum, need) => sum + need, 0)
  if (memoryBytes === null || total <= memoryBytes * (1 - RESERVE_SHARE)) return []
  const most = needs.reduce((max, need) => Math.max(max, need), 0)
  const largest = pools[needs.indexOf(most)]!
  const children = largest.children!
  const share = children.value * childBytes(largest.memoryLimit?.value)
  const room = Math.max(share * ((memoryBytes * (1 - RESERVE_SHARE)) / total), childBytes(largest.memoryLimit?.value))
  const limit = largest.memoryLimit?.value === Number.POSITIVE_INFINITY ? null : largest.memoryLimit
  const who =
    pools.length === 1
      ? `${children.value} children`
      : `The children of ${pools.length} pools, ${children.value} of them in ${largest.name},`
  const each = limit === null ? `${bytesText(CHILD_BYTES)}, as common apps do` : `up to ${said(limit)}`
  return [
    {
      place: children.place,
      other: limit?.place,
      message: `${who} take ${mebibytes(total)} if each takes ${each}; the machine has ${mebibytes(memoryBytes)}.`,
      fix: 'Measure what a child takes (ps -o rss= -C php-fpm8.2), and divide the memory that is left for PHP by it.',
      change: changeAt(children.place, true, `pm.max_children = ${Math.max(1, Math.floor(room / childBytes(largest.memoryLimit?.value)))}`),
    },
  ]
}

function childBytes(limit: number | undefined): number {
  return limit === undefined || limit === Number.POSITIVE_INFINITY ? CHILD_BYTES : limit
}

function mebibytes(bytes: number): string {
  return bytes >= 1024 * MIB ? `${(bytes / 1024 / MIB).toFixed(1)} GiB` : `${Math.round(bytes / MIB)} MiB`
}

function findEndless({ section, scriptTime, work }: FpmPool): Hit[] {
  if (scriptTime?.value !== Number.POSITIVE_INFINITY || work?.value !== Number.POSITIVE_INFINITY) return []
  const line = fpmLine({ section }, 'request_terminate_timeout')
  return [
    {
      place: scriptTime.place,
      other: line?.place,
      message: 'A script may run for ever, and PHP-FPM does not end its request.',
      fix: 'Set a limit, a little below the read timeout of the proxy in front.',
      change: changeAt((line ?? scriptTime).place, line !== null, 'request_terminate_timeout = 55s'),
    },
  ]
}

function findHardReload({ global }: FpmConfig): Hit[] {
  if (global === null) return []
  const line = fpmLine({ section: global }, 'process_control_timeout')
  if (line !== null && readSeconds(line.words[0]?.text ?? '') !== 0) return []
  return [
    {
      place: line?.place ?? global.place,
      message: `A reload does not wait for requests that are under way${line === null ? ' (the default of process_control_timeout)' : ''}.`,
      fix: 'Give them time to finish.',
      change: changeAt(line?.place ?? global.place, line !== null, 'process_control_timeout = 10s'),
    },
  ]
}

function findDisallowed({ hop, target, service }: Link): Hit[] {
  if (service.server !== 'php-fpm' || target.kind !== 'tcp' || isLoopbackHost(target.host)) return []
  const line = fpmLine(service as FpmPool, 'listen.allowed_clients')
  const allowed = (line === null ? '' : argument(line)).split(/[\s,]+/).filter((word) => word !== '')
  if (line === null || allowed.length === 0 || allowed.includes('any') || !allowed.every(isLoopbackHost)) return []
  return [
    {
      place: line.place,
      other: target.place,
      message: `Only ${allowed.join(', ')} may connect, and ${nameOf(hop.server)} connects to ${targetText(target)} from elsewhere.`,
      fix: `Add the address of ${nameOf(hop.server)}.`,
    },
  ]
}

function findOneWorker({ settings, workerClass, isCommand }: GunicornService): Hit[] {
  const workers = settings.get('workers')
  if (workerClass !== 'sync' || workers === undefined || readCount(workers.words[0]?.text ?? '') !== 1) return []
  return [
    {
      place: workers.place,
      message: 'One worker of the class sync works on one request at a time.',
      fix: 'Have two for each processor and one more, or threads.',
      change: isCommand ? undefined : changeAt(workers.place, false, 'threads = 8'),
    },
  ]
}

const GRACE_S = 30

function findShortGrace({ settings, work, place, isCommand }: GunicornService): Hit[] {
  const line = settings.get('graceful_timeout')
  const grace = line === undefined ? GRACE_S : readSeconds(line.words[0]?.text ?? '')
  if (work === null || grace === null || work.value <= grace || work.value === Number.POSITIVE_INFINITY) return []
  return [
    {
      place: line?.place ?? work.place ?? place,
      other: line === undefined ? undefined : work.place,
      message: `A request may take ${secondsText(work.value)}, and a restart gives it ${secondsText(grace)}${line === undefined ? ' (the default of graceful_timeout)' : ''}.`,
      fix: 'Give requests as long at a restart as they have otherwise, and systemd as long as that (TimeoutStopSec).',
      change: isCommand ? undefined : changeAt(line?.place ?? work.place, line !== undefined, `graceful_timeout = ${work.value}`),
    },
  ]
}

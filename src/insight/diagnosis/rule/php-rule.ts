/** What a pool of PHP-FPM tells of itself. */
import type { CauseId } from '../../../causes/catalogue.ts'
import type { PhpFact } from '../diagnosis.ts'
import type { Rule } from '../rule.ts'

const SLOW: readonly CauseId[] = ['response-timeout', 'deadline-exceeded', 'connect-timeout', 'backlog-overflow', 'overload-shed']
const FAILED: readonly CauseId[] = ['upstream-5xx', 'upstream-overloaded', 'closed-before-response', 'reset-before-response']

export const PHP_RULES: readonly Rule[] = [
  {
    name: 'php-workers-busy',
    causes: [...SLOW, ...FAILED],
    looksAt: '`phpStatus` of the upstream: whether a worker of its pool is idle, and whether requests wait for one',
    speaks: 'own',
    strength: 'clear',
    see: ({ facts: { php } }) => {
      if (php === undefined || php.idle > 0 || php.active === 0) return null
      const queue = php.queued === 0 ? '' : `, and ${php.queued} ${php.queued === 1 ? 'request waits' : 'requests wait'} for one`
      return {
        value: php.active,
        says: `so many PHP workers has the pool ${php.pool}, and all are busy${queue}`,
        summary: `All ${php.active} PHP workers of the pool ${php.pool} are busy${queue}.`,
        remedies: [
          {
            do: 'Allow more PHP workers, as many as memory allows.',
            when: '',
            command: `pm.max_children = ${Math.max(10, php.active * 2)}`,
          },
          SLOW_LOG,
        ],
      }
    },
  },
  {
    name: 'php-limit-reached',
    causes: [...SLOW, ...FAILED],
    looksAt: '`phpStatus` of the upstream: how often its pool had as many workers as it may',
    speaks: 'own',
    strength: 'hint',
    see: ({ facts: { php } }) =>
      php !== undefined && php.idle > 0 && php.maxReached > 0
        ? {
            value: php.maxReached,
            says: `so often the pool ${php.pool} had as many PHP workers as it may since it was started`,
            remedies: [slowOr(php)],
          }
        : null,
  },
]

const SLOW_LOG = {
  do: 'Find out which scripts keep them so long.',
  when: '',
  command: 'request_slowlog_timeout = 5s  # slowlog = /var/log/php-slow.log',
}

function slowOr({ slow }: PhpFact): typeof SLOW_LOG {
  return slow > 0
    ? { ...SLOW_LOG, do: `Read which scripts were slow: ${slow} have been.`, command: 'tail -n 100 /var/log/php-slow.log' }
    : SLOW_LOG
}

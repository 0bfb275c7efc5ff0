/**
 * What PHP-FPM and PHP say, and the cause it stands for. PHP-FPM never names a failed request: it says why others saw one fail, in the
 * same second. A pool with `pm = static` says nothing when all of its children are busy.
 */
import type { Pattern } from '../../log/pattern.ts'
import { DEPENDENCY_SIGN } from '../dependency-sign.ts'

export const PHP_FPM_PATTERNS: readonly Pattern[] = [
  {
    when: /server reached (?:pm\.)?max_children setting/,
    cause: 'worker-pool-exhausted',
    confidence: 0.98,
    note: 'all children of the pool are busy; it says so once, when it begins',
    about: 'event',
  },
  {
    when: /seems busy \(you may need to increase pm\.start_servers/,
    cause: 'worker-pool-exhausted',
    confidence: 0.8,
    note: 'more comes than the pool has children for; it is starting more',
    about: 'event',
  },
  {
    when: /The maximum number of processes has been reached/,
    cause: 'worker-pool-exhausted',
    confidence: 0.97,
    note: 'process.max, which counts all pools, is reached',
    about: 'event',
  },
  {
    when: /execution timed out \(\S+ sec\), terminating/,
    cause: 'script-timeout',
    confidence: 0.98,
    note: 'request_terminate_timeout ended the script: the front sees a reset, not a timeout',
    about: 'event',
  },
  {
    when: /exited on signal 15 \(SIGTERM/,
    cause: 'script-timeout',
    confidence: 0.8,
    note: 'the child was told to end in the middle of a request',
    about: 'event',
  },
  {
    when: /exited on signal 9 \(SIGKILL/,
    cause: 'worker-oom-killed',
    confidence: 0.9,
    note: 'the child was killed: as a rule by the kernel, for its memory',
    about: 'event',
  },
  {
    when: /exited on signal \d+/,
    cause: 'worker-crashed',
    confidence: 0.97,
    note: 'the child crashed',
    about: 'event',
  },
  { when: /exited with code 0\b/, cause: null, confidence: 1, note: 'a child ended in good order and was replaced', about: 'event' },
  {
    when: /exited with code \d+/,
    cause: 'worker-crashed',
    confidence: 0.85,
    note: 'the child ended with an error',
    about: 'event',
  },
  {
    when: /failed processes threshold/,
    cause: 'worker-crashed',
    confidence: 0.95,
    note: 'so many children crashed that all are started anew (emergency_restart_threshold)',
    about: 'event',
  },
  {
    when: /executing too slow/,
    cause: 'response-timeout',
    confidence: 0.85,
    note: 'the script takes longer than request_slowlog_timeout; the slow log has its stack',
    about: 'event',
    explains: ['response-timeout'],
    withinMs: 60_000,
  },
  {
    when: /fork\(\) failed|unable to malloc new child/,
    cause: 'local-resource-exhausted',
    confidence: 0.95,
    note: 'the machine lets PHP-FPM start no more processes',
    about: 'event',
    explains: ['response-timeout', 'connect-timeout', 'backlog-overflow'],
    withinMs: 10_000,
  },
  {
    when: /^(?:Terminating \.\.\.|exiting, bye-bye!|Reloading in progress|reloading: execvp\()/,
    cause: 'upstream-draining',
    confidence: 0.85,
    note: 'PHP-FPM is stopping or reloading; with process_control_timeout = 0 it cuts off what its children do',
    about: 'event',
    explains: ['reset-before-response', 'closed-before-response', 'truncated-body', 'socket-missing', 'connect-refused'],
    withinMs: 3_000,
  },
  {
    when: new RegExp(DEPENDENCY_SIGN),
    cause: 'dependency-down',
    confidence: 0.85,
    note: 'the app could not reach something that it needs',
    about: 'event',
  },
  {
    when: /^PHP (?:Fatal error|Parse error)/,
    cause: 'upstream-5xx',
    confidence: 0.85,
    note: 'a script ended in an error, which its message names',
    about: 'event',
  },
]

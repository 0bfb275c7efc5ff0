/** What gunicorn says of its workers, and the cause it stands for. It never names a failed request: it says why the front saw one fail. */
import type { Pattern } from '../../log/pattern.ts'
import { DEPENDENCY_SIGN } from '../dependency-sign.ts'

export const GUNICORN_PATTERNS: readonly Pattern[] = [
  {
    when: /WORKER TIMEOUT \(pid:/,
    cause: 'script-timeout',
    confidence: 0.98,
    note: 'a worker was silent for longer than --timeout (30 s unless set), and was killed',
    about: 'event',
  },
  {
    when: /was sent SIGKILL! Perhaps out of memory|was terminated due to signal 9\b/,
    cause: 'worker-oom-killed',
    confidence: 0.8,
    note: 'a worker was killed: as a rule for its memory, or right after its timeout',
    about: 'event',
  },
  {
    when: /Worker (?:\(pid:\d+\)|with pid \d+) was (?:sent SIG(?!KILL|TERM|INT|QUIT|HUP)|terminated due to signal (?:4|6|7|8|11)\b)/,
    cause: 'worker-crashed',
    confidence: 0.95,
    note: 'a worker crashed',
    about: 'event',
  },
  {
    when: /Worker failed to boot|Exception in worker process|Worker \(pid:\d+\) exited with code [1-9]/,
    cause: 'worker-crashed',
    confidence: 0.93,
    note: 'a worker did not start, or ended with an error',
    about: 'event',
    explains: ['connect-refused', 'closed-before-response', 'reset-before-response'],
    withinMs: 10_000,
  },
  {
    when: /Connection in use: /,
    cause: 'connect-refused',
    confidence: 0.75,
    note: 'gunicorn did not start, because its port is taken',
    about: 'event',
    explains: ['connect-refused'],
    withinMs: 60_000,
  },
  {
    when: /^Handling signal: (?:term|int|quit|hup)/,
    cause: 'upstream-draining',
    confidence: 0.85,
    note: 'gunicorn is stopping or reloading',
    about: 'event',
  },
  {
    when: new RegExp(`(?:Error handling request|Socket error processing request).*(?:${DEPENDENCY_SIGN})`, 's'),
    cause: 'dependency-down',
    confidence: 0.85,
    note: 'the app could not reach something that it needs',
    about: 'event',
    explains: ['upstream-5xx', 'closed-before-response', 'reset-before-response'],
    withinMs: 2_000,
  },
  {
    when: /^(?:Error handling|Socket error processing) request/,
    cause: 'upstream-5xx',
    confidence: 0.9,
    note: 'the app ended in an error, which its traceback names',
    about: 'event',
    explains: ['upstream-5xx'],
    withinMs: 2_000,
  },
]

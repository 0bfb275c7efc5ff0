/** What uWSGI says of requests and of its workers, and the cause it stands for. */
import type { Pattern } from '../../log/pattern.ts'

export const UWSGI_PATTERNS: readonly Pattern[] = [
  {
    when: ({ kind, status }) => kind === 'access' && status === 503,
    cause: 'upstream-overloaded',
    confidence: 0.8,
    note: 'the app said 503',
  },
  {
    when: ({ kind, status = 0 }) => kind === 'access' && status >= 500,
    cause: 'upstream-5xx',
    confidence: 0.95,
    note: 'the app said it itself',
  },
  { when: /HARAKIRI ON WORKER/, cause: 'script-timeout', confidence: 0.98, note: 'a request took longer than harakiri', about: 'event' },
  {
    when: /uWSGI listen queue of socket .* full/,
    cause: 'backlog-overflow',
    confidence: 0.97,
    note: 'the queue of the port is full: uWSGI does not take connections as fast as they come',
    about: 'event',
    explains: ['connect-timeout', 'connect-refused', 'backlog-overflow', 'response-timeout'],
    withinMs: 10_000,
  },
  {
    when: /^DAMN ! worker \d+ \(pid: \d+\) died, killed by signal 9\b/,
    cause: 'worker-oom-killed',
    confidence: 0.8,
    note: 'a worker was killed: as a rule for its memory',
    about: 'event',
  },
  {
    when: /^DAMN ! worker|^!!! uWSGI process \d+ got Segmentation Fault/,
    cause: 'worker-crashed',
    confidence: 0.95,
    note: 'a worker crashed',
    about: 'event',
  },
  {
    when: /^SIGPIPE: writing to a closed/,
    cause: 'client-closed',
    confidence: 0.7,
    note: 'whoever asked had left: the visitor, or a proxy that waits for a shorter time than the app takes',
    about: 'event',
  },
  {
    when: /^bind\(\): Address already in use/,
    cause: 'connect-refused',
    confidence: 0.75,
    note: 'uWSGI did not start, because its port is taken',
    about: 'event',
    explains: ['connect-refused'],
    withinMs: 60_000,
  },
  {
    when: /^(?:SIG\w+\/SIG\w+ received\.\.\.killing|\.\.\.gracefully killing|goodbye to uWSGI)/,
    cause: 'upstream-draining',
    confidence: 0.85,
    note: 'uWSGI is stopping or reloading',
    about: 'event',
  },
]

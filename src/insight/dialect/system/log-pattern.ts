/** What the kernel, systemd and Kubernetes say that explains failures in other logs. Never a failed request by itself. */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

function event(when: RegExp, cause: KnownCauseId | null, confidence: number, note: string, more: Partial<Pattern> = {}): Pattern {
  return { when, cause, confidence, note, about: 'event', ...more }
}

export const SYSTEM_PATTERNS: readonly Pattern[] = [
  event(/[Oo]ut of memory: Kill|OOMKilled/, 'worker-oom-killed', 0.97, 'the kernel killed a process for its memory'),
  event(/^oom-kill:|invoked oom-killer|^oom_reaper:/, null, 1, 'the line that follows names whom it killed'),
  event(/nf_conntrack: .*table full/, 'connect-timeout', 0.93, 'the table of connections is full, so that packets are dropped', {
    explains: ['connect-timeout', 'response-timeout'],
    withinMs: 30_000,
  }),
  event(
    /Possible SYN flooding/,
    'backlog-overflow',
    0.9,
    'the queue of the port is full: the app does not take connections as fast as they come',
    {
      explains: ['connect-timeout', 'backlog-overflow'],
      withinMs: 60_000,
    },
  ),
  event(/out of memory -- consider tuning tcp_mem/, 'local-resource-exhausted', 0.93, 'the memory for connections is used up'),
  event(/: segfault at |^traps: /, 'worker-crashed', 0.95, 'a process crashed'),
  event(/VFS: file-max limit/, 'fd-exhaustion', 0.95, 'the machine has no file descriptors left'),
  event(/Main process exited, code=killed, status=9/, 'worker-oom-killed', 0.75, 'the service was killed: as a rule for its memory'),
  event(
    /(?:Main|Control) process exited, code=(?:killed|dumped)|Main process exited, code=exited, status=(?!0\b)/,
    'worker-crashed',
    0.9,
    'the service crashed',
  ),
  event(
    /A process of this unit has been killed by the OOM/,
    'worker-oom-killed',
    0.97,
    'a process of the service was killed for its memory',
  ),
  event(/CrashLoopBackOff/, 'worker-crashed', 0.93, 'the container crashes again and again', {
    explains: ['connect-refused', 'no-endpoints'],
    withinMs: 300_000,
  }),
  event(/Readiness probe failed/, 'no-endpoints', 0.85, 'the pod is not ready, so nobody is sent there', {
    explains: ['no-endpoints', 'no-healthy-upstream'],
    withinMs: 60_000,
  }),
  event(/Liveness probe failed/, 'worker-crashed', 0.8, 'the container is started anew, because its liveness probe fails'),
]

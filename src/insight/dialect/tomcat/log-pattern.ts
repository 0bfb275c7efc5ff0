/** What Tomcat says, and the cause it stands for. After its source. */
import type { Pattern } from '../../log/pattern.ts'

export const TOMCAT_PATTERNS: readonly Pattern[] = [
  {
    when: /All threads \(\d+\) are currently busy|Maximum number of threads \(\d+\) created for connector/,
    cause: 'worker-pool-exhausted',
    confidence: 0.96,
    note: 'all threads are busy (maxThreads)',
    about: 'event',
  },
  {
    // A TLS record begins with 22, and the version.
    when: /Error parsing HTTP request header.*Invalid character found in method name \[0x160x03/s,
    cause: 'tls-to-plaintext-port',
    confidence: 0.9,
    note: 'somebody spoke TLS to a port that does not',
    about: 'event',
    explains: ['tls-handshake-failed', 'malformed-response', 'closed-before-response'],
    withinMs: 2_000,
  },
  {
    when: /Address already in use|Port \d+ (?:was|is) already in use/,
    cause: 'connect-refused',
    confidence: 0.75,
    note: 'Tomcat did not start, because its port is taken',
    about: 'event',
    explains: ['connect-refused'],
    withinMs: 60_000,
  },
]

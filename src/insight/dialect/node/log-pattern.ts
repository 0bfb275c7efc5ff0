/** Why Node ended, and the cause it stands for. */
import type { Pattern } from '../../log/pattern.ts'

export const NODE_PATTERNS: readonly Pattern[] = [
  {
    when: /^FATAL ERROR: .*JavaScript heap out of memory/,
    cause: 'worker-crashed',
    confidence: 0.97,
    note: 'Node ended, because its heap was full (--max-old-space-size)',
    about: 'event',
  },
  {
    when: /^Error: listen E(?:ADDRINUSE|ACCES|ADDRNOTAVAIL)/,
    cause: 'connect-refused',
    confidence: 0.75,
    note: 'the app did not start, because its port is taken or may not be had',
    about: 'event',
    explains: ['connect-refused'],
    withinMs: 60_000,
  },
  {
    when: /^Node\.js v/,
    cause: 'worker-crashed',
    confidence: 0.9,
    note: 'the app ended on an error that it did not catch',
    about: 'event',
  },
]

/** What the line of an access log proves that several servers write: hardly anything, and so it says hardly anything. */
import type { Pattern } from '../../log/pattern.ts'

export const PLAIN_PATTERNS: readonly Pattern[] = [
  {
    when: ({ status }) => status === 499,
    cause: 'client-closed',
    confidence: 0.95,
    note: 'the visitor left before the answer (499, as nginx and Caddy write it)',
    status: 499,
  },
]

/** What Vercel's drain tells of a failure. Its codes, such as FUNCTION_INVOCATION_TIMEOUT, are in a header of the answer only. */
import type { Pattern } from '../../log/pattern.ts'

export const VERCEL_PATTERNS: readonly Pattern[] = [
  {
    when: ({ detail = '', status = 0 }) => status >= 500 && /Task timed out after/.test(detail),
    cause: 'script-timeout',
    confidence: 0.97,
    note: 'the function ran for longer than it may (maxDuration)',
  },
  {
    when: ({ upstreamStatuses }) => upstreamStatuses?.[0] === -1,
    cause: 'worker-crashed',
    confidence: 0.93,
    note: 'the function crashed without an answer (statusCode -1)',
  },
  { when: ({ status }) => status === 508, cause: 'proxy-loop', confidence: 0.93, note: 'the request came back to Vercel (508)' },
]

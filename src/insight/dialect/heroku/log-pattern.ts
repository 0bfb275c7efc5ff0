/** What the error codes of Heroku's router and dynos mean. Heroku answers 503 to nearly all of them. After Heroku's manual. */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

const CODES: readonly (readonly [string, KnownCauseId, number, string])[] = [
  ['H10', 'worker-crashed', 0.93, 'the app crashed'],
  ['H11', 'overload-shed', 0.95, 'too many requests wait for the app'],
  ['H12', 'response-timeout', 0.97, 'the app did not answer within 30 s'],
  ['H13', 'closed-before-response', 0.96, 'the app closed the connection instead of answering'],
  ['H14', 'no-endpoints', 0.97, 'no web dyno runs'],
  ['H15', 'idle-timeout', 0.95, 'nothing was sent for 55 s'],
  ['H17', 'malformed-response', 0.95, 'what the app sent is not valid HTTP'],
  ['H18', 'truncated-body', 0.9, 'the app closed the connection in the middle of its answer'],
  ['H19', 'connect-timeout', 0.95, 'the dyno did not take the connection'],
  ['H20', 'no-healthy-upstream', 0.93, 'the app did not start within 75 s'],
  ['H21', 'connect-refused', 0.96, 'the dyno refused the connection'],
  ['H22', 'overload-shed', 0.93, 'the dyno has as many connections as it may have'],
  ['H27', 'client-closed', 0.95, 'the visitor left'],
  ['H99', 'gateway-internal', 0.9, 'an error of the platform itself'],
]

export const HEROKU_PATTERNS: readonly Pattern[] = [
  ...CODES.map(
    ([code, cause, confidence, note]): Pattern => ({ when: ({ flags }) => flags === code, cause, confidence, note: `${note} (${code})` }),
  ),
  {
    when: /Error R1[45] /,
    cause: 'worker-oom-killed',
    confidence: 0.85,
    note: 'the dyno takes more memory than it has (R14), or was killed for it (R15)',
    about: 'event',
    explains: ['worker-crashed', 'closed-before-response', 'response-timeout'],
    withinMs: 30_000,
  },
  { when: /State changed from up to crashed/, cause: 'worker-crashed', confidence: 0.93, note: 'the app crashed', about: 'event' },
]

/** Which outcomes may be tried again, and which may not. */
import { describe, expect, it } from 'vitest'
import { CAUSE_IDS, type CauseId } from '../../src/causes/catalogue.ts'
import { type Failure, failure, type Replay } from '../../src/causes/failure.ts'
import { RETRY } from '../../src/config/defaults.ts'
import type { RetryPlan } from '../../src/config/plan.ts'
import { causeOfStatus, isElsewhereOnly, isRetried, isStatusRetried } from '../../src/gateway/judge.ts'

function failed(cause: CauseId, replay: Replay = 'safe'): Failure {
  return failure(cause, 'connect', replay)
}

describe('a failed attempt', () => {
  it('is tried again with any method when nothing of the request can have been processed', () => {
    expect(isRetried(failed('connect-refused'), RETRY, false, 1)).toBe(true)
    expect(isRetried(failed('connect-timeout'), RETRY, false, 2)).toBe(true)
  })

  it('is tried again only with an idempotent method when it may have been processed', () => {
    expect(isRetried(failed('reset-before-response', 'if-idempotent'), RETRY, true, 1)).toBe(true)
    expect(isRetried(failed('reset-before-response', 'if-idempotent'), RETRY, false, 1)).toBe(false)
  })

  it('is not tried again where the wire says that it would be the same', () => {
    for (const cause of CAUSE_IDS) expect(isRetried(failed(cause, 'never'), RETRY, true, 1)).toBe(false)
  })

  it('is never tried again for what lies with the gateway, the client, or the content of the answer', () => {
    const hopeless: CauseId[] = [
      'no-endpoints',
      'proxy-loop',
      'client-closed',
      'malformed-response',
      'header-too-large',
      'local-resource-exhausted',
    ]
    for (const cause of hopeless) expect(isRetried(failed(cause), RETRY, true, 1)).toBe(false)
  })

  it('has as many attempts as the policy says', () => {
    expect(isRetried(failed('connect-refused'), RETRY, true, 2)).toBe(true)
    expect(isRetried(failed('connect-refused'), RETRY, true, 3)).toBe(false)
    expect(isRetried(failed('connect-refused'), { ...RETRY, attempts: 1 }, true, 1)).toBe(false)
  })

  it('has one more attempt only where the request itself may be the trouble', () => {
    for (const cause of ['response-timeout', 'truncated-body'] as const) {
      expect(isRetried(failed(cause, 'if-idempotent'), RETRY, true, 1)).toBe(true)
      expect(isRetried(failed(cause, 'if-idempotent'), RETRY, true, 2)).toBe(false)
    }
  })

  it('is tried again only if the policy names its class', () => {
    const only = (...on: RetryPlan['on']): RetryPlan => ({ ...RETRY, on })
    expect(isRetried(failed('connect-refused'), only('reset', 'timeout'), true, 1)).toBe(false)
    expect(isRetried(failed('connect-refused'), only('connect'), true, 1)).toBe(true)
    expect(isRetried(failed('keepalive-race', 'if-idempotent'), only('connect'), true, 1)).toBe(false)
    expect(isRetried(failed('response-timeout', 'if-idempotent'), only('timeout'), true, 1)).toBe(true)
  })
})

describe('an answer with an error status', () => {
  it('is tried elsewhere for the three statuses of gateways, if idempotent', () => {
    for (const status of [502, 503, 504]) {
      expect(isStatusRetried(status, RETRY, true, 1)).toBe(true)
      expect(isStatusRetried(status, RETRY, false, 1)).toBe(false)
      expect(isStatusRetried(status, RETRY, true, 3)).toBe(false)
      expect(isStatusRetried(status, { ...RETRY, on: ['connect'] }, true, 1)).toBe(false)
    }
    for (const status of [500, 501, 505, 404, 200]) expect(isStatusRetried(status, RETRY, true, 1)).toBe(false)
  })

  it('is asked for again only elsewhere when the endpoint has enough to do', () => {
    expect(CAUSE_IDS.filter(isElsewhereOnly)).toEqual(['response-timeout', 'upstream-overloaded'])
  })

  it('has a cause from 500 on', () => {
    expect(causeOfStatus(499)).toBe(null)
    expect(causeOfStatus(429)).toBe(null)
    expect(causeOfStatus(500)).toBe('upstream-5xx')
    expect(causeOfStatus(503)).toBe('upstream-overloaded')
    expect(causeOfStatus(599)).toBe('upstream-5xx')
  })
})

/** Records of exchanges as workers tell them, with what a test cares about set. */
import type { CauseId } from '../../../src/causes/catalogue.ts'
import { type FailureRecord, recordOf } from '../../../src/gateway/observe/record.ts'
import { attemptOf, endpointOf, exchangeOf, routeOf } from '../../observe/exchange.ts'

let number = 0

/** One that a visitor saw fail. */
export function failed(cause: CauseId, changes: Partial<FailureRecord> = {}): FailureRecord {
  const attempts = [attemptOf({ endpoint: endpointOf(3000), cause })]
  const record = recordOf(exchangeOf({ route: routeOf('all', 'shop'), status: 502, cause, attempts }), 1_000)
  return { ...record, id: `r-${++number}`, ...changes }
}

/** One that the second attempt answered. */
export function rescued(cause: CauseId, changes: Partial<FailureRecord> = {}): FailureRecord {
  const attempts = [attemptOf({ endpoint: endpointOf(3000), cause }), attemptOf({ endpoint: endpointOf(3001), ordinal: 2 })]
  const record = recordOf(exchangeOf({ route: routeOf('all', 'shop'), attempts }), 1_000)
  return { ...record, id: `r-${++number}`, ...changes }
}

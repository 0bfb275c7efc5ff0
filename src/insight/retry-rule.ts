/** Whether a request that met a cause is sent again, and with which status it ends: asked of the code that decides it, told in words. */
import { CAUSES, type CauseId } from '../causes/catalogue.ts'
import type { Cause } from '../causes/cause.ts'
import { failure } from '../causes/failure.ts'
import { RETRY } from '../config/defaults.ts'
import { causeOfStatus, isElsewhereOnly, isRetried } from '../gateway/judge.ts'

export type RetryRule = {
  readonly requests: 'none' | 'any' | 'idempotent' | 'idempotent-by-status'
  /** One or more sentences; names of configuration keys stand in backquotes. */
  readonly text: string
}

/** The server has answered, and its answer goes on to the client. */
export function isRelayed(id: CauseId): boolean {
  return id === causeOfStatus(500) || id === causeOfStatus(503)
}

/** Before the connection stands nothing has been sent, so that any request may go out again. */
export function explainRetry(id: CauseId): RetryRule {
  const where = isElsewhereOnly(id) ? 'but only at another endpoint' : 'at another endpoint first'
  if (isRelayed(id)) {
    const when = 'If the server said 502, 503 or 504 and the request is idempotent (GET, HEAD, PUT, DELETE, OPTIONS)'
    const rest = '`retry.on` says which of these statuses count. What the server says in the end is relayed as it is.'
    return { requests: 'idempotent-by-status', text: `${when}: yes, ${where}. ${rest}` }
  }
  const unsent = failure(id, 'connect', 'safe')
  const on = RETRY.on.find((word) => isRetried(unsent, { ...RETRY, on: [word] }, false, 1))
  if (on === undefined) return { requests: 'none', text: `No: ${whyNot(CAUSES[id])}` }
  const most = isRetried(unsent, RETRY, false, 2) ? `up to ${RETRY.attempts - 1} more times` : 'once more'
  const off = `\`retry.on\` without \`${on}\` switches it off for an upstream.`
  if (on === 'connect') {
    return { requests: 'any', text: `Yes, ${most}, at another endpoint first: nothing of it has been sent, so any method is safe. ${off}` }
  }
  const which = `Yes if it is idempotent (GET, HEAD, PUT, DELETE, OPTIONS), ${most}, ${where}.`
  const other = 'Any other, such as a POST, only if not a byte of it had been sent: the server may have acted on it.'
  return { requests: 'idempotent', text: `${which} ${other} ${off}` }
}

function whyNot({ side }: Cause): string {
  if (side === 'downstream') return 'the client would have to send another one.'
  if (side === 'gateway') return 'it would meet the same here again.'
  return 'the answer would be the same, part of it is already with the client, or there is no time left.'
}

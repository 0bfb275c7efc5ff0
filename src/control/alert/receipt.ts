/** What came of an attempt to deliver a message. */

export type Receipt = {
  readonly isDelivered: boolean
  /** What came back, one clause for people. No secrets. */
  readonly says: string
  /** To try again is of no use: it was refused for what it is. */
  readonly isFinal: boolean
  /** What the service asks to wait, or null. */
  readonly retryAfterMs: number | null
}

export const DELIVERY_MS = 10_000

export function delivered(says: string): Receipt {
  return { isDelivered: true, says, isFinal: false, retryAfterMs: null }
}

export function undelivered(says: string, { isFinal = false, retryAfterMs = null as number | null } = {}): Receipt {
  return { isDelivered: false, says, isFinal, retryAfterMs }
}

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the name does not exist',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: `no answer within ${DELIVERY_MS / 1_000} s`,
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ECONNECTION: 'the connection failed',
  EAUTH: 'it did not accept the user and password',
  ENOENT: 'there is no such program',
  EACCES: 'this user may not run it',
}

/** An error of Node's in a few words, with its code. */
export function sayError(error: unknown): string {
  const { code, cause, name, message } = error as Error & { code?: string; cause?: unknown }
  if (name === 'TimeoutError' || name === 'AbortError') return SENTENCES.ETIMEDOUT as string
  if (code === undefined && cause instanceof Error) return sayError(cause)
  const known = code === undefined ? undefined : SENTENCES[code]
  return known === undefined ? message : `${known} (${code})`
}

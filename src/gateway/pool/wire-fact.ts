/** What a connection that failed can prove about its request: whether it may be sent again, and the facts for whoever asks why. */
import type { CauseId } from '../../causes/catalogue.ts'
import type { Replay } from '../../causes/failure.ts'
import type { Attempt } from '../exchange/attempt.ts'

const EXCERPT_BYTES = 48

/** A malformed answer comes again; one that broke off may not; and what the kernel never took nobody can have processed. */
export function replayOf(cause: CauseId, attempt: Attempt): Replay {
  switch (cause) {
    case 'malformed-response':
    case 'header-too-large':
    case 'http-protocol-mismatch':
    case 'plaintext-to-tls-port':
    case 'upgrade-failed':
      return 'never'
    default:
      return attempt.bytesSent === 0 ? 'safe' : 'if-idempotent'
  }
}

export type Facts = Readonly<Record<string, string | number | boolean | undefined>>

/** `expectedBytes`: what the answer declared, or -1. */
export function factsOf(attempt: Attempt, now: number, expectedBytes: number, error: NodeJS.ErrnoException | null): Facts {
  return {
    code: error?.code,
    syscall: error?.syscall,
    elapsed_ms: Math.round(now - (attempt.sentAt || attempt.connectedAt)),
    is_reused: attempt.isReused,
    idle_ms: attempt.isReused ? Math.round(attempt.idleMs) : undefined,
    sent_bytes: attempt.bytesSent,
    received_bytes: attempt.bytesReceived,
    expected_bytes: expectedBytes >= 0 ? expectedBytes : undefined,
  }
}

/** The first bytes of what came, readable and short. */
export function excerptOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.latin1Slice(start, Math.min(end, start + EXCERPT_BYTES))
  return text.replace(/[^\x20-\x7e]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

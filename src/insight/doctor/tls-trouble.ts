/** What Node and OpenSSL say when a handshake fails → the cause. RFC 8446 §6.2 has the alerts. Pure. */
import { evidence } from '../../causes/failure.ts'
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import type { Trouble } from './report.ts'

const UNMET =
  /protocol version|unsupported protocol|handshake failure|no protocols|insufficient security|no shared cipher|too low|too small/i

/** By the reason that OpenSSL gives, in its own words; the first that fits counts. */
const REASONS: readonly (readonly [RegExp, KnownCauseId])[] = [
  [/wrong version number|packet length too long|http request|record layer failure.*plain/i, 'tls-to-plaintext-port'],
  [/unrecognized name/i, 'tls-sni-required'],
  [/certificate required|bad certificate|alert unknown ca|handshake failure.*certificate/i, 'tls-client-cert-required'],
  [/no application protocol/i, 'http-protocol-mismatch'],
  [UNMET, 'tls-protocol-mismatch'],
]

const TEXT_BYTES = 48

/** `error` null: time was up. `first`: what the server sent first. */
export function handshakeTrouble(error: NodeJS.ErrnoException | null, limitMs: number, first: Buffer | null): Trouble {
  const said = error === null ? '' : `${error.code ?? ''} ${error.message}`.replaceAll('_', ' ')
  const isPlain = first !== null && isPlainText(first)
  const known = isPlain
    ? 'tls-to-plaintext-port'
    : isLate(first, said)
      ? 'tls-client-cert-required'
      : REASONS.find(([pattern]) => pattern.test(said))?.[1]
  return {
    kind: 'trouble',
    cause: known ?? 'tls-handshake-failed',
    evidence: evidence({
      code: error?.code,
      reason: error === null ? undefined : reasonOf(error),
      limit_ms: error === null ? limitMs : undefined,
      answer_begins: isPlain
        ? first
            .toString('latin1', 0, TEXT_BYTES)
            .replace(/[^\x20-\x7e]+/g, ' ')
            .trim()
        : undefined,
    }),
  }
}

/** TLS 1.2 has no alert of its own for a missing certificate: the server agrees to all else, and then refuses. */
function isLate(first: Buffer | null, said: string): boolean {
  return first?.[0] === HANDSHAKE && first.length > SERVER_HELLO_BYTES && /handshake failure/i.test(said)
}

const HANDSHAKE = 22
const SERVER_HELLO_BYTES = 200

/** Every record of TLS begins with a content type from 20 to 24. */
function isPlainText(first: Buffer): boolean {
  const type = first[0] ?? 0
  return type < 20 || type > 24
}

/** `error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../deps/…` → what people can read of it. */
function reasonOf({ message }: Error): string {
  return /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message.split('\n')[0]?.slice(0, 120) ?? ''
}

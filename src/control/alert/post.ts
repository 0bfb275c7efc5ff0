/** One POST of JSON to a configured address: TLS verified, no redirect followed, ten seconds at most, and little of the answer read. */
import { plain } from './plain-text.ts'
import { DELIVERY_MS, delivered, type Receipt, sayError, undelivered } from './receipt.ts'

export type Post = {
  readonly url: string
  readonly body: object
  /** Shown as `Authorization: Bearer`. */
  readonly token?: string | null
}

const ANSWER_BYTES_MAX = 4_096
const ANSWER_SHOWN_MAX = 160

export async function post({ url, body, token = null }: Post, limitMs = DELIVERY_MS): Promise<Receipt> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Gatewell',
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(limitMs),
    })
    const text = await readSome(response)
    return receiptOf(response, withoutSecrets(text, url, token))
  } catch (error) {
    return undelivered(withoutSecrets(plain(sayError(error), ANSWER_SHOWN_MAX), url, token))
  }
}

function receiptOf({ status, headers }: Response, text: string): Receipt {
  const says = text === '' ? `${status}` : `${status} ${text}`
  if (status >= 200 && status < 300) return delivered(says)
  if (status >= 300 && status < 400) return undelivered(`${status}, a redirect, which is not followed`, { isFinal: true })
  // It may be well again soon, or has had enough for now. All else is wrong with what was sent.
  const isPassing = status >= 500 || [408, 425, 429].includes(status)
  return undelivered(says, { isFinal: !isPassing, retryAfterMs: readRetryAfter(headers.get('retry-after')) })
}

async function readSome({ body }: Response): Promise<string> {
  if (body === null) return ''
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes >= ANSWER_BYTES_MAX) break
  }
  return plain(Buffer.concat(pieces).subarray(0, ANSWER_BYTES_MAX).toString(), ANSWER_SHOWN_MAX)
}

/** Seconds. Some services give fractions. A date is as good as nothing said. */
function readRetryAfter(text: string | null): number | null {
  const seconds = text === null || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1_000) : null
}

/** An answer may repeat what it was asked. */
function withoutSecrets(text: string, url: string, token: string | null): string {
  const { pathname, search } = new URL(url)
  const secrets = [token ?? '', search.slice(1), ...pathname.split('/')].filter((secret) => secret.length >= 8)
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
}

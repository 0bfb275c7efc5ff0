/**
 * Who may ask the admin address. On a loopback address: whoever is on this machine, but no web page that was led here by a name that
 * was made to point at it (DNS rebinding), so Host must be a loopback name. On any other address: who has the token.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { isLoopback } from '../../config/address.ts'
import type { Address } from '../../net/address.ts'

export type AdminRefusal = { readonly status: 401 | 403 | 421; readonly reason: string }
export type Guard = (host: string, authorization: string) => AdminRefusal | null

/** `localhost` or an address that loops back, with any port: a tunnel may bring its own. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

export function createGuard(options: { address: Address; token: string | null }): Guard {
  const { address, token } = options
  if (address.kind === 'unix') return () => null
  if (isLoopback(address)) {
    return (host) =>
      LOOPBACK_HOST.test(host) ? null : { status: 421, reason: 'This address answers to localhost only, not to other names.' }
  }
  if (token === null) return () => ({ status: 403, reason: 'No admin token is configured, so nobody may ask from outside.' })
  const expected = digest(`bearer ${token}`)
  return (_, authorization) => {
    const given = authorization.replace(/^bearer +/i, 'bearer ')
    return timingSafeEqual(digest(given), expected) ? null : { status: 401, reason: 'Send the admin token: Authorization: Bearer TOKEN.' }
  }
}

/** Equal lengths, so that comparing takes equal time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/**
 * Who may ask the admin address. On a loopback address: whoever is on this machine, but no web page that was led here by a name that
 * was made to point at it (DNS rebinding), so Host must be a loopback name. On any other address: who has the token. And nowhere the
 * pages of another site, whatever the browser that shows them may do: they are told by Origin and by Sec-Fetch-Site (W3C Fetch Metadata).
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { isLoopback } from '../../config/address.ts'
import type { Address } from '../../net/address.ts'

export type AdminRefusal = { readonly status: 401 | 403 | 421; readonly reason: string }
/** `field`: by its name in lower case, '' where it is not there. `isPage`: what is asked for is there to be looked at. */
export type Asker = { readonly field: (name: string) => string; readonly isPage: boolean }
export type Guard = (asker: Asker) => AdminRefusal | null

/** `localhost` or an address that loops back, with any port: a tunnel may bring its own. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

const FOREIGN: AdminRefusal = { status: 403, reason: 'Pages of another site may not ask this.' }
const MISLED: AdminRefusal = { status: 421, reason: 'This address answers to localhost only, not to other names.' }
const CLOSED: AdminRefusal = { status: 403, reason: 'No admin token is configured, so nobody may ask from outside.' }
const UNKNOWN: AdminRefusal = { status: 401, reason: 'Send the admin token: Authorization: Bearer TOKEN.' }

export function createGuard(options: { address: Address; token: string | null }): Guard {
  const isAdmitted = admission(options)
  return (asker) => isAdmitted(asker) ?? (isForeign(asker) ? FOREIGN : null)
}

function admission({ address, token }: { address: Address; token: string | null }): Guard {
  if (address.kind === 'unix') return () => null
  if (isLoopback(address)) return ({ field }) => (LOOPBACK_HOST.test(field('host')) ? null : MISLED)
  if (token === null) return () => CLOSED
  const expected = digest(`bearer ${token}`)
  return ({ field }) => {
    const given = field('authorization').replace(/^bearer +/i, 'bearer ')
    return timingSafeEqual(digest(given), expected) ? null : UNKNOWN
  }
}

/** Equal lengths, so that comparing takes equal time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Who is no browser says neither. Another port of this machine is another site's, too: any program may serve pages there. */
function isForeign({ field, isPage }: Asker): boolean {
  const origin = field('origin')
  const host = field('host')
  if (origin !== '' && origin !== `http://${host}` && origin !== `https://${host}`) return true
  const site = field('sec-fetch-site')
  if (site === '' || site === 'same-origin' || site === 'none') return false
  // A link in a chat may lead to a page here; what frames it, or asks for data, is not a person.
  return !(isPage && field('sec-fetch-mode') === 'navigate' && field('sec-fetch-dest') === 'document')
}

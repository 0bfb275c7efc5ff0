/** Requests that differ in ids only, as one route: `GET /orders/*`. */

const SEGMENTS_MAX = 6
const CHARACTERS_MAX = 100
/** Numbers, UUIDs, hashes, and long words that no person typed. */
const ID = /^(?:\d+|[\da-f]{8}-[\da-f-]{27}|[\da-f]{16,}|(?=\S*\d)[\w%=+~-]{20,})$/i

export function routeOf(method: string | undefined, target: string | undefined): string | null {
  if (target === undefined) return null
  const path = target.replace(/^\w+:\/\/[^/]*/, '').split(/[?#;]/, 1)[0] as string
  const parts = path.split('/')
  const shown = parts.slice(0, SEGMENTS_MAX + 1).map((part) => (ID.test(part) ? '*' : part))
  const route = `${shown.join('/')}${parts.length > SEGMENTS_MAX + 1 ? '/…' : ''}`
  const cut = route.length > CHARACTERS_MAX ? `${route.slice(0, CHARACTERS_MAX)}…` : route
  return method === undefined ? cut || '/' : `${method} ${cut || '/'}`
}

/** Requests that differ in ids only, as one route: `GET /orders/*`. */

const SEGMENTS_MAX = 6
const CHARACTERS_MAX = 100
const SHORT_MAX = 16
/** Numbers, UUIDs, hashes, and long words that no person typed. */
const ID = /^(?:\d+|[\da-f]{8}-[\da-f-]{27}|[\da-f]{16,}|(?=\S*\d)[\w%=+~-]{20,})$/i

const END = /[?#;]/

/** Most are not, and seen not to be at once: a short one is none unless it begins with a digit. */
function isId(part: string): boolean {
  return (part.length >= SHORT_MAX || isDigit(part.charCodeAt(0))) && ID.test(part)
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

export function routeOf(method: string | undefined, target: string | undefined): string | null {
  if (target === undefined) return null
  const local = target.startsWith('/') ? target : target.replace(/^\w+:\/\/[^/]*/, '')
  const end = local.search(END)
  const path = end < 0 ? local : local.slice(0, end)
  const parts = path.split('/')
  const shown = parts.slice(0, SEGMENTS_MAX + 1).map((part) => (isId(part) ? '*' : part))
  const route = `${shown.join('/')}${parts.length > SEGMENTS_MAX + 1 ? '/…' : ''}`
  const cut = route.length > CHARACTERS_MAX ? `${route.slice(0, CHARACTERS_MAX)}…` : route
  return method === undefined ? cut || '/' : `${method} ${cut || '/'}`
}

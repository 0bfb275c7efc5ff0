/**
 * Who made an error, told by no more than a status and the bytes of the body, as access logs have them: pages that servers make
 * themselves have lengths of their own. Computed from their templates, and tested against the real ones.
 */
import { ORIGINS, type ServerId } from '../dialect/origin-table.ts'
import { FINGERPRINTS } from './fingerprint-table.ts'

export type SizeMatch = {
  readonly server: ServerId
  /** As people write it. */
  readonly name: string
  /** 0 to 1: by itself a length proves little. */
  readonly confidence: number
  /** One clause. */
  readonly says: string
}

/** nginx and its kin write `<html>` to `</html>` around a title that is there twice and a line with the server's name. */
const NGINX_FRAME = 115
const NGINX_TITLES: Readonly<Record<number, number>> = {
  500: '500 Internal Server Error'.length,
  502: '502 Bad Gateway'.length,
  503: '503 Service Temporarily Unavailable'.length,
  504: '504 Gateway Time-out'.length,
}
/** What is added for browsers that show a page of their own in the place of a short one. */
const NGINX_PADDING = 402
/** By the length of the server's name, as it stands on the page. */
const NGINX_NAMES: Readonly<Record<number, readonly [ServerId, string]>> = {
  5: ['nginx', '`nginx` without a version'],
  7: ['tengine', '`tengine`'],
  9: ['openresty', '`openresty` without a version'],
  10: ['cloudflare', '`cloudflare`'],
  11: ['nginx', '`nginx/` and a version of 5 characters'],
  12: ['nginx', '`nginx/` and a version of 6 characters'],
  13: ['nginx', '`nginx/` and a version of 7 characters'],
  18: ['openresty', '`openresty/` and a version of 8 characters'],
  20: ['nginx', '`nginx/` with a version of 5 characters and `(Ubuntu)`'],
  21: ['nginx', '`nginx/` with a version of 6 characters and `(Ubuntu)`'],
  38: ['azure', '`Microsoft-Azure-Application-Gateway/v2`'],
}

/** Nothing but the length is known. */
const BY_LENGTH = 0.67
/** Many answer without a body. */
const BY_SILENCE = 0.33

/** All that make pages of that length, likeliest first. `bytes`: of the body alone, as nginx logs it in $body_bytes_sent. */
export function speakerByBytes(status: number, bytes: number): readonly SizeMatch[] {
  const matches: SizeMatch[] = []
  const add = (server: ServerId, confidence: number, says: string): void =>
    void matches.push({ server, name: ORIGINS[server].name, confidence, says })
  for (const [id, { sizes }] of Object.entries(FINGERPRINTS) as [ServerId, (typeof FINGERPRINTS)[ServerId]][]) {
    if (sizes?.[status]?.includes(bytes) !== true) continue
    if (bytes === 0) add(id, BY_SILENCE, 'its own errors have no body, as those of others have none')
    else add(id, BY_LENGTH, `its own page for ${status} has ${bytes} bytes`)
  }
  const title = NGINX_TITLES[status]
  if (title === undefined) return matches
  for (const padding of [0, NGINX_PADDING]) {
    const found = NGINX_NAMES[bytes - padding - NGINX_FRAME - 2 * title]
    const isPadded = padding > 0 ? ', and what it adds for some browsers' : ''
    if (found !== undefined) add(found[0], BY_LENGTH, `its own page for ${status} has ${bytes} bytes with the name ${found[1]}${isPadded}`)
  }
  return matches
}

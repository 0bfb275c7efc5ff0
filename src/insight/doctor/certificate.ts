/** The certificates that a server shows: whose they are, for which names and until when, and what is wrong with them. */
import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { rootCertificates, type TLSSocket } from 'node:tls'
import { type Evidence, evidence } from '../../causes/failure.ts'
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'

export type Inspection = { readonly cause: KnownCauseId | null; readonly evidence: readonly Evidence[] }

const DAY_MS = 24 * 3_600_000
const CHAIN_MAX = 8
const NAMES_MAX = 8

/** `leaf`: as the connection gives it, once. `host`: the name or the address that was asked for. `now`: epoch milliseconds. */
export function inspectCertificate(secure: TLSSocket, leaf: X509Certificate | undefined, host: string, now: number): Inspection {
  const chain = chainOf(leaf)
  if (leaf === undefined) return { cause: 'tls-handshake-failed', evidence: evidence({ certificate: 'none was shown' }) }
  const bad = chain.find((one) => now > Date.parse(one.validTo) || now < Date.parse(one.validFrom))
  const isNamed = (isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) !== undefined
  const refusal = String(secure.authorizationError ?? '')
  const isTrusted = secure.authorized || DATED.test(refusal) || NAMED.test(refusal)
  const isGap = !isTrusted && !isSelfSigned(leaf) && chain.length === 1
  return {
    cause: bad !== undefined ? 'tls-cert-expired' : isTrusted ? (isNamed ? null : 'tls-hostname-mismatch') : 'tls-untrusted',
    evidence: evidence({
      subject: commonName(leaf.subject) || namesOf(leaf)[0],
      names: namesOf(leaf).slice(0, NAMES_MAX).join(' ') || undefined,
      issuer: commonName(leaf.issuer),
      not_after: dayOf(leaf.validTo),
      days_left: Math.trunc((Date.parse(leaf.validTo) - now) / DAY_MS),
      bad_certificate: bad === undefined || bad === leaf ? undefined : commonName(bad.subject),
      not_before: Date.parse(leaf.validFrom) > now ? dayOf(leaf.validFrom) : undefined,
      chain: chain.map((one) => commonName(one.subject) || namesOf(one)[0] || '?').join(' ← '),
      verification: isTrusted ? undefined : refusal,
      is_self_signed: isSelfSigned(leaf) || undefined,
      missing_intermediate: isGap || undefined,
    }),
  }
}

/** Node checks the name and the dates in the same go, and says only what it met first. */
const DATED = /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/
const NAMED = /ALTNAME|HOSTNAME/

/** As the server sent it, without the authority that this machine would add. */
function chainOf(leaf: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = []
  for (let one = leaf; one !== undefined && chain.length < CHAIN_MAX; one = one.issuerCertificate) {
    if (chain.length > 0 && ROOTS.has(one.toString().trim())) break
    chain.push(one)
  }
  return chain
}

const ROOTS = new Set(rootCertificates.map((one) => one.trim()))

function isSelfSigned({ subject, issuer }: X509Certificate): boolean {
  return subject === issuer
}

/** `C=US\nO=Let's Encrypt\nCN=R11` → `R11`. */
function commonName(distinguished: string | undefined): string {
  const parts = (distinguished ?? '').split('\n')
  return (parts.find((one) => one.startsWith('CN=')) ?? parts.find((one) => one.startsWith('O=')) ?? '').replace(/^\w+=/, '')
}

function namesOf({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter((one) => one !== '')
    .map((one) => one.replace(/^(?:DNS|IP Address):/, ''))
}

function dayOf(date: string): string {
  return new Date(date).toISOString().slice(0, 10)
}

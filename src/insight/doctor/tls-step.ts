/** TLS at one address: the certificate, the versions, whether the name has to be said (SNI), and which protocol is chosen (ALPN). */
import { getCACertificates, type SecureVersion, type TLSSocket } from 'node:tls'
import { type Evidence, evidence } from '../../causes/failure.ts'
import { addressText } from '../../net/address.ts'
import { inspectCertificate } from './certificate.ts'
import type { Place } from './dns-step.ts'
import type { Instruments } from './instrument.ts'
import { dialStream, nameToSay, secureStream } from './line.ts'
import type { Hop, HopName, Trouble } from './report.ts'

export type Secured = { readonly hop: Hop; readonly place: Place; readonly isOpen: boolean; readonly alpn: string }

const PLACES_MAX = 4
const NEW_VERSIONS: readonly SecureVersion[] = ['TLSv1.3', 'TLSv1.2']
const OLD_VERSIONS: readonly SecureVersion[] = ['TLSv1.1', 'TLSv1']
/** OpenSSL forbids the old versions below this level; they are tried only to name them, and nothing is sent. */
const ANY_CIPHER = 'DEFAULT:@SECLEVEL=0'

/** At several addresses there may be several certificates. One hop an address where one of them is broken, else the first one alone. */
export async function securePlaces(tools: Instruments, places: readonly Place[], host: string, name: HopName): Promise<readonly Secured[]> {
  const all = await Promise.all(
    places.slice(0, PLACES_MAX).map((place, index) => securePlace(tools, place, host, { name, isFirst: index === 0 })),
  )
  return all.every(({ hop }) => hop.ok) ? all.slice(0, 1) : all
}

type Look = { readonly name: HopName; readonly isFirst: boolean }

async function securePlace(tools: Instruments, place: Place, host: string, { name, isFirst }: Look): Promise<Secured> {
  const beganMs = tools.now()
  const where = { name, address: addressText({ kind: 'tcp', host: place.address, port: place.port }) }
  const secure = await shake(tools, place, host, {})
  const ms = tools.since(beganMs)
  if ('kind' in secure) {
    const versions = secure.cause === 'tls-protocol-mismatch' ? await versionsOf(tools, place, host, OLD_VERSIONS) : []
    const facts = [...secure.evidence, ...evidence({ versions: versions.join(' ') || undefined, asked_name: nameToSay(host) || undefined })]
    return { hop: { ...where, ok: false, cause: secure.cause, timings: { beganMs, ms }, evidence: facts }, place, isOpen: false, alpn: '' }
  }
  // Node gives it once, and nothing the second time.
  const leaf = secure.getPeerX509Certificate()
  const { cause, evidence: seen } = inspectCertificate(secure, leaf, host, tools.clock.epoch())
  const alpn = secure.alpnProtocol || ''
  const shown = evidence({ version: secure.getProtocol() ?? undefined, cipher: secure.getCipher()?.name, alpn: alpn || 'none' })
  secure.destroy()
  const [versions, sni] = isFirst
    ? await Promise.all([versionsOf(tools, place, host, NEW_VERSIONS), needsName(tools, place, host, leaf?.fingerprint256)])
    : [[], []]
  const facts = [...seen, ...shown, ...evidence({ versions: versions.join(' ') || undefined }), ...sni]
  return {
    hop: { ...where, ok: cause === null, ...(cause === null ? {} : { cause }), timings: { beganMs, ms }, evidence: facts },
    place,
    isOpen: true,
    alpn,
  }
}

type Choice = { readonly version?: SecureVersion; readonly isNameless?: boolean }

async function shake(
  tools: Instruments,
  { address, port }: Place,
  host: string,
  { version, isNameless }: Choice,
): Promise<TLSSocket | Trouble> {
  const stream = await dialStream(tools, { kind: 'tcp', host: address, port })
  if ('kind' in stream) return stream
  return secureStream(tools, stream, {
    servername: isNameless ? '' : nameToSay(host),
    ALPNProtocols: ['h2', 'http/1.1'],
    // Only where the certificate is looked at: to read all authorities costs more than the handshake.
    ...(tools.authorities.length === 0 || version !== undefined || isNameless
      ? {}
      : { ca: [...getCACertificates('default'), ...tools.authorities] }),
    ...(version === undefined ? {} : { minVersion: version, maxVersion: version, ciphers: ANY_CIPHER }),
  })
}

async function versionsOf(tools: Instruments, place: Place, host: string, versions: readonly SecureVersion[]): Promise<SecureVersion[]> {
  const shaken = await Promise.all(versions.map((version) => shake(tools, place, host, { version })))
  return versions.filter((_, index) => {
    const one = shaken[index] as TLSSocket | Trouble
    if ('kind' in one) return false
    one.destroy()
    return true
  })
}

/** Without the name: the handshake fails, or another certificate is shown. That is common, and a trap for proxies that do not say it. */
async function needsName(tools: Instruments, place: Place, host: string, fingerprint: string | undefined): Promise<Evidence[]> {
  if (nameToSay(host) === '') return []
  const nameless = await shake(tools, place, host, { isNameless: true })
  if ('kind' in nameless) return evidence({ sni: 'needed: without it the handshake fails' })
  const isOther = nameless.getPeerX509Certificate()?.fingerprint256 !== fingerprint
  nameless.destroy()
  return evidence({ sni: isOther ? 'needed: without it another certificate is shown' : 'not needed' })
}

/** Broken at TLS: the certificate, or the handshake. */
import { factOf, textOf } from '../report.ts'
import { CERTAIN, LIKELY, quoted, type VerdictRule } from '../verdict-rule.ts'

export const TLS_RULES: readonly VerdictRule[] = [
  {
    step: 'tls',
    cause: 'tls-cert-expired',
    confidence: CERTAIN,
    summary: ({ hop }) => {
      const left = Number(factOf(hop, 'days_left') ?? 0)
      const other = textOf(hop, 'bad_certificate')
      if (textOf(hop, 'not_before') !== '')
        return `The certificate holds only from ${textOf(hop, 'not_before')} on. Every browser warns of the site until then.`
      if (other !== '')
        return `The certificate ${other}, which the server sends along with its own, has expired. Browsers and programs that use it refuse the site.`
      return `The certificate expired on ${textOf(hop, 'not_after')}${left < 0 ? `, ${-left} ${left === -1 ? 'day' : 'days'} ago` : ''}. Every browser warns of the site.`
    },
  },
  {
    step: 'tls',
    cause: 'tls-untrusted',
    when: ({ hop }) => factOf(hop, 'missing_intermediate') === true,
    confidence: LIKELY,
    summary: ({ hop }) =>
      `The server sends its certificate without the one of ${textOf(hop, 'issuer') || 'its issuer'} that vouches for it, so that the chain has a gap. Most browsers fill it in by themselves; programs, phones and proxies refuse.`,
  },
  {
    step: 'tls',
    cause: 'tls-untrusted',
    when: ({ hop }) => factOf(hop, 'is_self_signed') === true,
    confidence: CERTAIN,
    summary: () =>
      'The server shows a certificate that it has signed itself, so that nobody vouches for it. Every browser warns of the site.',
  },
  {
    step: 'tls',
    cause: 'tls-untrusted',
    confidence: LIKELY,
    summary: ({ hop }) =>
      `The certificate is from ${textOf(hop, 'issuer') || 'an authority'}, which is not trusted here. Browsers warn of the site, unless they were told to trust it.`,
  },
  {
    step: 'tls',
    cause: 'tls-hostname-mismatch',
    confidence: CERTAIN,
    summary: ({ hop }) =>
      `The server shows a certificate for ${textOf(hop, 'names').replaceAll(' ', ', ') || textOf(hop, 'subject')}, and not for the name that was asked for. Every browser warns of the site.`,
  },
  {
    step: 'tls',
    cause: 'tls-protocol-mismatch',
    when: ({ hop }) => textOf(hop, 'versions') !== '',
    confidence: CERTAIN,
    summary: ({ hop }) =>
      `The server speaks nothing newer than ${textOf(hop, 'versions').split(' ')[0]?.replace('TLSv1', 'TLS 1').replace(/ 1$/, ' 1.0')}, which no browser speaks any more.`,
  },
  {
    step: 'tls',
    cause: 'tls-protocol-mismatch',
    confidence: LIKELY,
    summary: () => "The server and today's browsers have no version or cipher of TLS in common.",
  },
  {
    step: 'tls',
    cause: 'tls-sni-required',
    confidence: LIKELY,
    summary: ({ hop }) => {
      const name = textOf(hop, 'asked_name')
      return name === ''
        ? 'The server wants to be told a name (SNI), and an address has none to say.'
        : `The server has no site of the name ${name}: it ended the handshake when it was told that name (SNI).`
    },
  },
  {
    step: 'tls',
    cause: 'tls-client-cert-required',
    confidence: CERTAIN,
    summary: () => `The server lets only those in who show a certificate of their own.`,
  },
  {
    step: 'tls',
    cause: 'tls-to-plaintext-port',
    confidence: CERTAIN,
    summary: ({ hop }) =>
      `What listens at ${hop.address} does not speak TLS: it answered in plain text${quoted(textOf(hop, 'answer_begins'))}. The port is for http, not https.`,
  },
  {
    step: 'tls',
    confidence: LIKELY,
    summary: ({ hop }) =>
      `${hop.address} takes the connection and then breaks the TLS handshake off${factOf(hop, 'limit_ms') === undefined ? '' : ', or says nothing'}.`,
  },
]

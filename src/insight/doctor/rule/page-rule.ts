/** Broken at the page: no answer, half an answer, or none that can be understood. */
import { hopOf } from '../chart.ts'
import { factOf, textOf } from '../report.ts'
import { type Break, CERTAIN, LIKELY, quoted, spanOf, statusOf, type VerdictRule } from '../verdict-rule.ts'

export const PAGE_RULES: readonly VerdictRule[] = [
  {
    step: 'http',
    cause: 'tls-client-cert-required',
    confidence: CERTAIN,
    summary: () => `The server lets only those in who show a certificate of their own.`,
  },
  {
    step: 'http',
    cause: 'http-protocol-mismatch',
    when: ({ chart }) => hopOf(chart.front, 'http2')?.ok === true,
    confidence: LIKELY,
    summary: () => 'The server speaks HTTP/2 only. Browsers get through; proxies, load balancers and programs that speak HTTP/1.1 do not.',
  },
  {
    step: 'http',
    cause: 'http-protocol-mismatch',
    confidence: CERTAIN,
    summary: ({ hop }) => {
      const known = textOf(hop, 'protocol')
      return `What answers there speaks ${known === 'h2' ? 'HTTP/2 without TLS, which no browser speaks' : known === '' ? 'another protocol than HTTP/1.1' : `${known}, not HTTP`}.`
    },
  },
  {
    step: 'http',
    cause: 'plaintext-to-tls-port',
    confidence: CERTAIN,
    summary: ({ hop }) => `The port expects https, and ${hop.address} is plain http.`,
  },
  {
    step: 'http',
    cause: 'response-timeout',
    when: isSilent,
    confidence: LIKELY,
    summary: ({ hop }) =>
      `The server took the connection and the request, then sent nothing for ${spanOf(hop, 'limit_ms')}: the app hangs, or waits for something.`,
  },
  {
    step: 'http',
    cause: 'closed-before-response',
    when: isSilent,
    confidence: LIKELY,
    summary: ({ hop }) => `The server took the request and closed the connection without an answer, after ${spanOf(hop, 'elapsed_ms')}.`,
  },
  {
    step: 'http',
    cause: 'reset-before-response',
    when: isSilent,
    confidence: LIKELY,
    summary: ({ hop }) => `The server took the request and reset the connection instead of answering, after ${spanOf(hop, 'elapsed_ms')}.`,
  },
  {
    step: 'http',
    cause: 'header-too-large',
    when: isSilent,
    confidence: CERTAIN,
    summary: ({ hop }) =>
      `The header of the answer has more than ${Math.floor(Number(factOf(hop, 'received_bytes') ?? 65_536) / 1_024)} KiB: few proxies take that, and many browsers do not.`,
  },
  {
    step: 'http',
    cause: 'truncated-body',
    when: ({ hop }) => !(statusOf(hop) >= 500),
    confidence: CERTAIN,
    summary: ({ hop }) =>
      `The answer breaks off: ${factOf(hop, 'received_bytes')} bytes came${factOf(hop, 'expected_bytes') === undefined ? '' : ` of the ${factOf(hop, 'expected_bytes')} that were announced`}.`,
  },
  {
    step: 'http',
    cause: 'content-length-mismatch',
    confidence: CERTAIN,
    summary: ({ hop }) => `The answer is ${factOf(hop, 'surplus_bytes')} bytes longer than it says, so that nobody can tell where it ends.`,
  },
  {
    step: 'http',
    cause: 'idle-timeout',
    when: ({ hop }) => !(statusOf(hop) >= 500),
    confidence: LIKELY,
    summary: ({ hop }) =>
      `The answer began, and then nothing more of it came: ${factOf(hop, 'received_bytes')} bytes${factOf(hop, 'expected_bytes') === undefined ? '' : ` of ${factOf(hop, 'expected_bytes')}`} in ${spanOf(hop, 'limit_ms')}.`,
  },
  {
    step: 'http',
    cause: 'malformed-response',
    when: isSilent,
    confidence: LIKELY,
    summary: ({ hop }) => `What came back is not valid HTTP (${textOf(hop, 'rule')})${quoted(textOf(hop, 'answer_begins'))}.`,
  },
]

function isSilent({ hop }: Break): boolean {
  return !(statusOf(hop) > 0)
}

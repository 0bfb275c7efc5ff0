/** The page is an error: who said so, and what the server behind says of it where it can be asked. */
import { type Chart, hopOf, stepOf } from '../chart.ts'
import { factOf, type Hop, textOf } from '../report.ts'
import { GUESS, LIKELY, OPEN, statusOf, type VerdictRule } from '../verdict-rule.ts'

/** nginx keeps the head of an answer in one page of memory unless told otherwise. */
const HEAD_BYTES_NGINX = 4_096

/** The page is an error, and there may be a second way to the server behind. */
export const ERROR_RULES: readonly VerdictRule[] = [
  {
    step: 'http',
    when: ({ behind }) => behind !== null,
    at: ({ behind }) => behind?.hop ?? null,
    confidence: LIKELY,
    summary: ({ hop, behind }) => `${speaker(hop)} says ${statusOf(hop)}, and it is the server behind it. ${behind?.summary}`,
  },
  {
    step: 'http',
    when: ({ hop, chart }) => isNginx(hop) && statusOf(hop) === 502 && headBytesOf(chart.back) > HEAD_BYTES_NGINX,
    becomes: 'header-too-large',
    at: ({ chart }) => hopOf(chart.back, 'http'),
    confidence: 0.8,
    summary: ({ chart }) =>
      `nginx says 502, and the server behind it answers with a header of ${headBytesOf(chart.back)} bytes: more than nginx takes, unless it is told to take more.`,
  },
  {
    step: 'http',
    when: ({ hop, chart }) => isReached(chart) && ['connect-timeout', 'connect-refused', 'connect-unreachable'].includes(hop.cause ?? ''),
    confidence: LIKELY,
    summary: ({ hop, chart }) =>
      `${speaker(hop)} says ${statusOf(hop)}: it cannot connect to the server behind it. That server (${backAddress(chart)}) does answer from here, so something lets us in and ${speaker(hop)} not: its firewall, or another address in the settings.`,
  },
  {
    step: 'http',
    when: ({ chart }) => isReached(chart),
    confidence: OPEN,
    summary: ({ hop, chart }) =>
      `${speaker(hop)} says ${statusOf(hop)}, but the server behind it (${backAddress(chart)}) answers well from here. Look at the way between the two: address, port, TLS, time limits.`,
  },
  {
    step: 'http',
    cause: 'response-timeout',
    when: ({ hop }) => textOf(hop, 'said_page') === 'own',
    confidence: OPEN,
    summary: ({ hop }) =>
      `${speaker(hop)} answers, but only to say ${statusOf(hop)}: it waited for the server behind it, and no answer came in time.`,
  },
  {
    step: 'http',
    when: ({ hop }) => textOf(hop, 'said_page') === 'own' && factOf(hop, 'is_said_by_proxy') === true,
    confidence: OPEN,
    summary: ({ hop }) =>
      `${speaker(hop)} answers, but only to say ${statusOf(hop)} itself: ${MEANINGS[hop.cause ?? ''] ?? 'the server behind it is down, or gave no valid answer'}.`,
  },
  {
    step: 'http',
    when: ({ hop }) => textOf(hop, 'said_page') === 'relayed',
    confidence: GUESS,
    summary: ({ hop }) =>
      `The answer is ${statusOf(hop)}. It came through ${speaker(hop)}, but the page is not its own: what stands behind it said so.`,
  },
  {
    step: 'http',
    when: ({ hop }) => statusOf(hop) >= 500,
    confidence: OPEN,
    summary: ({ hop }) =>
      `The server answers, but with ${statusOf(hop)}: ${speaker(hop) === 'The server' ? 'nothing in the answer tells which hop said so' : `said by ${speaker(hop)}, or by the app behind it`}.`,
  },
]

const MEANINGS: Readonly<Record<string, string>> = {
  'no-healthy-upstream': 'every server behind it is down, or is taken for down',
  'connect-refused': 'nothing listens where it looks for the server behind it',
  'connect-timeout': 'the server behind it does not take its connections',
  'connect-unreachable': 'there is no way to the server behind it',
  'dns-nxdomain': 'the name of the server behind it does not exist',
  'tls-handshake-failed': 'TLS between it and the server behind it fails',
  'tls-untrusted': 'it does not trust the certificate of the server behind it',
  'overload-shed': 'there was no room for one more request',
  'upstream-overloaded': 'the server behind it is down, overloaded or in maintenance',
}

function speaker(hop: Hop): string {
  const name = textOf(hop, 'said_by') || 'The server'
  return name.replace(/^(?:an?|another|the) /, (article) => `${article[0]?.toUpperCase()}${article.slice(1)}`)
}

function isNginx(hop: Hop): boolean {
  return ['nginx', 'OpenResty'].includes(textOf(hop, 'said_by'))
}

function headBytesOf(way: readonly Hop[]): number {
  return Number(factOf(hopOf(way, 'http') ?? ({ evidence: [] } as unknown as Hop), 'head_bytes') ?? 0)
}

function isReached({ back }: Chart): boolean {
  return hopOf(back, 'http')?.ok === true
}

function backAddress({ back }: Chart): string {
  return back.find((one) => stepOf(one) === 'tcp' && one.ok)?.address ?? ''
}

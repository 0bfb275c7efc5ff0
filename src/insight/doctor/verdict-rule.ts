/** What follows from a broken hop, one row a case. The first row that fits counts, so that what knows more comes before what knows less. Pure. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { spanText } from '../diagnosis/wording.ts'
import { type Chart, findBreak, hopOf, hostOfAddress, namersOf, runAround, stepOf } from './chart.ts'
import { factOf, type Hop, type Step, textOf } from './report.ts'

/** `hop`: the one that is broken. `isWhole`: for everybody. */
export type Break = { readonly hop: Hop; readonly isWhole: boolean; readonly chart: Chart }

export type VerdictRule = {
  readonly step: Step
  /** Left out: any. */
  readonly cause?: KnownCauseId
  readonly when?: (seen: Break) => boolean
  readonly confidence: number
  /** Null: something that it would say is not known, so that the next row is asked. */
  readonly summary: (seen: Break) => string | null
  /** Where it really is, if elsewhere. */
  readonly at?: (seen: Break) => Hop | null
  /** What it really is, if something else. */
  readonly becomes?: KnownCauseId
}

const CERTAIN = 0.97
const LIKELY = 0.9
const OPEN = 0.75
const GUESS = 0.6

/** nginx keeps the head of an answer in one page of memory unless told otherwise. */
const HEAD_BYTES_NGINX = 4_096

const NAME_RULES: readonly VerdictRule[] = [
  {
    step: 'dns',
    cause: 'dns-nxdomain',
    when: ({ isWhole }) => !isWhole,
    confidence: LIKELY,
    summary: ({ hop, chart }) =>
      `The name server ${hop.address} says that ${hostOf(hop)} does not exist, while ${knowers(chart)} knows it. Whoever asks the first one cannot find the site.`,
  },
  {
    step: 'dns',
    when: ({ isWhole }) => !isWhole,
    confidence: LIKELY,
    summary: ({ hop, chart }) =>
      `The name server ${hop.address} gives no answer, while ${knowers(chart)} does. Whoever depends on it waits, or cannot find the site.`,
  },
  {
    step: 'dns',
    cause: 'dns-nxdomain',
    confidence: CERTAIN,
    summary: ({ hop }) => `There is no address for the name ${hostOf(hop)}, ${says(hop)}.`,
  },
  {
    step: 'dns',
    cause: 'dns-timeout',
    confidence: LIKELY,
    summary: ({ hop }) => `The name server ${serverOf(hop)} did not answer, so that nobody who asks it can find the site.`,
  },
  { step: 'dns', confidence: CERTAIN, summary: ({ hop }) => `The name server ${serverOf(hop)} failed to look ${hostOf(hop)} up.` },
]

const CONNECT_RULES: readonly VerdictRule[] = [
  {
    step: 'tcp',
    when: ({ isWhole, hop, chart }) => !isWhole && staleNamers(hop, chart).length > 0,
    becomes: 'dns-stale',
    at: ({ hop, chart }) => chart.front.find((one) => stepOf(one) === 'dns' && staleNamers(hop, chart).includes(one.address)) ?? null,
    confidence: LIKELY,
    summary: ({ hop, chart }) => {
      const [namer] = staleNamers(hop, chart)
      return `The name servers disagree: ${namer} still sends visitors to ${hostOfAddress(hop.address)}, where ${nothing(hop)}. The others name an address that works.`
    },
  },
  {
    step: 'tcp',
    when: ({ isWhole, hop, chart }) => !isWhole && isFamilyBroken(hop, chart),
    confidence: LIKELY,
    summary: ({ hop }) => {
      const [broken, fine] = textOf(hop, 'family') === 'IPv6' ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6']
      return `The site works over ${fine}, but not over ${broken}: at ${hop.address}, ${nothing(hop)}. Visitors who try ${broken} first wait, and some never arrive.`
    },
  },
  {
    step: 'tcp',
    when: ({ isWhole }) => !isWhole,
    confidence: LIKELY,
    summary: ({ hop, chart }) => {
      const run = runAround(chart.front, chart.front.indexOf(hop))
      return `${run.filter(({ ok }) => !ok).length} of ${run.length} addresses of the site do not work: at ${hop.address}, ${nothing(hop)}.`
    },
  },
  {
    step: 'tcp',
    cause: 'connect-refused',
    confidence: CERTAIN,
    summary: ({ hop }) => `The machine at ${hop.address} is there, but ${nothing(hop)}.`,
  },
  {
    step: 'tcp',
    cause: 'connect-timeout',
    confidence: LIKELY,
    summary: ({ hop }) => `At ${hop.address}, ${nothing(hop)}: a firewall drops it, the machine is off, or it takes no more connections.`,
  },
  { step: 'tcp', confidence: LIKELY, summary: ({ hop }) => `At ${hop.address}, ${nothing(hop)}.` },
]

const TLS_RULES: readonly VerdictRule[] = [
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
    summary: ({ hop }) => `${hop.address} lets only those in who show a certificate of their own.`,
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

const PAGE_RULES: readonly VerdictRule[] = [
  {
    step: 'http',
    cause: 'tls-client-cert-required',
    confidence: CERTAIN,
    summary: ({ hop }) => `${hop.address} lets only those in who show a certificate of their own.`,
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

/** The page is an error, and there may be a second way to the server behind. */
const ERROR_RULES: readonly VerdictRule[] = [
  {
    step: 'http',
    when: ({ chart }) => findBreak(chart.back) !== null,
    at: ({ chart }) => findBreak(chart.back),
    confidence: LIKELY,
    summary: ({ hop, chart }) => {
      const broken = findBreak(chart.back) as Hop
      const { summary } = judgeBreak({ hop: broken, isWhole: true, chart: { hops: chart.back, front: chart.back, back: [] } })
      return `${speaker(hop)} says ${statusOf(hop)}, and it is the server behind it. ${summary}`
    },
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

const FURTHER_RULES: readonly VerdictRule[] = [
  { step: 'redirect', confidence: CERTAIN, summary: ({ hop }) => `The redirects lead in a circle: ${textOf(hop, 'way')}.` },
  {
    step: 'repeat',
    when: ({ hop }) => textOf(hop, 'failing_address') !== '',
    confidence: LIKELY,
    summary: ({ hop }) =>
      `${share(hop)} fail (${textOf(hop, 'outcomes')}), all of them at ${textOf(hop, 'failing_address')}: one of several servers is broken.`,
  },
  {
    step: 'repeat',
    confidence: LIKELY,
    summary: ({ hop }) => `The site works only now and then: ${share(hop)} fail (${textOf(hop, 'outcomes')}).`,
  },
  {
    step: 'http2',
    confidence: OPEN,
    summary: ({ hop }) =>
      `The server offers HTTP/2, which browsers take, and then fails to answer over it${quoted(textOf(hop, 'reason'))}. Over HTTP/1.1 it answers.`,
  },
  {
    step: 'websocket',
    cause: 'upgrade-failed',
    confidence: LIKELY,
    summary: ({ hop }) =>
      `The server does not switch to WebSocket: it answers ${statusOf(hop) || 'nothing that fits'}${textOf(hop, 'reason') === '' ? '' : ` (${textOf(hop, 'reason')})`}.`,
  },
  {
    step: 'websocket',
    confidence: LIKELY,
    summary: ({ hop }) => `The server does not switch to WebSocket: it answers ${statusOf(hop) || 'nothing'}.`,
  },
  {
    step: 'idle',
    confidence: LIKELY,
    summary: ({ hop }) =>
      `Behind its answer the server sent ${factOf(hop, 'surplus_bytes')} bytes that belong to none: the answer is longer than it says.`,
  },
  {
    step: 'fastcgi',
    cause: 'connect-refused',
    confidence: CERTAIN,
    summary: ({ hop }) => `Nothing listens at ${hop.address}: PHP-FPM, or whatever should answer there, is not running.`,
  },
  {
    step: 'fastcgi',
    cause: 'socket-missing',
    confidence: CERTAIN,
    summary: ({ hop }) =>
      `There is no socket at ${hop.address}: PHP-FPM, or whatever should answer there, is not running, or listens elsewhere.`,
  },
  {
    step: 'fastcgi',
    cause: 'script-not-found',
    confidence: CERTAIN,
    summary: ({ hop }) => `The server runs, but it does not find the script ${textOf(hop, 'script')}: "File not found."`,
  },
  {
    step: 'fastcgi',
    cause: 'http-protocol-mismatch',
    confidence: CERTAIN,
    summary: ({ hop }) =>
      `What answers at ${hop.address} does not speak FastCGI${textOf(hop, 'protocol') === '' ? '' : ` but ${textOf(hop, 'protocol').toUpperCase()}`}.`,
  },
  {
    step: 'fastcgi',
    when: ({ hop }) => statusOf(hop) >= 500,
    confidence: LIKELY,
    summary: ({ hop }) => `The server runs, but the script ends with ${statusOf(hop)}${quoted(textOf(hop, 'error_output'))}.`,
  },
]

export const VERDICT_RULES: readonly VerdictRule[] = [
  ...NAME_RULES,
  ...CONNECT_RULES,
  ...TLS_RULES,
  ...PAGE_RULES,
  ...ERROR_RULES,
  ...FURTHER_RULES,
]

export type Judged = { readonly hop: Hop; readonly cause: KnownCauseId; readonly confidence: number; readonly summary: string }

export function judgeBreak(seen: Break): Judged {
  const { hop } = seen
  for (const rule of VERDICT_RULES) {
    if (rule.step !== stepOf(hop) || (rule.cause !== undefined && rule.cause !== hop.cause) || rule.when?.(seen) === false) continue
    const summary = rule.summary(seen)
    const at = rule.at?.(seen) ?? hop
    const cause = rule.becomes ?? at.cause
    if (summary !== null && cause !== undefined) return { hop: at, cause, confidence: rule.confidence, summary }
  }
  return { hop, cause: hop.cause as KnownCauseId, confidence: GUESS, summary: `${hop.address} failed: ${hop.cause}.` }
}

function hostOf(hop: Hop): string {
  return textOf(hop, 'host') || textOf(hop, 'service') || textOf(hop, 'asked') || 'the site'
}

function serverOf(hop: Hop): string {
  return hop.address.replace(/^this machine \((.*)\)$/, '$1')
}

function says(hop: Hop): string {
  return hop.address.startsWith('this machine') ? 'as far as this machine can find out' : `says ${hop.address}`
}

function knowers({ front }: Chart): string {
  return front.find((one) => stepOf(one) === 'dns' && one.ok)?.address ?? 'another one'
}

/** What there is at an address instead of a connection. */
function nothing(hop: Hop): string {
  switch (hop.cause) {
    case 'connect-refused':
      return 'nothing listens on that port: it refuses every connection'
    case 'connect-timeout':
      return `nobody answers: no connection within ${spanOf(hop, 'limit_ms')}`
    case 'connect-unreachable':
      return 'nobody can be reached: there is no way there from here'
    case 'firewall-blocked':
      return 'a rule of this machine, or of a firewall, forbids the connection'
    default:
      return 'no connection can be made'
  }
}

/** Those name servers that name an address which nobody else names and which does not work, while another address does. */
function staleNamers(hop: Hop, { front }: Chart): readonly string[] {
  const namers = namersOf(front)
  const all = front.filter((one) => stepOf(one) === 'dns' && one.ok)
  const own = namers.get(hostOfAddress(hop.address)) ?? []
  return all.length > 1 && own.length < all.length ? own : []
}

function isFamilyBroken(hop: Hop, { front }: Chart): boolean {
  const family = textOf(hop, 'family')
  const run = runAround(front, front.indexOf(hop))
  return run.every((one) => one.ok === (textOf(one, 'family') !== family))
}

function isSilent({ hop }: Break): boolean {
  return !(statusOf(hop) > 0)
}

function statusOf(hop: Hop): number {
  return Number(factOf(hop, 'status') ?? 0)
}

function speaker(hop: Hop): string {
  return textOf(hop, 'said_by') || 'The server'
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

function spanOf(hop: Hop, name: string): string {
  return spanText(Number(factOf(hop, name) ?? 0))
}

function share(hop: Hop): string {
  return `${factOf(hop, 'failed')} of ${factOf(hop, 'requests')} requests`
}

function quoted(text: string): string {
  return text === '' ? '' : ` ("${text}")`
}

/** Broken at what a closer look finds, and at FastCGI servers. */
import { factOf, type Hop, textOf } from '../report.ts'
import { CERTAIN, LIKELY, OPEN, quoted, statusOf, type VerdictRule } from '../verdict-rule.ts'

export const FURTHER_RULES: readonly VerdictRule[] = [
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
    summary: ({ hop }) =>
      `The site works only now and then: ${share(hop)} fail (${textOf(hop, 'outcomes')})${textOf(hop, 'said_page') === 'own' ? `, and it is ${textOf(hop, 'said_by')} that says so` : ''}.`,
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

function share(hop: Hop): string {
  return `${factOf(hop, 'failed')} of ${factOf(hop, 'requests')} requests`
}

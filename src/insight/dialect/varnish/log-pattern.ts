/**
 * What Varnish's log says, by its FetchError (varnishlog), and the cause it stands for. Varnish answers 503 "Backend fetch failed" to all
 * of them. varnishncsa only has the status.
 */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

function fetchError(reason: RegExp, cause: KnownCauseId | null, confidence: number, note: string, more: Partial<Pattern> = {}): Pattern {
  return { when: ({ detail }) => detail !== undefined && reason.test(detail), cause, confidence, note, ...more }
}

export const VARNISH_PATTERNS: readonly Pattern[] = [
  fetchError(/fail errno 111/, 'connect-refused', 0.98, 'nothing listens at the address of the backend'),
  fetchError(
    /fail errno 110|fail errno 115|: connect timeout/,
    'connect-timeout',
    0.96,
    'the backend did not take the connection within connect_timeout',
  ),
  fetchError(/fail errno (?:113|101)\b/, 'connect-unreachable', 0.97, 'no way leads to the address of the backend'),
  fetchError(/fail errno 99\b/, 'port-exhaustion', 0.96, 'no local port is left for a connection'),
  fetchError(
    /fail errno (?:13|1)\b/,
    'firewall-blocked',
    0.9,
    'a rule of this machine forbids the connection, or the socket may not be opened',
  ),
  fetchError(/fail errno 2\b/, 'socket-missing', 0.97, 'there is no socket at that path'),
  fetchError(/fail errno 11\b/, 'backlog-overflow', 0.95, 'the queue of the socket is full'),
  fetchError(/fail errno 24\b/, 'fd-exhaustion', 0.95, 'Varnish may open no more files'),
  fetchError(
    /fail errno 0\b/,
    'no-healthy-upstream',
    0.65,
    'it was not asked, because the last connection had just failed; or no way leads there',
  ),
  fetchError(
    /unhealthy|returned no backend|^No backend|: helddown/i,
    'no-healthy-upstream',
    0.96,
    'the probe says that the backend is sick, so it was not asked',
  ),
  fetchError(/: busy\b/, 'overload-shed', 0.96, 'the backend has as many connections as .max_connections allows'),
  fetchError(/first byte timeout/, 'response-timeout', 0.97, 'the backend did not begin its answer within first_byte_timeout'),
  fetchError(/backend closed|HTC eof/, 'closed-before-response', 0.93, 'the backend closed or reset the connection instead of answering'),
  fetchError(
    /backend write error/,
    'request-write-failed',
    0.92,
    'the backend closed the connection while the request was still on its way',
  ),
  fetchError(/req\.body read error|Had failed reading req\.body/, 'client-closed', 0.9, 'the visitor left while sending the request'),
  fetchError(/^overflow|http format error.*overflow/, 'header-too-large', 0.95, 'the header of the answer is larger than http_resp_size'),
  fetchError(
    /Junk after gzip|Gunzip error|[tT]Gunzip failed|Invalid Gzip/i,
    'corrupt-encoding',
    0.95,
    'the compressed answer cannot be unpacked',
  ),
  fetchError(
    /Resource temporarily unavailable|^timeout|between bytes timeout/,
    'idle-timeout',
    0.93,
    'the backend fell silent in the middle of its answer, for longer than between_bytes_timeout',
    { status: 0 },
  ),
  fetchError(
    /Received junk|http format error|HTC |chunked (?:header|hex-line|tail)|chunked .*(?:non-hex|no NL|too long|number)|bogusly large/,
    'malformed-response',
    0.92,
    'what the backend sent is not valid HTTP',
  ),
  fetchError(
    /straight insufficient|chunked (?:read err|insufficient)|eof socket fail/,
    'truncated-body',
    0.93,
    'the backend closed the connection, or fell silent, in the middle of its answer',
    { status: 0 },
  ),
  fetchError(
    /Could not get storage|[oO]ut of workspace|Workspace overflow|No space|not enough workspace/,
    'local-resource-exhausted',
    0.93,
    'Varnish had no memory left for the answer',
  ),
  fetchError(/No thread available/, 'overload-shed', 0.9, 'all threads of Varnish are busy'),
]

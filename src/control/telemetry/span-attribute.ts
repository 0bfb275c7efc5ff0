/**
 * What a span says, in the words of OpenTelemetry's HTTP conventions (stable since 1.23): who asked for what, who answered what. What
 * they have no words for is called `gatewell.…`. Values that may be secrets by those conventions are blotted out.
 */
import type { Attributes } from '@opentelemetry/api'
import { CAUSES } from '../../causes/catalogue.ts'
import type { Evidence } from '../../causes/failure.ts'
import { METHODS } from '../../gateway/observe/meter.ts'
import type { AttemptRecord, FailureRecord } from '../../gateway/observe/record.ts'
import { dangerOf } from '../incident/weight.ts'

const TEXT_MAX = 1_000
const EVIDENCE_MAX = 32
/** Of signed addresses, as the conventions list them. */
const SECRETS = /([?&](?:AWSAccessKeyId|Signature|sig|X-Goog-Signature)=)[^&#]*/g

export function methodAttributes(method: string): Attributes {
  const isKnown = METHODS.some((one) => one === method)
  if (isKnown || method === '') return { 'http.request.method': isKnown ? method : '_OTHER' }
  return { 'http.request.method': '_OTHER', 'http.request.method_original': method.slice(0, TEXT_MAX) }
}

export function serverAttributes(record: FailureRecord): Attributes {
  const { client, host, target, route, status, userAgent, trace, cause, upstream, queuedMs, isCrawler, attempts } = record
  const [path = '', ...query] = cut(blotted(target)).split('?')
  const danger = cause === null ? dangerOf(record) : null
  return present({
    ...methodAttributes(record.method),
    'url.scheme': trace?.scheme || undefined,
    'url.path': path,
    'url.query': query.length === 0 ? undefined : query.join('?'),
    'http.route': route,
    'http.response.status_code': shownStatus(status),
    ...addressAttributes('server', host),
    'client.address': client,
    'user_agent.original': userAgent,
    'user_agent.synthetic.type': isCrawler ? 'bot' : undefined,
    'error.type': isFailed(record) ? (cause ?? String(status)) : undefined,
    'gatewell.request.id': record.id,
    'gatewell.cause': cause ?? undefined,
    'gatewell.side': cause === null ? undefined : CAUSES[cause].side,
    'gatewell.phase': record.phase ?? undefined,
    'gatewell.rescued_from': danger ?? undefined,
    'gatewell.upstream': upstream,
    'gatewell.attempts': attempts.length,
    'gatewell.queue.duration': queuedMs > 0 ? queuedMs / 1_000 : undefined,
    ...(attempts.length === 0 ? evidenceAttributes(record.evidence) : {}),
  })
}

/** `resends`: attempts before it. */
export function clientAttributes(record: FailureRecord, attempt: AttemptRecord, resends: number): Attributes {
  const { endpoint, status, cause, evidence } = attempt
  const url = URL.parse(endpoint)
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:'
  const socket = endpoint.startsWith('http://unix:') ? endpoint.slice('http://unix:'.length) : ''
  return present({
    ...methodAttributes(record.method),
    'url.full': isHttp && socket === '' ? cut(`${endpoint.replace(/\/$/, '')}${blotted(record.target)}`) : undefined,
    ...(socket === '' ? addressAttributes('server', url?.host ?? '') : { 'server.address': socket, 'network.transport': 'unix' }),
    'http.response.status_code': shownStatus(status),
    'http.request.resend_count': resends > 0 ? resends : undefined,
    'error.type': cause ?? (status >= 400 ? String(status) : undefined),
    'gatewell.upstream': record.upstream,
    'gatewell.phase': cause === null ? undefined : attempt.phase,
    'gatewell.connection.reused': attempt.isReused,
    'gatewell.connection.idle': attempt.isReused ? attempt.idleMs / 1_000 : undefined,
    'gatewell.request.bytes': attempt.bytesSent,
    'gatewell.response.bytes': attempt.bytesReceived,
    ...evidenceAttributes(evidence),
  })
}

/** A visitor was told of an error, or cut off. What clients do wrong is no error of a server, as the conventions see it. */
export function isFailed({ status, cause }: FailureRecord): boolean {
  return status >= 500 || (cause !== null && status < 400)
}

function evidenceAttributes(evidence: readonly Evidence[]): Attributes {
  const told = evidence.slice(0, EVIDENCE_MAX)
  return Object.fromEntries(told.map(({ name, value }) => [`gatewell.evidence.${name}`, typeof value === 'string' ? cut(value) : value]))
}

/** `a.test:8080`, `[::1]:80` */
function addressAttributes(side: 'server', host: string): Attributes {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(host) ?? []
  return { [`${side}.address`]: bracketed ?? plain ?? host, [`${side}.port`]: port === undefined ? undefined : Number(port) }
}

/** None was sent where the client had gone. */
function shownStatus(status: number): number | undefined {
  return status === 0 || status === 499 ? undefined : status
}

function blotted(target: string): string {
  return target.replace(SECRETS, '$1REDACTED')
}

function cut(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text
}

function present(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== ''))
}

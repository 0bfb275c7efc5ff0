/** What a probe saw: whether it is good, a label for the metric, and a clause in plain words for the operator. Pure. */
import type { CauseId } from '../../causes/catalogue.ts'
import type { Failure } from '../../causes/failure.ts'
import type { HealthPlan } from '../../config/plan.ts'
import { formatDuration } from '../../config/unit.ts'
import { recognise, speaksTls } from '../../gateway/pool/foreign-protocol.ts'
import { fieldsOf, type ResponseHead } from '../../http/message.ts'

export type ProbeResult = 'passed' | 'status' | 'body' | CauseId

export type Sight = {
  /** Null where the probe failed on this machine, which says nothing about the endpoint. */
  readonly isGood: boolean | null
  readonly result: ProbeResult
  /** A clause without a full stop: `connection refused by 127.0.0.1:3000`. */
  readonly text: string
}

/** Where a probe goes, as it is spoken of. */
export type ProbePlace = {
  /** `127.0.0.1:3000`, or the path of a socket. */
  readonly name: string
  /** What the probe says in Host. */
  readonly host: string
}

const SHOWN_MAX = 120

export function sightOfConnection(name: string): Sight {
  return good(`connected to ${name}`)
}

/** No connection came of it. */
export function sightOfFailure({ cause, error }: Failure, name: string, timeoutMs: number): Sight {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? ''
  const host = name.replace(/:\d+$/, '')
  switch (cause) {
    case 'connect-refused':
      return bad(cause, `connection refused by ${name}`)
    case 'connect-timeout':
      return bad(cause, `no connection to ${name} within ${formatDuration(timeoutMs)}`)
    case 'firewall-blocked':
      return bad(cause, `a firewall of this machine blocks ${name}`)
    case 'socket-missing':
      return bad(cause, `there is no socket ${name}`)
    case 'socket-permission':
      return bad(cause, `no permission to connect to the socket ${name}`)
    case 'backlog-overflow':
      return bad(cause, `the accept queue of ${name} is full`)
    case 'dns-nxdomain':
      return bad(cause, `the name ${host} does not exist`)
    case 'dns-timeout':
      return bad(cause, `the name ${host} was not resolved within ${formatDuration(timeoutMs)}`)
    case 'dns-servfail':
      return bad(cause, `the name server failed to resolve ${host}`)
    case 'port-exhaustion':
      return { isGood: null, result: cause, text: 'not probed: no local port is free on this machine' }
    case 'fd-exhaustion':
      return { isGood: null, result: cause, text: 'not probed: Gatewell has no file descriptor left' }
    case 'local-resource-exhausted':
      return { isGood: null, result: cause, text: 'not probed: this machine is out of memory for sockets' }
    default:
      return bad(cause, `${name} cannot be reached${code === '' ? '' : ` (${code})`}`)
  }
}

/** The connection stood, and then nothing more came. */
export function sightOfSilence(check: HealthPlan, head: ResponseHead | null): Sight {
  const limit = formatDuration(check.timeoutMs)
  if (head === null) return bad('response-timeout', `no answer within ${limit}`)
  return bad('idle-timeout', `${head.status}, but the body was not complete within ${limit}`)
}

/** The connection ended before its answer. */
export function sightOfEnd(isReset: boolean): Sight {
  if (isReset) return bad('reset-before-response', 'it reset the connection before an answer')
  return bad('closed-before-response', 'it closed the connection without an answer')
}

/** What came is no response. `rule`: what the parser has against it. */
export function sightOfGarbage(bytes: Buffer, rule: string): Sight {
  const foreign = recognise(bytes)
  if (foreign === null) return bad('malformed-response', `the answer is not valid HTTP (${rule})`)
  if (foreign.protocol === 'tls') return bad(foreign.cause, 'answered in TLS on a plain port')
  return bad(foreign.cause, `answered in ${foreign.protocol}, not in HTTP`)
}

/** Is the head alone enough to judge by, or is the body needed? Where it fails, the body may say why. */
export function needsBody(check: HealthPlan, { status }: ResponseHead): boolean {
  return isWanted(check, status) ? check.body !== null : status === 400 || status === 403
}

/** The answer is here; `body` as far as it was needed. */
export function sightOfAnswer(check: HealthPlan, place: ProbePlace, head: ResponseHead, body: Buffer): Sight {
  const { status } = head
  if (!isWanted(check, status)) return sightOfStatus(check, place, head, body)
  if (check.body === null || body.includes(check.body)) return good(`${status} on ${check.path}`)
  return bad('body', `${status}, but the body does not contain ${shown(check.body)}`)
}

function sightOfStatus(check: HealthPlan, { host }: ProbePlace, head: ResponseHead, body: Buffer): Sight {
  const { status } = head
  if (status === 400 && speaksTls(body)) return bad('plaintext-to-tls-port', 'answered in TLS on a plain port')
  const isAboutHost =
    status === 421 || ((status === 400 || status === 403) && /(?:^|[^a-z])hosts?(?![a-z])/i.test(body.toString('latin1', 0, 16_384)))
  if (isAboutHost && check.host === null) return bad('status', `${status}: it does not know the host ${host}; set health.host`)
  if (isAboutHost) return bad('status', `${status}: it does not know the host ${host}`)
  const fields = fieldsOf(head.fieldText)
  const location = fields[fields.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'location') + 1]
  const to = status >= 300 && status < 400 && location !== undefined ? ` to ${shown(location)}` : ''
  // What a framework says in production is often the status alone, and hardly anything else about a plain GET is a bad request.
  const guess = status === 400 && check.host === null ? `; if it does not know the host ${host}, set health.host` : ''
  return bad('status', `${status}${to} on ${check.path}; wanted ${wantedText(check)}${guess}`)
}

function isWanted({ statusMin, statusMax }: HealthPlan, status: number): boolean {
  return status >= statusMin && status <= statusMax
}

function wantedText({ statusMin, statusMax }: HealthPlan): string {
  return statusMin === statusMax ? String(statusMin) : `${statusMin}-${statusMax}`
}

function good(text: string): Sight {
  return { isGood: true, result: 'passed', text }
}

function bad(result: ProbeResult, text: string): Sight {
  return { isGood: false, result, text }
}

/** From a stranger: bounded, and nothing in it that steers a terminal. */
function shown(text: string): string {
  const plain = text.replace(/[^\u0020-\u007e\u00a1-\uffff]/g, '\ufffd')
  return plain.length > SHOWN_MAX ? `${plain.slice(0, SHOWN_MAX)}…` : plain
}

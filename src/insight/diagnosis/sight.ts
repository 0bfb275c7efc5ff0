/**
 * What Gatewell itself saw when it named a cause: how sure that alone makes it, which pieces of evidence show it, and how to say so.
 * In texts, `{name}` stands for a piece of evidence and `{WORD}` for what is known by that word; a sentence that lacks one is left out.
 */
import type { CauseId } from '../../causes/catalogue.ts'

export type Sight = {
  /** How likely this cause is the one to act on, as long as nothing else is known. */
  readonly certainty: number
  /** The first of these that is there is the finding. */
  readonly shown: readonly string[]
  readonly says: string
  /** Sentences, each left out where it cannot be filled in. The cause's own meaning stands in where none can. */
  readonly summary: readonly string[]
}

/** The operating system or the rules of HTTP leave no doubt. */
const CERTAIN = 0.97
/** It is what it looks like, unless something behind it says otherwise. */
const LIKELY = 0.9
/** It was seen rightly, but several things lead to it. */
const OPEN = 0.75

const NAME_SIGHTS = {
  'dns-nxdomain': see(CERTAIN, ['host', 'service', 'code'], 'no name server knows an address for it', [
    'The name {host} of the endpoint does not exist, say the name servers ({resolver}).',
    'The name {service} of the endpoint does not exist, say the name servers ({resolver}).',
  ]),
  'dns-timeout': see(LIKELY, ['resolver', 'elapsed_ms', 'address'], 'it did not answer in time', [
    'The name server {resolver} gave no answer for {host} in {elapsed_ms}.',
  ]),
  'dns-servfail': see(CERTAIN, ['code', 'resolver'], 'the name server answered with an error of its own', [
    'The name server {resolver} could not look {host} up.',
  ]),
  'dns-stale': see(LIKELY, ['cached_addresses'], 'the connection went there, by an earlier lookup', [
    'The upstream {UPSTREAM} was looked for at {cached_addresses}, where it no longer is: the name leads to {fresh_addresses} by now.',
    'The upstream {UPSTREAM} was looked for at {cached_addresses}, where it no longer is, and no name server can say where it is now ({lookup}).',
  ]),
} as const satisfies Partial<Record<CauseId, Sight>>

const CONNECT_SIGHTS = {
  'connect-refused': see(LIKELY, ['code'], 'the machine answered that nothing listens there', ['{ENDPOINT} refused the connection.']),
  'connect-timeout': see(LIKELY, ['elapsed_ms', 'limit_ms'], 'for that long there was no answer to the connection attempt', [
    '{ENDPOINT} did not answer the connection attempt at all for {limit_ms}.',
  ]),
  'connect-unreachable': see(LIKELY, ['code'], 'the network said that no way leads there', [
    'The network says that there is no way to {ENDPOINT}.',
  ]),
  'firewall-blocked': see(CERTAIN, ['code'], 'this machine itself forbade the connection', [
    'A rule of this machine forbids the connection to {ENDPOINT}.',
  ]),
  'backlog-overflow': see(CERTAIN, ['code'], 'the queue of connections that wait for the server is full', [
    '{ENDPOINT} is there, but its queue of waiting connections is full: it does not keep up.',
  ]),
  'socket-missing': see(CERTAIN, ['code'], 'there is no such file', [
    'There is no socket file at {SOCKET}: the server that makes it is not running, or puts it elsewhere.',
  ]),
  'socket-permission': see(CERTAIN, ['code'], 'the file is there, but may not be opened', [
    'The socket file {SOCKET} is there, but the user that Gatewell runs as may not use it.',
  ]),
  'port-exhaustion': see(CERTAIN, ['code'], 'no local port is left for a connection to that address', [
    'This machine has no local port left for a further connection to {ENDPOINT}.',
  ]),
  'fd-exhaustion': see(CERTAIN, ['code', 'limit'], 'no file descriptor is left for a further connection, by this limit', []),
  'local-resource-exhausted': see(LIKELY, ['code', 'limit', 'connections'], 'this limit of Gatewell or of its machine is reached', []),
} as const satisfies Partial<Record<CauseId, Sight>>

const EXCHANGE_SIGHTS = {
  'keepalive-race': see(LIKELY, ['idle_ms', 'is_reused'], 'the connection had been idle for that long when it was used again', [
    '{ENDPOINT} closed a connection that had been idle for {idle_ms} just as the next request was sent on it.',
  ]),
  'reset-before-response': see(OPEN, ['elapsed_ms', 'code'], 'after that time the connection was reset, without a byte of an answer', [
    '{ENDPOINT} took the request and reset the connection after {elapsed_ms}, without a byte of an answer.',
  ]),
  'closed-before-response': see(OPEN, ['elapsed_ms'], 'after that time the connection was closed, without a byte of an answer', [
    '{ENDPOINT} took the request and closed the connection after {elapsed_ms}, without a byte of an answer.',
  ]),
  'request-write-failed': see(LIKELY, ['sent_bytes'], 'so much of the request had been sent when the server stopped taking it', [
    '{ENDPOINT} closed the connection when {sent_bytes} of the request had been sent.',
  ]),
  'request-write-timeout': see(LIKELY, ['sent_bytes', 'limit_ms'], 'so much of the request had been sent, then the server took no more', [
    '{ENDPOINT} stopped reading the request after {sent_bytes} and took nothing more for {limit_ms}.',
  ]),
  'response-timeout': see(LIKELY, ['elapsed_ms', 'limit_ms'], 'for that long no byte of an answer came', [
    '{ENDPOINT} took the request and had not answered after {limit_ms}.',
  ]),
  'idle-timeout': see(LIKELY, ['elapsed_ms', 'received_bytes'], 'for that long nothing more of the answer came', [
    'The answer of {ENDPOINT} stalled after {received_bytes}: nothing more came for {limit_ms}.',
  ]),
  'deadline-exceeded': see(LIKELY, ['limit_ms', 'elapsed_ms'], 'so long may a request take in all', [
    'The {limit_ms} that a request to {UPSTREAM} may take in all were over before there was an answer.',
  ]),
} as const satisfies Partial<Record<CauseId, Sight>>

const ANSWER_SIGHTS = {
  'malformed-response': see(CERTAIN, ['rule'], 'the answer breaks this rule of HTTP', [
    '{ENDPOINT} sent something that is not valid HTTP (rule: {rule}).',
  ]),
  'header-too-large': see(CERTAIN, ['rule', 'received_bytes'], 'the header of the answer breaks this limit', [
    'The header of the answer of {ENDPOINT} is larger than Gatewell takes.',
  ]),
  'http-protocol-mismatch': see(CERTAIN, ['protocol'], 'this is what the server speaks on that port', [
    '{ENDPOINT} does not speak HTTP/1.1 but {protocol}.',
  ]),
  'plaintext-to-tls-port': see(CERTAIN, ['protocol', 'status'], 'the server showed that it expects TLS', [
    '{ENDPOINT} expects TLS (https), but the endpoint is configured as plain http.',
  ]),
  'upgrade-failed': see(CERTAIN, ['rule'], 'this is wrong with its answer', [
    '{ENDPOINT} did not make the switch to WebSocket correctly (rule: {rule}).',
  ]),
  'truncated-body': see(LIKELY, ['received_bytes', 'expected_bytes'], 'so much had come when the connection ended', [
    'The answer of {ENDPOINT} broke off after {received_bytes} of {expected_bytes}.',
    'The answer of {ENDPOINT} broke off after {received_bytes}.',
  ]),
  'content-length-mismatch': see(CERTAIN, ['surplus_bytes'], 'so much came behind the declared end of the answer', [
    '{ENDPOINT} sent {surplus_bytes} more than its Content-Length said.',
  ]),
  'upstream-overloaded': see(LIKELY, ['status', 'retry_after'], 'with this status the server says that it has too much to do', [
    '{ENDPOINT} answered with {status}: it cannot take requests just now.',
  ]),
  'upstream-5xx': see(LIKELY, ['status'], 'this is what the server itself answered', [
    '{ENDPOINT} itself answered with an error (status {status}).',
  ]),
} as const satisfies Partial<Record<CauseId, Sight>>

const GATEWAY_SIGHTS = {
  'no-endpoints': see(CERTAIN, ['upstream'], 'it has no endpoint at all', ['The upstream {UPSTREAM} has no endpoint to send requests to.']),
  'no-healthy-upstream': see(LIKELY, ['endpoints'], 'so its endpoints are', ['No endpoint of {UPSTREAM} can be used: {endpoints}.']),
  'overload-shed': see(LIKELY, ['limit', 'monitor'], 'this limit was reached', [
    'More requests came than {UPSTREAM} may work on at a time ({limit}), and no room came free for this one, which waited {waited_ms}.',
  ]),
  'proxy-loop': see(CERTAIN, ['via'], 'the request had been here before', ['The request to {UPSTREAM} came back to this gateway.']),
  'gateway-config': see(CERTAIN, ['upstream'], 'the route names it, the configuration does not have it', [
    'The route leads to the upstream {upstream}, which the configuration does not have.',
  ]),
  'maintenance-mode': see(CERTAIN, ['route'], 'maintenance is switched on for it', ['An operator has switched maintenance on.']),
  'upstream-paused': see(CERTAIN, ['upstream'], 'an operator has paused it', [
    'An operator has paused {UPSTREAM}, and the request could wait no longer.',
  ]),
  'gateway-draining': see(CERTAIN, ['limit_ms'], 'so long a gateway that is being stopped waits for its requests', [
    'Gatewell was being stopped, and the {limit_ms} that it gives requests in flight were over.',
  ]),
  'gateway-internal': see(CERTAIN, ['limit_ms'], 'so long the gateway waited for its requests after it had met a bug of its own', [
    'A process of Gatewell met a bug of its own and ended before the request was answered.',
  ]),
  'route-not-found': see(CERTAIN, ['host', 'path'], 'no route is for this host and path', ['No route matches {host}{path}.']),
} as const satisfies Partial<Record<CauseId, Sight>>

const CLIENT_SIGHTS = {
  'client-closed': see(LIKELY, ['elapsed_ms'], 'after that time the client had gone', [
    'The client left after {elapsed_ms}, before the answer was complete.',
  ]),
  'request-malformed': see(CERTAIN, ['rule'], 'the request breaks this rule', ['The request is not valid HTTP (rule: {rule}).']),
  'request-framing': see(CERTAIN, ['rule'], 'the length of the body is unclear by this rule', [
    'The request does not say clearly how long its body is (rule: {rule}).',
  ]),
  'request-host-invalid': see(CERTAIN, ['rule'], 'this is wrong with Host', [
    'The request does not say in one valid Host field which site it is for (rule: {rule}).',
  ]),
  'request-line-too-long': see(CERTAIN, ['limit_bytes'], 'the address of the request is longer than this', [
    'The address in the request is longer than {limit_bytes}.',
  ]),
  'request-header-too-large': see(CERTAIN, ['limit_bytes'], 'the header of the request is larger than this', [
    'The header of the request is larger than Gatewell takes.',
  ]),
  'request-body-too-large': see(CERTAIN, ['limit_bytes'], 'so large a body may be on this route', [
    'The body of the request has {received_bytes}; the route takes {limit_bytes}.',
  ]),
  'request-header-timeout': see(CERTAIN, ['limit_ms'], 'so long a client may take for the header of its request', [
    'The client had not sent the whole header of its request after {limit_ms}.',
  ]),
  'request-body-timeout': see(CERTAIN, ['limit_ms'], 'so long a client may pause within its body', [
    'The client sent nothing more of its body for {limit_ms}.',
  ]),
  'request-coding-unknown': see(CERTAIN, ['coding'], 'this is how the client sent its body', []),
  'request-method-refused': see(CERTAIN, ['method'], 'this method is not for a gateway like this one', []),
  'request-version-unsupported': see(CERTAIN, ['version'], 'so the client named the version of HTTP', []),
  'request-expectation-unknown': see(CERTAIN, ['expect'], 'nobody has defined what the client expects', []),
} as const satisfies Partial<Record<CauseId, Sight>>

export const SIGHTS: Readonly<Record<CauseId, Sight>> = {
  ...NAME_SIGHTS,
  ...CONNECT_SIGHTS,
  ...EXCHANGE_SIGHTS,
  ...ANSWER_SIGHTS,
  ...GATEWAY_SIGHTS,
  ...CLIENT_SIGHTS,
}

function see(certainty: number, shown: readonly string[], says: string, summary: readonly string[]): Sight {
  return { certainty, shown, says, summary }
}

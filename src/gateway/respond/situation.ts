/**
 * What a failure is to the person in front of the browser. Visitors need not know fifty causes: they can wait, change
 * something or turn elsewhere, and a dozen situations tell them which.
 */
import type { CauseId } from '../../causes/catalogue.ts'

/** Nothing the visitor could have done otherwise. */
export type SiteSituation = 'unreachable' | 'broken' | 'slow' | 'busy' | 'restarting' | 'maintenance' | 'faulty'

export type Situation =
  | SiteSituation
  | 'not-found'
  | 'invalid'
  | 'address-too-long'
  | 'header-too-large'
  | 'too-large'
  | 'slow-client'
  | 'refused'

export const SITUATIONS = {
  'dns-nxdomain': 'unreachable',
  'dns-timeout': 'unreachable',
  'dns-servfail': 'unreachable',
  'dns-stale': 'unreachable',
  'connect-refused': 'unreachable',
  'connect-timeout': 'unreachable',
  'connect-unreachable': 'unreachable',
  'firewall-blocked': 'unreachable',
  'backlog-overflow': 'busy',
  'socket-missing': 'unreachable',
  'socket-permission': 'unreachable',
  'port-exhaustion': 'busy',
  'fd-exhaustion': 'busy',
  'local-resource-exhausted': 'busy',
  'keepalive-race': 'broken',
  'reset-before-response': 'broken',
  'closed-before-response': 'broken',
  'request-write-failed': 'broken',
  'request-write-timeout': 'slow',
  'response-timeout': 'slow',
  'idle-timeout': 'slow',
  'deadline-exceeded': 'slow',
  'malformed-response': 'broken',
  'header-too-large': 'broken',
  'http-protocol-mismatch': 'broken',
  'plaintext-to-tls-port': 'broken',
  'upgrade-failed': 'broken',
  'truncated-body': 'broken',
  'content-length-mismatch': 'broken',
  'upstream-overloaded': 'busy',
  'upstream-5xx': 'faulty',
  'no-endpoints': 'unreachable',
  'no-healthy-upstream': 'unreachable',
  'overload-shed': 'busy',
  'proxy-loop': 'faulty',
  'gateway-config': 'faulty',
  'maintenance-mode': 'maintenance',
  'upstream-paused': 'restarting',
  'gateway-draining': 'restarting',
  'gateway-internal': 'faulty',
  'route-not-found': 'not-found',
  'client-closed': 'slow-client',
  'request-malformed': 'invalid',
  'request-framing': 'invalid',
  'request-host-invalid': 'invalid',
  'request-line-too-long': 'address-too-long',
  'request-header-too-large': 'header-too-large',
  'request-body-too-large': 'too-large',
  'request-header-timeout': 'slow-client',
  'request-body-timeout': 'slow-client',
  'request-coding-unknown': 'invalid',
  'request-method-refused': 'refused',
  'request-version-unsupported': 'invalid',
  'request-expectation-unknown': 'invalid',
} as const satisfies Record<CauseId, Situation>

/**
 * Seconds after which it makes sense to try again without having changed anything; 0 where it makes none.
 * A slow site gets the longest rest: each further try is one more request for it to be slow with.
 */
export const RETRY_S: Readonly<Record<Situation, number>> = {
  unreachable: 10,
  broken: 10,
  slow: 30,
  busy: 20,
  restarting: 5,
  maintenance: 60,
  faulty: 0,
  'not-found': 0,
  invalid: 0,
  'address-too-long': 0,
  'header-too-large': 0,
  'too-large': 0,
  'slow-client': 0,
  refused: 0,
}

const SITE_SITUATIONS: Readonly<Record<SiteSituation, true>> = {
  unreachable: true,
  broken: true,
  slow: true,
  busy: true,
  restarting: true,
  maintenance: true,
  faulty: true,
}

export function isSiteSituation(situation: Situation): situation is SiteSituation {
  return situation in SITE_SITUATIONS
}

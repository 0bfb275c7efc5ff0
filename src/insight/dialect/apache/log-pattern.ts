/**
 * What Apache's error log says, by the numbers of its messages (mod_proxy, mod_ssl and the processes), and the cause it stands for. The
 * error number of the system comes first: `(111)Connection refused: AH00957: …`. 70007 is Apache's own for "time is up".
 * Several lines tell of one failure: the first one that knows the reason counts, and those that only repeat it have no cause.
 */
import type { Pattern } from '../../log/pattern.ts'
import { DEPENDENCY_SIGN } from '../dependency-sign.ts'

const CONNECT = 'AH(?:00957|02454):'

const CONNECT_PATTERNS: readonly Pattern[] = [
  {
    when: new RegExp(String.raw`^\((?:111|61)\).*${CONNECT}`),
    cause: 'connect-refused',
    confidence: 0.98,
    note: 'nothing listens at the address of the server',
    about: 'attempt',
  },
  {
    when: new RegExp(String.raw`^\((?:70007|110)\).*${CONNECT}`),
    cause: 'connect-timeout',
    confidence: 0.97,
    note: 'the server did not take the connection within connectiontimeout',
    about: 'attempt',
  },
  {
    when: new RegExp(String.raw`^\((?:113|101)\).*${CONNECT}`),
    cause: 'connect-unreachable',
    confidence: 0.97,
    note: 'no way leads to the address of the server',
    about: 'attempt',
  },
  { when: /^\(2\).*AH02454:/, cause: 'socket-missing', confidence: 0.98, note: 'there is no socket at that path', about: 'attempt' },
  {
    when: /^\(13\).*AH02454:/,
    cause: 'socket-permission',
    confidence: 0.97,
    note: 'the user that Apache runs as may not open the socket',
    about: 'attempt',
  },
  {
    when: /^\(13\).*AH00957:/,
    cause: 'firewall-blocked',
    confidence: 0.9,
    note: 'a rule of this machine forbids the connection; on Red Hat mostly SELinux (httpd_can_network_connect)',
    about: 'attempt',
  },
  {
    when: /AH00898: DNS lookup failure for: \S+/,
    cause: 'dns-nxdomain',
    confidence: 0.85,
    note: 'the name of the server was not found; Apache does not say whether the resolver answered at all',
  },
]

const POOL_PATTERNS: readonly Pattern[] = [
  {
    when: /AH00959:/,
    cause: null,
    confidence: 1,
    note: 'the server will not be asked for as long as retry (60 s unless set)',
    about: 'event',
  },
  {
    when: /AH(?:00940|00934|01167|01170|01171):/,
    cause: 'no-healthy-upstream',
    confidence: 0.96,
    note: 'every server had failed lately, so none was asked until retry is over (60 s unless set)',
  },
  {
    when: /AH(?:01174|02460):/,
    cause: 'no-healthy-upstream',
    confidence: 0.9,
    note: 'failonstatus or failontimeout took the server out',
    about: 'event',
    explains: ['no-healthy-upstream'],
  },
  {
    when: /AH(?:01114|01079|00896|10101):/,
    cause: null,
    confidence: 1,
    note: 'no connection was made; another line says why',
    about: 'event',
  },
]

const EXCHANGE_PATTERNS: readonly Pattern[] = [
  {
    when: /^\(70007\).*AH(?:01102|01075):/,
    cause: 'response-timeout',
    confidence: 0.96,
    note: 'the server did not answer within ProxyTimeout; mod_proxy_http makes a 502 of it, mod_proxy_fcgi a 504',
  },
  {
    when: /^\(104\).*AH01102:/,
    cause: 'reset-before-response',
    confidence: 0.95,
    note: 'the server reset the connection instead of answering',
  },
  {
    when: /AH01102:/,
    cause: 'closed-before-response',
    confidence: 0.93,
    note: 'the server closed the connection instead of answering',
  },
  {
    when: /^\(70007\).*AH01110:/,
    cause: 'idle-timeout',
    confidence: 0.96,
    note: 'the server fell silent in the middle of its answer',
    status: 0,
  },
  {
    when: /^\(20014\).*AH01110:|AH0247[56]:/,
    cause: 'malformed-response',
    confidence: 0.85,
    note: 'the body is not framed as HTTP wants it',
    status: 0,
  },
  {
    when: /AH(?:01110|10293):/,
    cause: 'truncated-body',
    confidence: 0.95,
    note: 'the server closed the connection in the middle of its answer',
    status: 0,
  },
  { when: /AH10124:/, cause: 'header-too-large', confidence: 0.97, note: 'a line of the header is longer than responsefieldsize' },
  {
    when: /AH(?:01106|01098|10404|01070):|AH00898: Corrupt status line/,
    cause: 'malformed-response',
    confidence: 0.9,
    note: 'the header of the answer is not valid',
  },
  {
    when: /^\((?:32|104)\).*AH01084:/,
    cause: 'request-write-failed',
    confidence: 0.93,
    note: 'the server closed the connection while the request was still on its way',
  },
  { when: /AH(?:01068|01069):/, cause: 'http-protocol-mismatch', confidence: 0.95, note: 'what listens there does not speak FastCGI' },
  {
    when: /AH01067:|^\((?:32|104|70014|20014)\).*AH01075:/,
    cause: 'closed-before-response',
    confidence: 0.93,
    note: 'the FastCGI server dropped the request: its worker was lost',
  },
]

/** The reasons are of level info: with the default LogLevel only AH00898 is left. */
const TLS_PATTERNS: readonly Pattern[] = [
  reason(/AH02276:.*Error \((?:9|10)\)|AH02004:/, 'tls-cert-expired', 'the certificate of the server is not valid today'),
  reason(/AH02276:.*Error \(\d+\)/, 'tls-untrusted', 'SSLProxyCACertificateFile does not lead to the certificate of the server'),
  reason(/AH0(?:2411|2005):/, 'tls-hostname-mismatch', 'the certificate is not for the name in ProxyPass'),
  reason(/SSL Library Error:.*wrong version number/, 'tls-to-plaintext-port', 'ProxyPass says https, and the server answers in plain text'),
  reason(/SSL Library Error:.*unrecognized name/, 'tls-sni-required', 'the server does not know the name that Apache asked for'),
  reason(
    /AH02268:|SSL Library Error:.*(?:certificate required|bad certificate)/,
    'tls-client-cert-required',
    'the server wants a certificate of Apache (SSLProxyMachineCertificateFile)',
  ),
  reason(
    /SSL Library Error:.*(?:alert (?:protocol version|handshake failure)|unsupported protocol|no protocols available|no shared cipher)/,
    'tls-protocol-mismatch',
    'the two agree on no version or cipher',
  ),
  {
    when: /AH00898: Error during SSL Handshake/,
    cause: 'tls-handshake-failed',
    confidence: 0.9,
    note: 'the handshake failed; with LogLevel ssl:info Apache says why',
  },
  { when: /AH00961:/, cause: 'gateway-config', confidence: 0.9, note: 'SSLProxyEngine is off, and ProxyPass says https' },
]

const OWN_PATTERNS: readonly Pattern[] = [
  {
    when: /AH(?:00161|00484|00485|03490|10159):/,
    cause: 'worker-pool-exhausted',
    confidence: 0.97,
    note: 'all of MaxRequestWorkers are busy; it says so once',
    about: 'event',
  },
  {
    when: /AH0005[12]:.*exit signal/,
    cause: 'worker-crashed',
    confidence: 0.95,
    note: 'a process of Apache itself crashed',
    about: 'event',
  },
  {
    when: /AH01144:/,
    cause: 'gateway-config',
    confidence: 0.97,
    note: 'no module for the scheme in ProxyPass is loaded',
  },
  {
    when: new RegExp(`AH01071:.*(?:${DEPENDENCY_SIGN})`, 's'),
    cause: 'dependency-down',
    confidence: 0.85,
    note: 'the app could not reach something that it needs',
  },
  {
    when: /AH01071:.*PHP (?:Fatal error|Parse error)/s,
    cause: 'upstream-5xx',
    confidence: 0.9,
    note: 'the script ended in an error, which its message names',
  },
]

export const APACHE_PATTERNS: readonly Pattern[] = [
  ...CONNECT_PATTERNS,
  ...POOL_PATTERNS,
  ...TLS_PATTERNS,
  ...EXCHANGE_PATTERNS,
  ...OWN_PATTERNS,
]

function reason(when: RegExp, cause: NonNullable<Pattern['cause']>, note: string): Pattern {
  return {
    when,
    cause,
    confidence: 0.95,
    note,
    about: 'event',
    explains: ['tls-handshake-failed', 'closed-before-response'],
    withinMs: 1_000,
  }
}

/**
 * What Caddy's log says, and the cause it stands for: the errors of `reverse_proxy` in the words of Go's standard library. `EOF` is what Go
 * says when a connection closes, be it new or kept. The access log only has the status, so it explains nothing by itself.
 */
import type { LogEntry } from '../../log/log-entry.ts'
import type { Pattern } from '../../log/pattern.ts'

const EXCHANGE_PATTERNS: readonly Pattern[] = [
  {
    when: ({ status, kind }) => kind === 'access' && status === 499,
    cause: 'client-closed',
    confidence: 0.95,
    note: 'the visitor left before the answer (499)',
    status: 499,
  },
  { when: /^reading from backend/, cause: null, confidence: 1, note: 'the next line says it, too', about: 'event' },
  {
    when: /context canceled|operation was canceled|writing: /,
    cause: 'client-closed',
    confidence: 0.95,
    note: 'the visitor left',
    status: 499,
  },
  {
    when: /aborting with incomplete response: .*(?:invalid byte in chunk|malformed chunked)/,
    cause: 'malformed-response',
    confidence: 0.92,
    note: 'the body is not framed as HTTP wants it',
    status: 0,
  },
  {
    when: /aborting with incomplete response/,
    cause: 'truncated-body',
    confidence: 0.95,
    note: 'the server closed the connection in the middle of its answer',
    status: 0,
  },
  {
    when: /no upstreams available/,
    cause: 'no-healthy-upstream',
    confidence: 0.97,
    note: 'health checks left none of the upstreams',
    status: 503,
  },
  { when: /lookup \S+.*: no such host/, cause: 'dns-nxdomain', confidence: 0.97, note: 'the name of the upstream does not exist' },
  { when: /lookup \S+.*: server misbehaving/, cause: 'dns-servfail', confidence: 0.95, note: 'the name server failed to find an answer' },
  { when: /lookup \S+.*: i\/o timeout/, cause: 'dns-timeout', confidence: 0.96, note: 'the name server did not answer' },
  { when: /dial unix .*no such file or directory/, cause: 'socket-missing', confidence: 0.98, note: 'there is no socket at that path' },
  { when: /dial unix .*permission denied/, cause: 'socket-permission', confidence: 0.97, note: 'Caddy may not open the socket' },
  { when: /dial .*connection refused/, cause: 'connect-refused', confidence: 0.98, note: 'nothing listens at the address of the upstream' },
  {
    when: /dial .*i\/o timeout/,
    cause: 'connect-timeout',
    confidence: 0.97,
    note: 'the upstream did not take the connection within dial_timeout (Caddy answers 502)',
  },
  {
    when: /dial .*(?:no route to host|network is unreachable)/,
    cause: 'connect-unreachable',
    confidence: 0.97,
    note: 'no way leads to the address of the upstream',
  },
  {
    when: /dial .*(?:permission denied|operation not permitted)/,
    cause: 'firewall-blocked',
    confidence: 0.9,
    note: 'a rule of this machine forbids the connection',
  },
  {
    when: /dial .*cannot assign requested address/,
    cause: 'port-exhaustion',
    confidence: 0.96,
    note: 'no local port is left for a connection',
  },
  { when: /too many open files/, cause: 'fd-exhaustion', confidence: 0.97, note: 'Caddy may open no more files (LimitNOFILE)' },
  {
    when: /timeout awaiting response headers|context deadline exceeded/,
    cause: 'response-timeout',
    confidence: 0.96,
    note: 'the upstream did not answer within response_header_timeout',
    status: 504,
  },
]

const TLS_PATTERNS: readonly Pattern[] = [
  {
    when: /certificate has expired|is not yet valid/,
    cause: 'tls-cert-expired',
    confidence: 0.98,
    note: 'the certificate of the upstream is not valid today',
  },
  {
    when: /certificate is valid for|doesn't contain any IP SANs|is not valid for any names/,
    cause: 'tls-hostname-mismatch',
    confidence: 0.97,
    note: 'the certificate is for another name than tls_server_name',
  },
  {
    when: /signed by unknown authority|failed to verify certificate|certificate verify/,
    cause: 'tls-untrusted',
    confidence: 0.96,
    note: 'Caddy does not trust the authority of the certificate',
  },
  {
    when: /first record does not look like a TLS handshake|server gave HTTP response to HTTPS client/,
    cause: 'tls-to-plaintext-port',
    confidence: 0.96,
    note: 'the upstream answers in plain text',
  },
  {
    when: /remote error: tls: unrecognized name/,
    cause: 'tls-sni-required',
    confidence: 0.95,
    note: 'the upstream does not know the name',
  },
  {
    when: /remote error: tls: (?:certificate required|bad certificate|unknown certificate)/,
    cause: 'tls-client-cert-required',
    confidence: 0.95,
    note: 'the upstream wants a certificate of Caddy (tls_client_auth)',
  },
  {
    when: /remote error: tls: |tls: no cipher suite|tls: server selected unsupported/,
    cause: 'tls-protocol-mismatch',
    confidence: 0.9,
    note: 'the two agree on no version or cipher',
  },
  {
    when: /TLS handshake timeout/,
    cause: 'tls-handshake-failed',
    confidence: 0.96,
    note: 'the upstream fell silent in the handshake (tls_timeout)',
  },
]

const ANSWER_PATTERNS: readonly Pattern[] = [
  {
    when: /server response headers exceeded/,
    cause: 'header-too-large',
    confidence: 0.98,
    note: 'the header of the answer is larger than max_response_header',
  },
  {
    when: /malformed HTTP|malformed MIME|transport connection broken: (?!net)/,
    cause: 'malformed-response',
    confidence: 0.95,
    note: 'what the upstream sent is not valid HTTP',
  },
  {
    when: /write: broken pipe|write: connection reset/,
    cause: 'request-write-failed',
    confidence: 0.93,
    note: 'the upstream closed the connection while the request was still on its way',
  },
  {
    when: /read: connection reset by peer/,
    cause: 'reset-before-response',
    confidence: 0.95,
    note: 'the upstream reset the connection instead of answering',
  },
  {
    when: /server closed idle connection/,
    cause: 'keepalive-race',
    confidence: 0.95,
    note: 'the upstream closed a kept connection as it was used again',
  },
]

/** Only of the proxy: other parts of Caddy speak of EOF as well. */
const isProxyError = ({ module = '' }: LogEntry): boolean => module.startsWith('http.log.error') || module.includes('reverse_proxy')

export const CADDY_PATTERNS: readonly Pattern[] = [
  {
    when: /^(?:HTTP request failed|active health check failed): .*connection refused/,
    cause: 'connect-refused',
    confidence: 0.9,
    note: 'the health check was refused',
    about: 'event',
    explains: ['no-healthy-upstream'],
    withinMs: 60_000,
  },
  {
    when: /^(?:unexpected status code|status code out of tolerances|response body failed expectations)/,
    cause: 'upstream-5xx',
    confidence: 0.85,
    note: 'the health check got another answer than it expects',
    about: 'event',
    explains: ['no-healthy-upstream'],
    withinMs: 60_000,
  },
  ...EXCHANGE_PATTERNS,
  ...TLS_PATTERNS,
  ...ANSWER_PATTERNS,
  {
    when: (entry) => entry.kind === 'error' && isProxyError(entry) && /(?:^|: )EOF$/.test(entry.message ?? ''),
    cause: 'closed-before-response',
    confidence: 0.9,
    note: 'the upstream closed the connection instead of answering',
  },
]

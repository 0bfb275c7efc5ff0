/**
 * What nginx's logs say, and the cause it stands for. Where nothing else is noted, a row was seen in the log of a real nginx that was
 * made to fail so (test/golden/log/nginx). Most rows are of one attempt: proxy_next_upstream may have tried another server after it.
 */
import type { Pattern } from '../../log/pattern.ts'
import { DEPENDENCY_SIGN } from '../dependency-sign.ts'
import { NGINX_ACCESS_PATTERNS } from './access-pattern.ts'
import { NGINX_TLS_PATTERNS } from './tls-pattern.ts'

/** A line of level info is about the connection to the client, even if it names the upstream too. */
const CLIENT_GONE =
  /^(?:recv|send|writev|readv|sendfile|SSL_write)\(\) failed .* while (?:sending to client|reading client|keepalive|waiting)/

const CONNECT_PATTERNS: readonly Pattern[] = [
  {
    when: /connect\(\)[^(]* failed \(111:/,
    cause: 'connect-refused',
    confidence: 0.98,
    note: 'nothing listens at the address of the server',
    about: 'attempt',
  },
  {
    when: /(?:connect\(\)[^(]* failed|upstream timed out) \(110:.*while connecting to upstream/,
    cause: 'connect-timeout',
    confidence: 0.97,
    note: 'the server did not take the connection within proxy_connect_timeout',
    about: 'attempt',
  },
  {
    when: /connect\(\)[^(]* failed \((?:113|101):/,
    cause: 'connect-unreachable',
    confidence: 0.97,
    note: 'no way leads to the address of the server',
    about: 'attempt',
  },
  {
    when: /connect\(\) to unix:\S+ failed \(2:/,
    cause: 'socket-missing',
    confidence: 0.98,
    note: 'there is no socket at that path: the app is not running, or the path is another one',
    about: 'attempt',
  },
  {
    when: /connect\(\) to unix:\S+ failed \(13:/,
    cause: 'socket-permission',
    confidence: 0.97,
    note: 'the user that nginx runs as may not open the socket',
    about: 'attempt',
  },
  {
    when: /connect\(\)[^(]* failed \((?:13|1):/,
    cause: 'firewall-blocked',
    confidence: 0.9,
    note: 'a rule of this machine forbids the connection; on Red Hat mostly SELinux (httpd_can_network_connect)',
    about: 'attempt',
  },
  {
    when: /connect\(\)[^(]* failed \(11:/,
    cause: 'backlog-overflow',
    confidence: 0.95,
    note: 'the queue of the socket is full: the app does not take connections as fast as they come',
    about: 'attempt',
  },
  {
    when: /connect\(\)[^(]* failed \(99:/,
    cause: 'port-exhaustion',
    confidence: 0.97,
    note: 'no local port is left for a connection to that server',
    about: 'attempt',
  },
  {
    // By hand: a middlebox resets the handshake of TCP.
    when: /connect\(\)[^(]* failed \(104:/,
    cause: 'connect-refused',
    confidence: 0.8,
    note: 'something on the way reset the connection before it was made',
    about: 'attempt',
  },
]

const LIMIT_PATTERNS: readonly Pattern[] = [
  {
    when: /(?:socket|accept4?|open|epoll_create|pipe)\(\)[^(]* failed \((?:24|23):/,
    cause: 'fd-exhaustion',
    confidence: 0.98,
    note: 'nginx may open no more files: worker_rlimit_nofile is reached',
  },
  {
    when: /worker_connections are not enough$/,
    cause: 'local-resource-exhausted',
    confidence: 0.97,
    note: 'all of worker_connections are in use',
    status: 500,
  },
  {
    when: /worker_connections are not enough, reusing connections/,
    cause: null,
    confidence: 1,
    note: 'kept connections of visitors were closed to make room',
    about: 'event',
  },
  {
    when: /failed \(28:|No space left on device/,
    cause: 'local-resource-exhausted',
    confidence: 0.95,
    note: 'the disk with the temporary files is full',
    status: 0,
  },
  {
    when: /limiting (?:requests|connections)/,
    cause: 'overload-shed',
    confidence: 0.97,
    note: 'limit_req or limit_conn turned the request away',
  },
  { when: /^delaying request/, cause: null, confidence: 1, note: 'limit_req let the request wait, then served it', about: 'event' },
]

const NAME_PATTERNS: readonly Pattern[] = [
  { when: /could not be resolved \(3:/, cause: 'dns-nxdomain', confidence: 0.98, note: 'the resolver says that the name does not exist' },
  {
    when: /could not be resolved \(110:/,
    cause: 'dns-timeout',
    confidence: 0.97,
    note: 'the resolver did not answer within resolver_timeout',
  },
  {
    when: /could not be resolved \((?:1|2|4|5):/,
    cause: 'dns-servfail',
    confidence: 0.95,
    note: 'the resolver refused, or failed to find an answer',
  },
  {
    when: /failed \(\d+: [^)]*\) while resolving/,
    cause: 'dns-timeout',
    confidence: 0.85,
    note: 'nothing listens where the resolver should be',
    about: 'event',
    explains: ['dns-timeout'],
    withinMs: 35_000,
  },
  {
    when: /no resolver defined to resolve/,
    cause: 'gateway-config',
    confidence: 0.98,
    note: 'proxy_pass has a variable, which needs resolver',
  },
  {
    when: /host not found in (?:upstream|resolver)/,
    cause: 'dns-nxdomain',
    confidence: 0.9,
    note: 'nginx does not start, because a name in its configuration does not exist',
    about: 'event',
    explains: ['connect-refused'],
  },
]

const EXCHANGE_PATTERNS: readonly Pattern[] = [
  {
    when: /upstream timed out \(110:.*while reading response header from upstream/,
    cause: 'response-timeout',
    confidence: 0.97,
    note: 'the server did not begin its answer within proxy_read_timeout',
    about: 'attempt',
    status: 504,
  },
  {
    when: /upstream timed out \(110:.*while sending request to upstream/,
    cause: 'request-write-timeout',
    confidence: 0.95,
    note: 'the server took nothing more of the request for as long as proxy_send_timeout',
    about: 'attempt',
    status: 504,
  },
  {
    when: /upstream timed out \(110:.*while (?:reading upstream|sending to client)/,
    cause: 'idle-timeout',
    confidence: 0.97,
    note: 'the server fell silent in the middle of its answer, for longer than proxy_read_timeout',
    status: 0,
  },
  {
    when: /upstream timed out \(110:.*while proxying upgraded connection/,
    cause: 'idle-timeout',
    confidence: 0.97,
    note: 'nothing was said on the WebSocket for longer than proxy_read_timeout',
    status: 0,
  },
  {
    when: /(?:recv|readv|SSL_read)\(\) failed \(104:.*while (?:reading response header from|sending request to) upstream/,
    cause: 'reset-before-response',
    confidence: 0.93,
    note: 'the server reset the connection instead of answering',
    about: 'attempt',
    status: 502,
  },
  {
    when: /(?:recv|readv|SSL_read)\(\) failed \(104:.*while (?:reading upstream|sending to client|proxying upgraded)/,
    cause: 'truncated-body',
    confidence: 0.95,
    note: 'the server reset the connection in the middle of its answer',
    status: 0,
  },
  {
    when: /upstream prematurely closed connection while (?:reading response header from|sending request to|connecting to) upstream/,
    cause: 'closed-before-response',
    confidence: 0.95,
    note: 'the server closed the connection instead of answering',
    about: 'attempt',
    status: 502,
  },
  {
    when: /upstream prematurely closed connection while (?:reading upstream|sending to client)/,
    cause: 'truncated-body',
    confidence: 0.97,
    note: 'the server closed the connection in the middle of its answer',
    status: 0,
  },
  {
    when: /upstream prematurely closed FastCGI (?:stdout|request)/,
    cause: 'worker-crashed',
    confidence: 0.7,
    note: 'the FastCGI server ended the request without an answer: its worker was lost',
    about: 'attempt',
    status: 502,
  },
  {
    when: /(?:send|writev|sendfile|SSL_write)\(\) failed \((?:32|104):.*while sending request to upstream/,
    cause: 'request-write-failed',
    confidence: 0.9,
    note: 'the server closed the connection while the request was still on its way',
    about: 'attempt',
    status: 502,
  },
]

/** Headers that frame the answer, and contradict each other. */
const TWICE = '"Content-Length" and "Transfer-Encoding"|duplicate header line: "(?:Content-Length|Transfer-Encoding)'

const ANSWER_PATTERNS: readonly Pattern[] = [
  {
    when: /upstream sent too big header/,
    cause: 'header-too-large',
    confidence: 0.98,
    note: 'the header of the answer does not fit into proxy_buffer_size',
    status: 502,
  },
  {
    when: /upstream sent (?:more data than specified in "Content-Length"|data after final|extra data|unexpected data)|zero size buf/,
    cause: 'content-length-mismatch',
    confidence: 0.9,
    note: 'the answer went on behind the end that it had announced',
  },
  {
    when: /upstream sent (?:un(?:supported|expected) FastCGI|(?:unexpected|too large) http2 frame|frame for unknown stream)/,
    cause: 'http-protocol-mismatch',
    confidence: 0.96,
    note: 'what listens there speaks another protocol than nginx was told',
    status: 502,
  },
  {
    when: /upstream (?:rejected request with error|prematurely closed stream)/,
    cause: 'http2-stream-reset',
    confidence: 0.95,
    note: 'the server gave the request up, and kept the connection',
    status: 502,
  },
  {
    when: /upstream sent goaway/,
    cause: 'http2-goaway',
    confidence: 0.96,
    note: 'the server takes no more requests on this connection',
    status: 502,
  },
  {
    when: new RegExp(`upstream sent (?:no valid|invalid|unsupported|unknown "Transfer-Encoding"|${TWICE})`),
    cause: 'malformed-response',
    confidence: 0.95,
    note: 'what the server sent is not valid HTTP',
  },
]

const OWN_PATTERNS: readonly Pattern[] = [
  {
    when: /no live upstreams/,
    cause: 'no-healthy-upstream',
    confidence: 0.97,
    note: 'every server of the group had failed lately (max_fails in fail_timeout), so none was asked',
    status: 502,
  },
  {
    when: /upstream server temporarily disabled/,
    cause: null,
    confidence: 1,
    note: 'the server will not be asked for as long as fail_timeout',
    about: 'event',
  },
  {
    when: /(?:worker|cache (?:manager|loader)) process \d+ exited on signal/,
    cause: 'gateway-internal',
    confidence: 0.95,
    note: 'a process of nginx itself was lost, with all its connections',
    about: 'event',
  },
  {
    when: /rewrite or internal redirection cycle|invalid URL prefix in|no host in upstream|invalid port in upstream/,
    cause: 'gateway-config',
    confidence: 0.96,
    note: 'the configuration leads to no server',
    status: 500,
  },
  {
    when: /auth request unexpected status/,
    cause: null,
    confidence: 1,
    note: 'what auth_request asked failed; the line before says why',
    about: 'event',
  },
  {
    when: /(?:an upstream response|a client request body) is buffered to a temporary file/,
    cause: null,
    confidence: 1,
    note: 'it was too large for the buffers and went to the disk',
    about: 'event',
  },
  // By hand: ingress-nginx.
  {
    when: /does not have any active Endpoint|no peer was returned, balancer/,
    cause: 'no-endpoints',
    confidence: 0.95,
    note: 'the Service has no pod that is ready',
    status: 503,
  },
]

const APP_PATTERNS: readonly Pattern[] = [
  {
    when: new RegExp(`FastCGI sent in stderr: .*(?:${DEPENDENCY_SIGN})`, 's'),
    cause: 'dependency-down',
    confidence: 0.85,
    note: 'the app could not reach something that it needs',
  },
  {
    when: /FastCGI sent in stderr: .*PHP (?:Fatal error|Parse error)/s,
    cause: 'upstream-5xx',
    confidence: 0.9,
    note: 'the script ended in an error, which its message names',
  },
  { when: /FastCGI sent in stderr: /, cause: null, confidence: 1, note: 'the app wrote a message', about: 'event' },
]

export const NGINX_PATTERNS: readonly Pattern[] = [
  { when: /client prematurely closed connection/, cause: 'client-closed', confidence: 0.98, note: 'the visitor left', status: 499 },
  {
    when: ({ level, message }) => level === 'info' && message !== undefined && CLIENT_GONE.test(message),
    cause: 'client-closed',
    confidence: 0.95,
    note: 'the visitor left',
    status: 499,
  },
  ...CONNECT_PATTERNS,
  ...LIMIT_PATTERNS,
  ...NAME_PATTERNS,
  ...NGINX_TLS_PATTERNS,
  ...EXCHANGE_PATTERNS,
  ...ANSWER_PATTERNS,
  ...OWN_PATTERNS,
  ...APP_PATTERNS,
  ...NGINX_ACCESS_PATTERNS,
]

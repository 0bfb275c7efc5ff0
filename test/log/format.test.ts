/** Lines as servers write them become entries, and each is told to be of its format. */
import { describe, expect, test } from 'vitest'
import { formatCalled, LOG_FORMATS } from '../../src/insight/dialect/log-format-table.ts'
import { findFormat } from '../../src/insight/log/line-reader.ts'
import type { LogEntry } from '../../src/insight/log/log-entry.ts'

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const AT = Date.UTC(2026, 10, 22, 6, 11, 54)

/** Format, line, what is expected of the entry. */
const LINES: readonly (readonly [string, string, Partial<LogEntry>])[] = [
  [
    'combined',
    `203.0.113.9 - - [22/Nov/2026:08:11:54 +0200] "GET /cart?id=1 HTTP/1.1" 502 157 "https://shop.example.com/" "${CHROME}"`,
    { timeMs: AT, status: 502, bodyBytes: 157, method: 'GET', target: '/cart?id=1', client: '203.0.113.9', agent: CHROME },
  ],
  [
    'common',
    '203.0.113.9 - frank [22/Nov/2026:06:11:54 +0000] "GET / HTTP/1.0" 503 -',
    { timeMs: AT, status: 503, method: 'GET', target: '/' },
  ],
  [
    'vhost-combined',
    'shop.example.com:443 203.0.113.9 - - [22/Nov/2026:06:11:54 +0000] "GET / HTTP/1.1" 502 6963 "-" "curl/8.14.1"',
    { host: 'shop.example.com', client: '203.0.113.9', status: 502 },
  ],
  [
    'combined',
    'Nov 22 06:11:54 web nginx: 203.0.113.9 - John Doe [22/Nov/2026:06:11:54 +0000] "GET / HTTP/1.1" 502 157 "-" "curl/8.14.1"',
    { client: '203.0.113.9', timeMs: AT },
  ],
  // A quote in the request, as Apache and nginx escape it; and a TLS hello on a plain port.
  ['combined', '::1 - - [22/Nov/2026:06:11:54 +0000] "GET /\\" 200 HTTP/1.1" 502 1 "-" "-"', { status: 502, target: '/\\" 200' }],
  ['combined', '::1 - - [22/Nov/2026:06:11:54 +0000] "\\x16\\x03\\x01" 400 157 "-" "-"', { status: 400 }],
  [
    'nginx-access',
    '10.0.0.9 - - [22/Nov/2026:06:11:54 +0000] "GET / HTTP/1.1" 502 157 "-" "curl/8" rt=0.012 uct="-" uht="-, 0.001" urt="0.001, 0.002" us="502, 200" addr="10.0.0.1:80, 10.0.0.2:80"',
    {
      requestMs: 12,
      connectMs: [-1],
      headerMs: [-1, 1],
      upstreamMs: [1, 2],
      upstreamStatuses: [502, 200],
      upstream: '10.0.0.2:80',
      dialect: 'nginx',
    },
  ],
  [
    'ingress-nginx',
    '10.0.0.9 - - [22/Nov/2026:06:11:54 +0000] "GET /a HTTP/1.1" 504 160 "-" "curl/8" 431 60.003 [default-shop-80] [] 10.1.0.7:80, 10.1.0.8:80 0, 0 55.000, 5.003 504, 504 7e3f2a0c9b',
    {
      requestMs: 60003,
      pool: 'default-shop-80',
      upstream: '10.1.0.8:80',
      upstreamStatuses: [504, 504],
      upstreamBytes: 0,
      requestId: '7e3f2a0c9b',
    },
  ],
  [
    'nginx-json',
    '{"time_iso8601":"2026-11-22T06:11:54+00:00","remote_addr":"203.0.113.9","request":"GET /x HTTP/1.1","status":"502","body_bytes_sent":"157","request_time":"0.004","upstream_addr":"10.0.0.1:80","upstream_status":"502","http_user_agent":"curl","http_host":"shop.example.com"}',
    { timeMs: AT, status: 502, target: '/x', requestMs: 4, upstreamStatuses: [502], host: 'shop.example.com' },
  ],
  [
    'json',
    '{"time":"2026-11-22T06:11:54Z","method":"POST","path":"/pay","status":504}',
    { status: 504, method: 'POST', target: '/pay', dialect: 'plain' },
  ],
  [
    'nginx-error',
    '2026/11/22 06:11:54 [error] 31#31: *46 connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.9, server: shop.example.com, request: "GET /cart HTTP/1.1", upstream: "http://127.0.0.1:3000/cart", host: "shop.example.com", referrer: "https://shop.example.com/"',
    {
      timeMs: AT,
      isLocal: true,
      level: 'error',
      pid: 31,
      connection: '46',
      message: 'connect() failed (111: Connection refused) while connecting to upstream',
      client: '203.0.113.9',
      method: 'GET',
      target: '/cart',
      upstream: '127.0.0.1:3000',
      host: 'shop.example.com',
    },
  ],
  [
    'nginx-error',
    '2026/11/22 06:11:54 [crit] 31#31: *1 connect() to unix:/run/php/php8.2-fpm.sock failed (2: No such file or directory) while connecting to upstream, client: 10.0.0.9, server: _, request: "GET /a, upstream: "http://evil/" HTTP/1.1", upstream: "fastcgi://unix:/run/php/php8.2-fpm.sock:", host: "a"',
    { upstream: 'unix:/run/php/php8.2-fpm.sock', target: '/a, upstream: "http://evil/"' },
  ],
  [
    'ingress-nginx-controller',
    'W1122 06:11:54.123456       7 controller.go:1216] Service "shop/web" does not have any active Endpoint.',
    { level: 'warn', message: 'Service "shop/web" does not have any active Endpoint.' },
  ],
  [
    'apache-error',
    '[Sun Nov 22 06:11:54.880562 2026] [proxy:error] [pid 10:tid 1401] (111)Connection refused: AH00957: http: attempt to connect to 127.0.0.1:3000 (127.0.0.1) failed',
    { timeMs: AT + 880, module: 'proxy', level: 'error', pid: 10, connection: '10:1401', upstream: '127.0.0.1:3000' },
  ],
  [
    'apache-error',
    '[Sun Nov 22 06:11:54.880562 2026] [proxy_http:error] [pid 10:tid 1401] (70007)The timeout specified has expired: [client 203.0.113.9:50229] AH01102: error reading status line from remote server 127.0.0.1:3000, referer: https://shop.example.com/',
    {
      client: '203.0.113.9',
      message: '(70007)The timeout specified has expired: AH01102: error reading status line from remote server 127.0.0.1:3000',
    },
  ],
  [
    'haproxy',
    'Nov 22 06:11:54 lb haproxy[321]: 203.0.113.9:50000 [22/Nov/2026:06:11:54.000] https-in~ shop/web1 0/0/-1/-1/3004 503 217 - - sC-- 1/1/0/0/3 0/0 {shop.example.com} "GET /cart HTTP/1.1"',
    {
      timeMs: AT + 3004,
      status: 503,
      flags: 'sC--',
      pool: 'shop',
      upstream: 'web1',
      frontend: 'https-in',
      retries: 3,
      timersMs: [0, 0, -1, -1, 3004],
      method: 'GET',
      target: '/cart',
    },
  ],
  [
    'haproxy',
    '203.0.113.9:50000 [22/Nov/2026:06:11:54.000] in shop/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"',
    { upstream: '<NOSRV>', requestMs: 0 },
  ],
  [
    'haproxy-notice',
    '[WARNING]  (321) : Server shop/web1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. 0 active and 0 backup servers left.',
    { pool: 'shop', upstream: 'web1', level: 'warn', pid: 321 },
  ],
  [
    'caddy',
    '{"level":"error","ts":1795327914.5,"logger":"http.log.error.log0","msg":"dial tcp 127.0.0.1:3000: connect: connection refused","request":{"remote_ip":"203.0.113.9","client_ip":"203.0.113.9","method":"GET","host":"shop.example.com","uri":"/cart","headers":{}},"duration":0.0004,"status":502,"err_id":"abc","err_trace":"reverseproxy.statusError (reverseproxy.go:1373)"}',
    { kind: 'error', status: 502, target: '/cart', message: 'dial tcp 127.0.0.1:3000: connect: connection refused' },
  ],
  [
    'caddy',
    '{"level":"error","ts":1795327914.5,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"203.0.113.9","method":"GET","host":"shop.example.com","uri":"/","headers":{"User-Agent":["Googlebot/2.1"]}},"duration":0.5,"size":0,"status":502,"resp_headers":{"Server":["Caddy"]}}',
    { kind: 'access', status: 502, requestMs: 500, agent: 'Googlebot/2.1', more: { server: 'Caddy' } },
  ],
  [
    'envoy',
    '[2026-11-22T06:11:54.000Z] "GET /api HTTP/1.1" 503 UF,URX 0 91 4 - "203.0.113.9" "curl/8" "id-1" "shop.example.com" "10.0.2.1:80"',
    { timeMs: AT + 4, status: 503, flags: 'UF,URX', upstream: '10.0.2.1:80', host: 'shop.example.com', client: '203.0.113.9' },
  ],
  [
    'envoy',
    '[2026-11-22T06:11:54.000Z] "GET /api HTTP/1.1" 503 UF upstream_reset_before_response_started{connection_failure} - "delayed connect error: 111" 0 91 4 - "-" "curl/8" "id-1" "shop" "10.0.2.1:80" outbound|80||shop - 10.0.2.1:80 10.0.0.1:1 - default',
    {
      flags: 'UF',
      detail: 'upstream_reset_before_response_started{connection_failure} delayed connect error: 111',
      pool: 'outbound|80||shop',
    },
  ],
  [
    'envoy-json',
    '{":authority":"shop","bytes_sent":91,"duration":4,"method":"GET","response_code":503,"response_code_details":"no_healthy_upstream","response_flags":"UH","start_time":"2026-11-22T06:11:54.000Z","upstream_cluster":"web","upstream_host":null,"x-envoy-origin-path":"/api"}',
    { status: 503, flags: 'UH', detail: 'no_healthy_upstream', pool: 'web', target: '/api' },
  ],
  [
    'traefik',
    '172.17.0.1 - - [22/Nov/2026:06:11:54 +0000] "GET /x HTTP/1.1" 502 11 "-" "-" 502 "shop@docker" "http://172.17.0.3:80" 2ms',
    { status: 502, requestMs: 2, pool: 'shop@docker', upstream: '172.17.0.3:80' },
  ],
  [
    'traefik-json',
    '{"ClientHost":"203.0.113.9","DownstreamContentSize":11,"DownstreamStatus":502,"Duration":2000000,"OriginDuration":0,"OriginStatus":0,"RequestHost":"shop","RequestMethod":"GET","RequestPath":"/x","RetryAttempts":1,"ServiceAddr":"172.17.0.3:80","StartUTC":"2026-11-22T06:11:54Z","time":"2026-11-22T06:11:54Z","level":"info","msg":""}',
    { status: 502, upstreamStatuses: [0], requestMs: 2, retries: 1, timeMs: AT + 2 },
  ],
  [
    'traefik-log',
    '2026-11-22T06:11:54Z DBG github.com/traefik/traefik/v3/pkg/proxy/httputil/proxy.go:121 > 502 Bad Gateway error="dial tcp 172.17.0.3:80: connect: connection refused"',
    { level: 'debug', status: 502, message: '502 Bad Gateway error="dial tcp 172.17.0.3:80: connect: connection refused"' },
  ],
  [
    'php-fpm',
    '[22-Nov-2026 06:11:54] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it',
    { timeMs: AT, module: 'www', level: 'warn', message: 'server reached pm.max_children setting (5), consider raising it' },
  ],
  [
    'php-fpm',
    `[22-Nov-2026 06:11:54] WARNING: [pool www] child 123, script '/srv/slow.php' (request: "GET /slow.php?x=1") execution timed out (1.5 sec), terminating`,
    { pid: 123, method: 'GET', target: '/slow.php?x=1' },
  ],
  [
    'php-error',
    '[22-Nov-2026 06:11:54 UTC] PHP Fatal error:  Uncaught Exception in /srv/a.php:3',
    { isLocal: false, level: 'fatal error' },
  ],
  ['php-fpm-access', '127.0.0.1 -  22/Nov/2026:06:11:54 +0000 "GET /a.php" 200', { kind: 'access', status: 200, target: '/a.php' }],
  [
    'gunicorn',
    '[2026-11-22 06:11:54 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:9)',
    { timeMs: AT, message: 'WORKER TIMEOUT (pid:9)', pid: 7 },
  ],
  [
    'uvicorn',
    'INFO:     127.0.0.1:50000 - "GET /a HTTP/1.1" 503 Service Unavailable',
    { status: 503, client: '127.0.0.1', timeMs: Number.NaN },
  ],
  ['uvicorn-error', 'WARNING:  Exceeded concurrency limit.', { level: 'warn', message: 'Exceeded concurrency limit.' }],
  [
    'uwsgi',
    '[pid: 21|app: 0|req: 3/3] 203.0.113.9 () {24 vars in 319 bytes} [Sun Nov 22 06:11:54 2026] GET /busy => generated 2 bytes in 40 msecs (HTTP/1.1 503) 1 headers in 55 bytes (1 switches on core 0)',
    { timeMs: AT + 40, isLocal: true, pid: 21, client: '203.0.113.9', method: 'GET', target: '/busy', status: 503, requestMs: 40 },
  ],
  [
    'uwsgi-notice',
    'Sun Nov 22 06:11:54 2026 - *** HARAKIRI ON WORKER 1 (pid: 24, try: 1) ***',
    { timeMs: AT, isLocal: true, pid: 24, message: '*** HARAKIRI ON WORKER 1 (pid: 24, try: 1) ***' },
  ],
  ['node', 'Error: listen EADDRINUSE: address already in use 127.0.0.1:3000', { dialect: 'node' }],
  [
    'tomcat',
    '22-Nov-2026 06:11:54.123 SEVERE [main] org.apache.catalina.startup.Catalina.start The required Server component failed to start',
    { timeMs: AT + 123, isLocal: true, level: 'error', module: 'org.apache.catalina.startup.Catalina.start' },
  ],
  [
    'spring-boot',
    '2026-11-22T06:11:54.123Z  WARN 7 --- [shop] [nio-8080-exec-1] o.a.c.util.SessionIdGeneratorBase        : Slow',
    { timeMs: AT + 123, level: 'warn', pid: 7, message: 'Slow' },
  ],
  [
    'lighttpd-error',
    '2026-11-22 06:11:54: (gw_backend.c.274) establishing connection failed: socket: tcp:127.0.0.1:3000: Connection refused',
    { timeMs: AT, isLocal: true, module: 'gw_backend', upstream: '127.0.0.1:3000' },
  ],
  [
    'lighttpd-error',
    '2026-11-22 06:11:54: (gw_backend.c.2389) response not received, request sent: 536 on socket: unix:/run/own.sock-0 for /cart?, closing connection',
    { upstream: 'unix:/run/own.sock-0', target: '/cart' },
  ],
  [
    'squid',
    '1795327914.000    994 203.0.113.9 TCP_MISS/504 3467 GET http://shop.example.com/x - FIRSTUP_PARENT/10.0.0.1 text/html ERR_READ_TIMEOUT/WITH_SERVER',
    { timeMs: AT, status: 504, requestMs: 994, upstream: '10.0.0.1', flags: 'TCP_MISS', detail: 'ERR_READ_TIMEOUT/WITH_SERVER' },
  ],
  [
    'varnishncsa',
    '203.0.113.9 - - [22/Nov/2026:06:11:54 +0000] "GET http://shop.example.com/x HTTP/1.1" 503 279 "-" "curl/8"',
    { host: 'shop.example.com', target: '/x', dialect: 'varnish' },
  ],
  [
    'alb',
    'https 2026-11-22T06:11:54.000Z app/lb/50dc 203.0.113.9:2817 10.0.0.1:80 0.001 -1 -1 502 - 34 366 "GET https://shop.example.com:443/x HTTP/1.1" "curl/8" ECDHE TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:1:targetgroup/shop/73e2 "Root=1-58" "shop" "-" 0 2026-11-22T06:11:53.000Z "forward" "-" "-" "10.0.0.1:80" "-" "-" "-"',
    { status: 502, upstreamStatuses: [0], timersMs: [1, -1, -1], pool: 'shop', host: 'shop.example.com', target: '/x' },
  ],
  [
    'gclb',
    '{"httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example.com/x","status":502,"latency":"0.5s","remoteIp":"203.0.113.9"},"jsonPayload":{"statusDetails":"failed_to_connect_to_backend"},"timestamp":"2026-11-22T06:11:54Z","resource":{"labels":{"backend_service_name":"web"}}}',
    { status: 502, flags: 'failed_to_connect_to_backend', pool: 'web', target: '/x', timeMs: AT + 500 },
  ],
  [
    'cloudflare',
    '{"ClientIP":"203.0.113.9","ClientRequestHost":"shop.example.com","ClientRequestMethod":"GET","ClientRequestURI":"/x","EdgeEndTimestamp":"2026-11-22T06:11:54Z","EdgeResponseStatus":522,"EdgeStartTimestamp":"2026-11-22T06:11:35Z","OriginResponseStatus":0,"RayID":"8f"}',
    { status: 522, upstreamStatuses: [0], requestMs: 19_000, requestId: '8f' },
  ],
  [
    'azure-front-door',
    '{"time":"2026-11-22T06:11:54.0000000Z","category":"FrontDoorAccessLog","properties":{"httpMethod":"GET","requestUri":"https://shop.example.com:443/x","hostName":"shop.example.com","clientIp":"203.0.113.9","timeTaken":"0.5","httpStatusCode":"504","errorInfo":"OriginTimeout","originIp":"198.51.100.7:443"}}',
    { timeMs: AT, status: 504, flags: 'OriginTimeout', requestMs: 500, host: 'shop.example.com', upstream: '198.51.100.7:443' },
  ],
  [
    'fastly',
    '{"timestamp":"2026-11-22T06:11:54+0000","client_ip":"203.0.113.9","host":"shop.example.com","url":"/x","request_method":"GET","response_status":503,"response_reason":"first byte timeout","fastly_server":"cache-fra1","fastly_is_edge":true}',
    { timeMs: AT, status: 503, detail: 'first byte timeout', target: '/x' },
  ],
  [
    'vercel',
    '{"id":"1","deploymentId":"dpl_1","source":"lambda","host":"shop.vercel.app","timestamp":1795327914000,"projectId":"p","message":"Task timed out after 10.01 seconds","statusCode":-1,"proxy":{"method":"GET","host":"shop.example.com","path":"/x","userAgent":["curl/8"],"clientIp":"203.0.113.9","statusCode":504}}',
    { timeMs: AT, status: 504, upstreamStatuses: [-1], target: '/x', agent: 'curl/8' },
  ],
  [
    'iis',
    '2026-11-22 06:11:54 10.0.0.4 GET /x id=7 443 - 203.0.113.9 Mozilla/5.0+(X11) - 502 3 12002 15093',
    { timeMs: AT, status: 502, flags: '502.3', detail: '12002', target: '/x?id=7', requestMs: 15_093, agent: 'Mozilla/5.0 (X11)' },
  ],
  [
    'iis-httperr',
    '2026-11-22 06:11:54 203.0.113.9 50123 10.0.0.4 443 HTTP/1.1 GET /x 503 1 QueueFull DefaultAppPool',
    { timeMs: AT, status: 503, flags: 'QueueFull', pool: 'DefaultAppPool' },
  ],
  [
    'trafficserver-error',
    "20261122.06h11m54s RESPONSE: sent 203.0.113.9 status 502 (Server Hangup) for 'http://shop.example.com/x'",
    { timeMs: AT, isLocal: true, status: 502, message: 'Server Hangup', client: '203.0.113.9' },
  ],
  [
    'heroku',
    '2026-11-22T06:11:54.000000+00:00 heroku[router]: at=error code=H12 desc="Request timeout" method=GET path="/x" host=shop.herokuapp.com request_id=1 fwd="203.0.113.9" dyno=web.1 connect=1ms service=30000ms status=503 bytes=0 protocol=https',
    { status: 503, flags: 'H12', detail: 'Request timeout', requestMs: 30_000, connectMs: [1], upstream: 'web.1' },
  ],
  [
    'gatewell',
    '{"time":"2026-11-22T06:11:54.000Z","id":"a-1","client":"203.0.113.9","method":"GET","host":"shop","target":"/x","upstream":"shop","endpoint":"http://127.0.0.1:3000","status":502,"cause":"connect-refused","phase":"connect","attempts":2,"total_ms":3.2}',
    { status: 502, flags: 'connect-refused', retries: 1 },
  ],
  [
    'system',
    '[Sun Nov 22 06:11:54 2026] Out of memory: Killed process 123 (php-fpm) total-vm:1kB',
    { timeMs: AT, pid: 123, message: 'Out of memory: Killed process 123 (php-fpm) total-vm:1kB' },
  ],
]

describe('a line of', () => {
  test.each(LINES)('%s', (name, line, expected) => {
    const found = findFormat(line, LOG_FORMATS)
    expect(found?.format.name).toBe(name)
    expect(found?.entry).toMatchObject(expected)
  })

  test('every format is among them, but those that have several lines an entry', () => {
    const shown = new Set(LINES.map(([name]) => name))
    const missing = LOG_FORMATS.filter(({ name }) => !shown.has(name)).map(({ name }) => name)
    expect(missing.sort()).toEqual(['haproxy-error', 'nginx-proxy-manager', 'php-fpm-slow', 'varnishlog'])
  })
})

test('names of formats are unique', () => {
  const names = LOG_FORMATS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(formatCalled('nginx-error')?.title).toBe('nginx error log')
  expect(formatCalled('nothing')).toBeNull()
})

test('a transaction of Varnish is one entry of all its lines', () => {
  const text = `*   << Request  >> 32770
-   Begin          req 32769 rxreq
-   Timestamp      Start: 1795327914.000000 0.000000 0.000000
-   ReqStart       203.0.113.9 50000 a0
-   ReqMethod      GET
-   ReqURL         /x
-   ReqHeader      Host: shop.example.com
-   RespStatus     503
-   Timestamp      Resp: 1795327914.003000 0.003000 0.000100
-   End
**  << BeReq    >> 32771
--  BereqMethod    GET
--  FetchError     backend default: fail errno 111 (Connection refused)
--  End`
  const format = formatCalled('varnishlog')
  const [head = '', ...more] = text.split('\n')
  expect(format?.parse(head)).not.toBeNull()
  expect(more.every((line) => format?.continues?.(line, head))).toBe(true)
  expect(format?.parse(text)).toMatchObject({
    kind: 'access',
    status: 503,
    client: '203.0.113.9',
    target: '/x',
    host: 'shop.example.com',
    requestMs: 3,
    timeMs: 1795327914003,
    detail: 'backend default: fail errno 111 (Connection refused)',
  })
})

/** Causes found in the answer itself: it cannot be understood, it is not whole, or it is an error. */
import type { Cause } from '../cause.ts'

export const ANSWER_CAUSES = {
  'malformed-response': {
    title: 'The answer is not valid HTTP',
    status: 502,
    proxyStatus: 'http_protocol_error',
    side: 'upstream',
    meaning: 'The server sent something that is not a valid HTTP answer, so that nothing of it could be passed on safely.',
    remedies: [
      {
        do: 'Look at the first bytes of the answer, and mend what the evidence names.',
        when: '',
        command: String.raw`printf 'GET / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n' | nc -w 5 HOST PORT | head -c 300 | od -c`,
      },
      { do: 'Correct the port in the endpoint.', when: 'if another service answers there, such as SSH or Redis' },
      {
        do: 'Take line breaks and control characters out of what the app writes into header fields.',
        when: 'if the evidence names a header field',
      },
      {
        do: 'Let the app send either Content-Length or Transfer-Encoding, and each only once.',
        when: 'if the evidence names one of these two',
      },
    ],
  },
  'header-too-large': {
    title: "The answer's header is too large",
    status: 502,
    proxyStatus: 'http_response_header_section_size',
    side: 'upstream',
    meaning: 'The header of the answer, which is all its fields together, is larger than Gatewell accepts.',
    remedies: [
      {
        do: 'Set fewer and smaller cookies: keep the session on the server and only its number in the cookie.',
        when: 'if only some users are affected, mostly those who are logged in',
      },
      {
        do: 'Shorten the longest fields; often it is Content-Security-Policy, Link or a debugging field.',
        when: 'if every user is affected',
        command: "curl -sI http://HOST:PORT/ | awk '{ print length, $1 }' | sort -rn | head",
      },
      { do: 'Find the loop that adds the field.', when: 'if the same field is there many times' },
    ],
  },
  'http-protocol-mismatch': {
    title: 'The server speaks another protocol',
    status: 502,
    proxyStatus: 'http_protocol_error',
    side: 'upstream',
    meaning: 'The server answered in another protocol than the HTTP/1.1 that Gatewell spoke to it, such as HTTP/2.',
    remedies: [
      { do: "Point the endpoint at the server's port for HTTP/1.1.", when: 'if it has a port for each protocol' },
      {
        do: 'Let the server accept HTTP/1.1 on this port as well.',
        when: 'if it was set up for HTTP/2 only',
        command: 'curl -v --http1.1 http://HOST:PORT/',
      },
      {
        do: 'Switch the PROXY protocol off on this port.',
        when: 'if the server expects it',
        command: 'nginx: listen PORT;  # without proxy_protocol',
      },
    ],
  },
  'plaintext-to-tls-port': {
    title: 'The server expects TLS on that port',
    status: 502,
    proxyStatus: 'tls_protocol_error',
    side: 'upstream',
    meaning: 'The server expects an encrypted connection (TLS, as in https) on that port, but the endpoint is configured as plain http.',
    remedies: [
      {
        do: "Point the endpoint at the server's port for plain HTTP.",
        when: 'if it has one, e.g. 80 next to 443 or 8080 next to 8443',
        command: 'ss -ltnp',
      },
      {
        do: 'Switch TLS off on that port.',
        when: 'if Gatewell and the server are on the same machine or in a trusted network',
        command: 'openssl s_client -connect HOST:PORT </dev/null',
      },
    ],
  },
  'upgrade-failed': {
    title: 'The switch of protocols failed',
    status: 502,
    proxyStatus: 'http_upgrade_failed',
    side: 'upstream',
    meaning: 'The client asked to go on in another protocol, mostly WebSocket, and the server did not make that switch correctly.',
    remedies: [
      {
        do: 'Ask the server directly: it should answer 101 on that path.',
        when: '',
        command:
          "curl -si -m 3 --http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H " +
          "'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' http://HOST:PORT/PATH",
      },
      {
        do: 'Let the proxy between Gatewell and the app pass the switch on.',
        when: 'if there is one, e.g. nginx',
        command: 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";',
      },
      { do: "Read the app's log of that moment.", when: 'if the switch works for some clients only' },
    ],
  },
  'truncated-body': {
    title: 'The answer broke off midway',
    status: 502,
    proxyStatus: 'http_response_incomplete',
    side: 'upstream',
    meaning: 'The server closed the connection before the answer was complete.',
    remedies: [
      {
        do: "Read the app's log of that moment: mostly it crashed, or an error was raised after the answer had begun.",
        when: '',
        command: 'journalctl -u SERVICE --since "10 min ago"',
      },
      {
        do: "Raise the server's time limit for sending an answer.",
        when: 'if it always breaks off after the same time',
        command: 'gunicorn --timeout 120 · PHP-FPM: request_terminate_timeout = 120s',
      },
      {
        do: 'Free some space: a proxy in between keeps large answers on disk.',
        when: 'if large answers always break off at about the same size',
        command: 'df -h',
      },
      {
        do: 'Let the framework set Content-Length instead of the app.',
        when: 'if the same answer always lacks the same few bytes',
      },
    ],
  },
  'content-length-mismatch': {
    title: 'The answer is longer than it declared',
    status: 502,
    proxyStatus: 'http_protocol_error',
    side: 'upstream',
    meaning: 'The server sent more bytes than its Content-Length field had announced, so it is unclear where the answer ends.',
    remedies: [
      {
        do: 'Let the framework set Content-Length, or count bytes and not characters.',
        when: '',
        command: "Node: response.setHeader('Content-Length', Buffer.byteLength(body))",
      },
      { do: 'Set the length after compression.', when: 'if something compresses or rewrites the body after its length was set' },
      {
        do: 'Keep warnings and debugging output out of the answer.',
        when: 'if the extra bytes are PHP messages',
        command: 'display_errors = Off',
      },
    ],
  },
  'upstream-overloaded': {
    title: 'The server says that it is overloaded',
    status: 503,
    proxyStatus: 'destination_unavailable',
    side: 'app',
    meaning: 'The server was reached and answered that it has too much to do just now (status 503).',
    remedies: [
      { do: 'Give the app more workers or instances.', when: '' },
      {
        do: "Raise the app server's own limit.",
        when: 'if the machine has memory and processor time to spare meanwhile',
        command: 'uvicorn --limit-concurrency 1000 · gunicorn --workers 4 --threads 8',
      },
      { do: 'Find out what the app waits for: mostly a slow query, a lock or another service.', when: 'if its workers are busy waiting' },
      {
        do: 'End the maintenance mode of the app.',
        when: 'if it answers 503 by intention',
        command: 'Laravel: php artisan up · Nextcloud: occ maintenance:mode --off',
      },
    ],
  },
  'upstream-5xx': {
    title: 'The server itself answered with an error',
    status: 502,
    proxyStatus: 'destination_unavailable',
    side: 'app',
    meaning: 'The server was reached and answered with an error of its own (a status of 500 or above), which Gatewell passed on.',
    remedies: [
      { do: "Read the app's log of that moment.", when: '', command: 'journalctl -u SERVICE --since "10 min ago"' },
      { do: 'Check that its database, its cache and the services it calls can be reached.', when: 'if the log names one of them' },
      {
        do: 'Look one hop further in: the error comes from behind the server.',
        when: 'if the fields Via or Server of the answer name another proxy',
        command: "curl -si -H 'Host: SITE' http://HOST:PORT/PATH",
      },
      { do: 'Go back to the previous release.', when: 'if it began with a deployment' },
    ],
  },
} as const satisfies Record<string, Cause>

/** Causes met between the request going out and its answer coming in. */
import type { Cause } from '../cause.ts'

export const EXCHANGE_CAUSES = {
  'keepalive-race': {
    title: 'The server closed an idle connection as it was reused',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'upstream',
    meaning: 'The server closed a connection that had been idle at the very moment Gatewell sent the next request on it.',
    remedies: [
      {
        do: 'Let Node keep idle connections for longer than Gatewell does, which is 60 seconds unless configured otherwise.',
        when: 'if the server runs on Node (5 seconds by default up to version 25)',
        command: 'server.keepAliveTimeout = 65_000',
      },
      {
        do: 'Let the Python server keep idle connections for longer.',
        when: 'if it is uvicorn (5 seconds by default) or gunicorn (2 seconds; its sync workers never keep any)',
        command: 'uvicorn --timeout-keep-alive 65 · gunicorn --worker-class gthread --keep-alive 65',
      },
      {
        do: 'Let Apache keep idle connections for longer.',
        when: 'if the server is Apache (5 seconds by default)',
        command: 'KeepAliveTimeout 65',
      },
      {
        do: 'Let Gatewell give idle connections up sooner than the server does.',
        when: 'if the server cannot be changed',
        command: 'keepAlive: { idle: 4s }',
      },
      {
        do: 'Find the firewall, NAT gateway or load balancer between the two, and raise its limit for idle connections.',
        when: "if the server's own limit is higher than the idle time in the evidence",
      },
    ],
  },
  'reset-before-response': {
    title: 'The server reset the connection before it answered',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'upstream',
    meaning: 'The server took the request, then cut the connection off (a TCP reset) without having sent one byte of an answer.',
    remedies: [
      {
        do: "Read the app's log of that moment: mostly the app crashed or was restarted.",
        when: '',
        command: 'journalctl -u SERVICE --since "10 min ago"',
      },
      {
        do: "Raise the app server's own time limit, or make the request faster.",
        when: 'if it always happens after the same time, e.g. 30 seconds',
        command: 'gunicorn --timeout 120 · PHP-FPM: request_terminate_timeout = 120s',
      },
      {
        do: 'Give the app more memory, or run fewer workers.',
        when: 'if the kernel killed it for lack of memory',
        command: "journalctl -k | grep -i 'killed process'",
      },
      {
        do: 'Check that the port speaks plain HTTP: it may expect TLS or the PROXY protocol.',
        when: 'if it happens at once and with every request',
        command: 'curl -v http://HOST:PORT/',
      },
    ],
  },
  'closed-before-response': {
    title: 'The server closed the connection before it answered',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'upstream',
    meaning: 'The server took the request, then closed the connection in good order without having sent one byte of an answer.',
    remedies: [
      {
        do: "Read the app's log of that moment: mostly a worker crashed or was ended.",
        when: '',
        command: 'journalctl -u SERVICE --since "10 min ago"',
      },
      {
        do: "Raise the app server's own time limit, or make the request faster.",
        when: 'if it always happens after the same time, e.g. 30 seconds',
        command: 'gunicorn --timeout 120 · PHP-FPM: request_terminate_timeout = 120s',
      },
      {
        do: 'Let the app finish the requests it has taken before it ends.',
        when: 'if it happens during deployments',
        command: "Node: process.on('SIGTERM', () => server.close())",
      },
      {
        do: 'Check that the port speaks plain HTTP: it may expect TLS or the PROXY protocol.',
        when: 'if it happens at once and with every request',
        command: 'curl -v http://HOST:PORT/',
      },
    ],
  },
  'request-write-failed': {
    title: 'The server stopped reading the request',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'upstream',
    meaning: 'The server closed the connection while the request was still being sent, mostly because the body is larger than it accepts.',
    remedies: [
      {
        do: 'Raise the largest body that the server accepts.',
        when: 'if the request was an upload',
        command: 'nginx: client_max_body_size 100m; · PHP: post_max_size = 100M and upload_max_filesize = 100M',
      },
      {
        do: 'Let the app read the body to its end before it refuses a request with 401 or 413.',
        when: 'if the app answers early and then closes',
      },
      {
        do: "Read the app's log of that moment: it may have crashed over the body.",
        when: 'if small bodies fail as well',
        command: 'journalctl -u SERVICE --since "10 min ago"',
      },
      {
        do: 'Raise the time the server allows for receiving a request.',
        when: 'if slow uploads break off after the same time (Node: 300 seconds)',
        command: 'Node: server.requestTimeout = 900_000',
      },
    ],
  },
  'request-write-timeout': {
    title: 'The server does not read the request',
    status: 504,
    proxyStatus: 'connection_write_timeout',
    side: 'upstream',
    meaning: 'The server keeps the connection open but has stopped reading the body, so that the rest of it cannot be sent.',
    remedies: [
      { do: 'Find out what the app waits for while it should be reading.', when: '', command: 'top -H -p PID' },
      { do: 'Free some space.', when: 'if the app writes uploads to a disk', command: 'df -h' },
      { do: 'Allow longer pauses.', when: 'if the app reads with long pauses by design', command: 'timeouts: { idle: 5m }' },
    ],
  },
  'response-timeout': {
    title: 'The server took too long to answer',
    status: 504,
    proxyStatus: 'http_response_timeout',
    side: 'upstream',
    meaning: 'The server took the request but sent no answer within the time allowed for one.',
    remedies: [
      {
        do: 'Find out what the request waits for: mostly a slow query, a lock or another service.',
        when: '',
        command: 'PHP-FPM: request_slowlog_timeout = 5s and slowlog = /var/log/php-slow.log · PostgreSQL: SELECT * FROM pg_stat_activity',
      },
      {
        do: 'Give the app more workers.',
        when: 'if all of them are busy and requests wait for a free one',
        command: 'gunicorn --workers 4 --threads 8 · PHP-FPM: pm.max_children = 20',
      },
      {
        do: 'Answer at once with 202, do the work in the background, and let the client ask for the result.',
        when: 'if the work takes long by nature',
      },
      {
        do: 'Allow more time for the answer.',
        when: 'if clients are willing to wait for it',
        command: 'timeouts: { response: 120s, total: 150s }',
      },
    ],
  },
  'idle-timeout': {
    title: 'The answer stalled midway',
    status: 504,
    proxyStatus: 'connection_read_timeout',
    side: 'upstream',
    meaning: 'The answer had begun, then nothing more of it came for longer than a pause may last.',
    remedies: [
      {
        do: 'Send a sign of life every 15 to 30 seconds.',
        when: 'if it is an event stream or a WebSocket',
        command: "server-sent events: response.write(': ping\\n\\n') · ws: socket.ping()",
      },
      { do: 'Find out what the app waits for in the middle of its answer.', when: 'if it is an ordinary answer' },
      { do: 'Allow longer pauses.', when: 'if they are part of the answer', command: 'timeouts: { idle: 5m, tunnel: 2h }' },
    ],
  },
  'deadline-exceeded': {
    title: 'The request took too long in all',
    status: 504,
    proxyStatus: 'http_response_timeout',
    side: 'upstream',
    meaning: 'The time allowed for the whole request, with all its attempts, was used up before there was an answer to pass on.',
    remedies: [
      { do: 'Remedy the cause of the first attempt: it used up the time.', when: 'if there was more than one attempt' },
      {
        do: 'Find out what the app waits for: mostly a slow query, a lock or another service.',
        when: 'if there was only one attempt',
      },
      {
        do: 'Allow less time for one answer, so that a second endpoint still gets its chance.',
        when: 'if the upstream has several endpoints',
        command: 'timeouts: { response: 10s, total: 60s }',
      },
      { do: 'Allow more time for the whole.', when: 'if clients are willing to wait for it', command: 'timeouts: { total: 120s }' },
    ],
  },
} as const satisfies Record<string, Cause>

/** Causes inside the server: its processes, its own limits and what it depends on. They are told by its logs, its machine or its pages. */
import type { Cause } from '../cause.ts'

export const PROCESS_CAUSES = {
  'worker-pool-exhausted': {
    title: 'All workers of the app are busy',
    status: 504,
    proxyStatus: 'http_response_timeout',
    side: 'app',
    meaning: 'Every worker or thread of the app is at work on a request, so that further requests wait, and in the end in vain.',
    remedies: [
      { do: 'Find out what the workers wait for: mostly a slow query, a lock or another service.', when: '' },
      {
        do: 'Give the app more workers, as far as its memory allows.',
        when: 'if they are busy computing and not waiting',
        command: 'PHP-FPM: pm.max_children = 20 · gunicorn --workers 4 --threads 8 · puma -w 4 -t 5:16',
      },
      { do: 'Move long work into a queue.', when: 'if a few kinds of request hold the workers for long' },
      {
        do: 'Limit how many requests reach the app at a time, and how long they wait.',
        when: 'if load comes in bursts',
        command: 'concurrency: { limit: 20, queue: 200, wait: 5s }',
      },
    ],
  },
  'worker-crashed': {
    title: 'A worker of the app crashed',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'app',
    meaning: 'The process that worked on the request ended before it had answered: it crashed, or was ended by a signal.',
    remedies: [
      { do: 'Read what the process said last.', when: '', command: 'journalctl -u SERVICE --since "10 min ago"; coredumpctl list' },
      { do: 'Update or switch off the native extension that crashes.', when: 'if it ended with signal 11', command: 'php -m · pip list · npm ls' },
      { do: 'Go back to the previous release.', when: 'if it began with a deployment' },
      { do: 'Reload instead of restarting, so that requests in progress are finished.', when: 'if it was ended by a restart', command: 'systemctl reload SERVICE' },
    ],
  },
  'worker-oom-killed': {
    title: 'The system killed a worker for want of memory',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'app',
    meaning: 'The machine or the container ran out of memory, and the kernel ended the process that worked on the request.',
    remedies: [
      { do: 'Run fewer workers: their number times the memory of one must fit.', when: '', command: 'ps -o rss,comm -C NAME --sort -rss | head' },
      { do: 'Raise the limit of the container, or give the machine more memory.', when: 'if one worker alone needs more', command: 'dmesg -T | grep -i -E "oom|killed process"' },
      { do: 'Let each worker end after some thousand requests.', when: 'if its memory only ever grows', command: 'PHP-FPM: pm.max_requests = 1000 · gunicorn --max-requests 1000' },
    ],
  },
  'script-timeout': {
    title: 'The app server ended a request that took too long',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'app',
    meaning: 'A time limit of the app server itself was over, so it ended the request and its worker without an answer.',
    remedies: [
      { do: 'Find out what the request waits for: mostly a slow query, a lock or another service.', when: '' },
      {
        do: 'Allow more time there, and a little more in every hop before it.',
        when: 'if the work really takes so long',
        command: 'PHP-FPM: request_terminate_timeout = 120s · gunicorn --timeout 120 · nginx: proxy_read_timeout 130s;',
      },
      { do: 'Move the work into a queue and answer at once.', when: 'if it takes longer than a visitor waits' },
    ],
  },
  'dependency-down': {
    title: 'Something that the app depends on is down',
    status: 503,
    proxyStatus: 'destination_unavailable',
    side: 'app',
    meaning: 'The app runs, but its database, its cache or another service that it calls cannot be reached or refuses it.',
    remedies: [
      { do: 'Start or repair what the evidence names.', when: '', command: 'systemctl status mysql postgresql redis-server' },
      {
        do: 'Raise the number of connections of the database, or put a pool in front of it.',
        when: 'if it says that there are too many',
        command: 'MySQL: max_connections = 500 · PostgreSQL: pgbouncer',
      },
      { do: 'Correct the address or the password that the app uses.', when: 'if it began with a deployment or a move' },
    ],
  },
  'upstream-draining': {
    title: 'The server was on its way out',
    status: 503,
    proxyStatus: 'destination_unavailable',
    side: 'upstream',
    meaning: 'The request went to a server that was being taken out of service, as in a deployment, and that took no more requests.',
    remedies: [
      {
        do: 'Let the server go on for a few seconds after it was taken out of the balancer, then finish what it has.',
        when: '',
        command: 'Kubernetes: lifecycle: { preStop: { exec: { command: ["sleep", "15"] } } }',
      },
      { do: 'Drain it before it is stopped.', when: 'if Gatewell is in front', command: 'gatewell drain ENDPOINT --wait' },
      { do: 'Start the new server before the old one ends.', when: 'if there is only one' },
    ],
  },
  'http2-goaway': {
    title: 'The server ended the HTTP/2 connection',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'upstream',
    meaning: 'The server said that it takes no more requests on this HTTP/2 connection (GOAWAY), and this one was not worked on any more.',
    remedies: [
      { do: 'Let the proxy in front send it again on another connection, which is safe.', when: '' },
      { do: 'Raise the number of requests that the server takes on one connection.', when: 'if it happens all the time', command: 'nginx: keepalive_requests 10000;' },
      { do: 'Read the log of the server.', when: 'if it names an error and not a regular end' },
    ],
  },
  'http2-stream-reset': {
    title: 'The server reset the HTTP/2 stream',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'upstream',
    meaning: 'The server ended this one request on an HTTP/2 connection (RST_STREAM) before it had answered it.',
    remedies: [
      { do: 'Read the log of the server of that moment.', when: '', command: 'journalctl -u SERVICE --since "10 min ago"' },
      { do: 'Allow more streams at a time.', when: 'if the code is REFUSED_STREAM or ENHANCE_YOUR_CALM', command: 'nginx: http2_max_concurrent_streams 256;' },
      { do: 'Speak HTTP/1.1 to it.', when: 'if its HTTP/2 is the trouble' },
    ],
  },
  'grpc-unavailable': {
    title: 'The gRPC service says that it is unavailable',
    status: 503,
    proxyStatus: 'destination_unavailable',
    side: 'app',
    meaning: 'The answer is HTTP 200, but its grpc-status says that the call failed: unavailable, too late, or out of resources.',
    remedies: [
      { do: 'Read the log of the service of that moment.', when: '', command: 'journalctl -u SERVICE --since "10 min ago"' },
      { do: 'Allow the call more time.', when: 'if the status is 4 (deadline exceeded)' },
      { do: 'Give the service more instances.', when: 'if the status is 8 (resource exhausted)' },
    ],
  },
  'corrupt-encoding': {
    title: 'The compressed answer cannot be unpacked',
    status: 502,
    proxyStatus: 'http_response_content_coding',
    side: 'upstream',
    meaning: 'The answer says that it is compressed, but it is not, or it is broken, or compressed twice.',
    remedies: [
      { do: 'Let only one of app and proxy compress.', when: '', command: 'curl -s --compressed -o /dev/null http://HOST:PORT/PATH' },
      { do: 'Keep warnings and debugging output out of the answer.', when: 'if the app compresses by itself', command: 'PHP: zlib.output_compression = Off' },
      { do: 'Empty the cache in between.', when: 'if only some visitors meet it' },
    ],
  },
  'redirect-loop': {
    title: 'The redirects go round in a circle',
    status: 502,
    proxyStatus: 'http_protocol_error',
    side: 'app',
    meaning: 'Each answer sends the client on to another address, and in the end back to one where it has been, so that it never arrives.',
    remedies: [
      {
        do: 'Let the app know that the client came by https: pass X-Forwarded-Proto on, and let the app trust it.',
        when: 'if http and https alternate',
        command: 'nginx: proxy_set_header X-Forwarded-Proto $scheme;',
      },
      { do: 'Let the CDN connect to the server by https.', when: 'if there is one', command: 'Cloudflare: SSL/TLS mode Full (strict), not Flexible' },
      { do: 'Decide for one name and redirect only there.', when: 'if the name with www and the one without send to each other' },
      { do: 'Let the login page be seen without a login.', when: 'if the circle leads over it' },
    ],
  },
} as const satisfies Record<string, Cause>

/** Causes inside the app and its server. From outside they look like a reset or a silence; their own log tells them apart. */
import type { Cause } from '../cause.ts'

export const FOREIGN_APP_CAUSES = {
  'worker-pool-exhausted': {
    title: 'All workers of the app are busy',
    status: 504,
    proxyStatus: 'http_response_timeout',
    side: 'app',
    meaning:
      "Each worker or thread of the app server was at work on another request, so that this one waited until the proxy's patience ended.",
    remedies: [
      {
        do: 'Find what keeps the workers so long: mostly a slow query or a slow service behind the app.',
        when: '',
        command: 'PHP-FPM: request_slowlog_timeout = 5s, slowlog = /var/log/php-fpm-slow.log',
      },
      {
        do: 'Let it have more workers, as many as the memory allows.',
        when: 'if processor and memory have room',
        command:
          'PHP-FPM: pm.max_children = 20 · gunicorn --workers 4 --threads 8 · Apache: MaxRequestWorkers 400 · Tomcat: maxThreads="400"',
      },
      {
        do: 'Let the proxy turn away what would only wait.',
        when: 'if more comes than the machine can do',
        command: 'HAProxy: server … maxconn 50',
      },
    ],
  },
  'worker-crashed': {
    title: 'A worker of the app crashed',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'app',
    meaning: 'The process that worked on the request ended in the middle of it: a fault in the program or in one of its extensions.',
    remedies: [
      {
        do: 'Read what the app logged last, and the number of the signal or exit code.',
        when: '',
        command: 'journalctl -u SERVICE --since "10 min ago"',
      },
      { do: 'Update or switch off native extensions one by one.', when: 'if the signal is 11 (SIGSEGV) or 6 (SIGABRT)' },
      { do: 'Keep a core dump and look at its stack.', when: 'if it happens again', command: 'coredumpctl list; coredumpctl info PID' },
      { do: 'Take the last deployment back.', when: 'if it began with that' },
    ],
  },
  'worker-oom-killed': {
    title: 'A worker of the app was killed for its memory',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'app',
    meaning: 'The kernel, or the limit of the container, killed the process that worked on the request (SIGKILL) because memory ran out.',
    remedies: [
      {
        do: 'See whom the kernel killed, and how much memory it had.',
        when: '',
        command: "journalctl -k | grep -iE 'out of memory|oom-kill'",
      },
      {
        do: 'Run fewer workers: their number times the memory of one must fit.',
        when: 'if each takes its usual share',
        command: 'PHP-FPM: pm.max_children = MEMORY / MEMORY_OF_ONE · gunicorn --workers 2',
      },
      { do: 'Raise the memory of the machine or the limit of the container.', when: 'if there is nothing to spare' },
      {
        do: 'Replace workers after some requests.',
        when: 'if their memory only ever grows',
        command: 'PHP-FPM: pm.max_requests = 500 · gunicorn --max-requests 1000 --max-requests-jitter 100',
      },
    ],
  },
  'script-timeout': {
    title: "The app server's own time limit ended the request",
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'app',
    meaning:
      'The app server killed the worker because the request took longer than it allows, so that the proxy saw a cut connection, not a timeout.',
    remedies: [
      { do: 'Make the request faster, or do the work after the answer (a queue, a background job).', when: '' },
      {
        do: "Raise the app server's time limit.",
        when: 'if the request is meant to take that long',
        command: 'PHP-FPM: request_terminate_timeout = 120s · gunicorn --timeout 120 · uWSGI: harakiri = 120',
      },
      {
        do: "Set the proxy's time limit above it.",
        when: 'if the proxy gives up sooner',
        command: 'nginx: proxy_read_timeout 130s; fastcgi_read_timeout 130s;',
      },
    ],
  },
  'dependency-down': {
    title: 'Something that the app needs is down',
    status: 502,
    proxyStatus: 'http_response_incomplete',
    side: 'app',
    meaning: 'The app runs, and its database, cache or another service behind it does not answer.',
    remedies: [
      { do: 'Start or mend the service that the evidence names.', when: '', command: 'systemctl status SERVICE' },
      { do: 'Raise its limit of connections, or put a pooler in front.', when: 'if it says that it has too many connections' },
      { do: 'Correct the address or the password in the app.', when: 'if the service runs' },
    ],
  },
  'upstream-draining': {
    title: 'The server was being stopped or replaced',
    status: 503,
    proxyStatus: 'destination_unavailable',
    side: 'upstream',
    meaning:
      'The server was on its way out (a deployment, a reload, a scale-down) and cut off what it had, or was asked when it was already gone.',
    remedies: [
      {
        do: 'Take the server out of the proxy first, and stop it some seconds later.',
        when: '',
        command: 'Kubernetes: lifecycle.preStop: sleep 10',
      },
      {
        do: 'Let it finish what it has before it ends.',
        when: 'if requests under way were cut off',
        command: 'PHP-FPM: process_control_timeout = 30s · gunicorn --graceful-timeout 30 · Apache: apachectl graceful',
      },
      { do: 'Start the new one before the old one ends.', when: 'if there is only one at a time' },
    ],
  },
  'corrupt-encoding': {
    title: 'The compressed answer cannot be unpacked',
    status: 502,
    proxyStatus: 'http_response_content_coding',
    side: 'upstream',
    meaning: 'The answer says that it is compressed, and what it holds cannot be unpacked.',
    remedies: [
      {
        do: 'Compress in one place only: in the app or in the proxy.',
        when: '',
        command: 'curl -s -H "Accept-Encoding: gzip" http://HOST:PORT/ | gzip -t',
      },
      {
        do: 'Let nothing write into the answer behind the compression.',
        when: 'if there is text after its end, such as a warning of the app',
      },
      { do: 'Take the field Content-Encoding away.', when: 'if the body is plain' },
    ],
  },
} as const satisfies Record<string, Cause>

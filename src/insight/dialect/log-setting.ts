/** The setting that answers a cause, in the words of the server whose log names it. Where there is none, the catalogue advises alone. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import type { LogDialect } from '../log/log-entry.ts'

type Setting = { readonly do: string; readonly command: string }
type Settings = Readonly<Partial<Record<KnownCauseId, Setting>>>

const NGINX: Settings = {
  'response-timeout': {
    do: 'Let nginx wait longer, if the request may take that long.',
    command: 'proxy_read_timeout 120s;  # fastcgi_read_timeout 120s; in front of PHP',
  },
  'idle-timeout': { do: 'Let nginx wait longer between two parts of an answer.', command: 'proxy_read_timeout 300s;' },
  'connect-timeout': { do: 'Let nginx give up sooner, and go on to the next server.', command: 'proxy_connect_timeout 3s;' },
  'header-too-large': {
    do: 'Let nginx take larger headers.',
    command: 'proxy_buffer_size 16k; proxy_buffers 8 16k;  # fastcgi_buffer_size 16k; fastcgi_buffers 8 16k; in front of PHP',
  },
  'keepalive-race': {
    do: 'Let nginx drop idle connections before the app does.',
    command: 'upstream app { server HOST:PORT; keepalive 32; keepalive_timeout 4s; }',
  },
  'no-healthy-upstream': {
    do: 'Do not let one failure take a server out for ten seconds, above all where it is the only one.',
    command: 'server HOST:PORT max_fails=3 fail_timeout=5s;  # max_fails=0 for a lone server',
  },
  'fd-exhaustion': { do: 'Let nginx open more files.', command: 'worker_rlimit_nofile 65535;' },
  'local-resource-exhausted': { do: 'Let nginx have more connections.', command: 'events { worker_connections 8192; }' },
  'port-exhaustion': {
    do: 'Let nginx keep connections to the app open and use them again.',
    command: 'upstream app { server HOST:PORT; keepalive 64; }  # proxy_http_version 1.1; proxy_set_header Connection "";',
  },
  'overload-shed': { do: 'Raise the limit that nginx was given.', command: 'limit_req zone=ZONE burst=50 nodelay;' },
  'tls-sni-required': { do: 'Let nginx name the site when it opens TLS.', command: 'proxy_ssl_server_name on; proxy_ssl_name HOST;' },
  'tls-hostname-mismatch': {
    do: 'Let nginx check for the name in the certificate.',
    command: 'proxy_ssl_name HOST; proxy_ssl_server_name on;',
  },
  'tls-untrusted': {
    do: 'Tell nginx the authority that signed it.',
    command: 'proxy_ssl_trusted_certificate /etc/ssl/certs/internal-ca.pem;',
  },
  'tls-to-plaintext-port': { do: 'Let nginx speak plain HTTP to that port.', command: 'proxy_pass http://HOST:PORT;' },
  'dns-nxdomain': { do: 'Give nginx a resolver that knows the name.', command: 'resolver 127.0.0.53 valid=10s;' },
  'dns-timeout': { do: 'Give nginx a resolver that answers, and time.', command: 'resolver 127.0.0.53 valid=10s; resolver_timeout 5s;' },
  'gateway-config': { do: 'Test the configuration of nginx.', command: 'nginx -t' },
}

const APACHE: Settings = {
  'response-timeout': { do: 'Let Apache wait longer, if the request may take that long.', command: 'ProxyTimeout 120' },
  'idle-timeout': { do: 'Let Apache wait longer between two parts of an answer.', command: 'ProxyTimeout 300' },
  'connect-timeout': { do: 'Let Apache give up sooner.', command: 'ProxyPass "/" "http://HOST:PORT/" connectiontimeout=3' },
  'keepalive-race': {
    do: 'Let Apache drop idle connections before the app does, or use none twice.',
    command: 'ProxyPass "/" "http://HOST:PORT/" ttl=4  # or disablereuse=On',
  },
  'no-healthy-upstream': {
    do: 'Do not let one failure take the app out for a minute.',
    command: 'ProxyPass "/" "http://HOST:PORT/" retry=0',
  },
  'header-too-large': { do: 'Let Apache take larger headers.', command: 'ProxyPass "/" "http://HOST:PORT/" responsefieldsize=65536' },
  'firewall-blocked': { do: 'Let SELinux allow Apache to connect.', command: 'setsebool -P httpd_can_network_connect 1' },
  'worker-pool-exhausted': { do: 'Let Apache work on more requests at a time.', command: 'MaxRequestWorkers 400' },
}

const HAPROXY: Settings = {
  'response-timeout': { do: 'Let HAProxy wait longer, if the request may take that long.', command: 'timeout server 120s' },
  'idle-timeout': { do: 'Let HAProxy wait longer between two parts of an answer.', command: 'timeout server 120s  # timeout tunnel 1h' },
  'connect-timeout': { do: 'Let HAProxy give up sooner, and try another server.', command: 'timeout connect 3s; option redispatch' },
  'overload-shed': {
    do: 'Let a server have more requests at a time, or let them wait longer.',
    command: 'server app1 HOST:PORT maxconn 200; timeout queue 30s',
  },
  'header-too-large': { do: 'Let HAProxy take larger headers.', command: 'tune.bufsize 32768' },
  'local-resource-exhausted': { do: 'Let HAProxy have more connections.', command: 'maxconn 20000' },
  'port-exhaustion': { do: 'Let HAProxy use connections again, and more ports.', command: 'http-reuse safe  # source 0.0.0.0:1024-65000' },
  'no-healthy-upstream': {
    do: 'Ask HAProxy why its checks fail.',
    command: 'echo "show servers state" | socat stdio /run/haproxy/admin.sock',
  },
}

export const SETTINGS: Readonly<Partial<Record<LogDialect, Settings>>> = {
  nginx: NGINX,
  apache: APACHE,
  haproxy: HAPROXY,
  caddy: {
    'response-timeout': {
      do: 'Let Caddy wait longer, if the request may take that long.',
      command: 'reverse_proxy HOST:PORT { transport http { response_header_timeout 120s } }',
    },
    'connect-timeout': { do: 'Let Caddy give up sooner.', command: 'reverse_proxy HOST:PORT { transport http { dial_timeout 2s } }' },
    'connect-refused': {
      do: 'Let Caddy try again while the app restarts.',
      command: 'reverse_proxy HOST:PORT { lb_try_duration 10s; lb_try_interval 250ms }',
    },
    'keepalive-race': {
      do: 'Let Caddy drop idle connections before the app does.',
      command: 'reverse_proxy HOST:PORT { transport http { keepalive 4s } }',
    },
    'tls-to-plaintext-port': { do: 'Let Caddy speak plain HTTP to that port.', command: 'reverse_proxy http://HOST:PORT' },
  },
  envoy: {
    'response-timeout': { do: 'Give the route more time: Envoy waits 15 s unless told otherwise.', command: 'route: { timeout: 120s }' },
    'keepalive-race': {
      do: 'Let Envoy drop idle connections before the app does: it keeps them for an hour.',
      command: 'common_http_protocol_options: { idle_timeout: 4s }',
    },
    'overload-shed': {
      do: 'Raise the limits of the cluster.',
      command: 'circuit_breakers: { thresholds: [{ max_connections: 4096, max_pending_requests: 4096, max_requests: 4096 }] }',
    },
  },
  traefik: {
    'response-timeout': {
      do: 'Let Traefik wait longer.',
      command: 'serversTransport: { forwardingTimeouts: { responseHeaderTimeout: 120s } }',
    },
    'connect-timeout': { do: 'Let Traefik give up sooner.', command: 'serversTransport: { forwardingTimeouts: { dialTimeout: 3s } }' },
    'keepalive-race': {
      do: 'Let Traefik drop idle connections before the app does.',
      command: 'serversTransport: { forwardingTimeouts: { idleConnTimeout: 4s } }',
    },
  },
  varnish: {
    'response-timeout': { do: 'Let Varnish wait longer.', command: 'backend app { .first_byte_timeout = 120s; }' },
    'idle-timeout': {
      do: 'Let Varnish wait longer between two parts of an answer.',
      command: 'backend app { .between_bytes_timeout = 120s; }',
    },
    'connect-timeout': { do: 'Let Varnish wait longer for a connection.', command: 'backend app { .connect_timeout = 5s; }' },
    'overload-shed': { do: 'Let Varnish have more connections to it.', command: 'backend app { .max_connections = 500; }' },
    'header-too-large': { do: 'Let Varnish take larger headers.', command: 'varnishd -p http_resp_hdr_len=32k -p http_resp_size=64k' },
  },
  'php-fpm': {
    'worker-pool-exhausted': {
      do: 'Let PHP-FPM work on more requests at a time, as far as memory goes, or make them faster.',
      command: 'pm.max_children = 20  # one child takes 30 to 100 MB',
    },
    'script-timeout': {
      do: 'Give scripts more time, or make them faster: the slow log says where they wait.',
      command: 'request_terminate_timeout = 120s',
    },
    'worker-oom-killed': {
      do: 'Let PHP-FPM take less memory.',
      command: 'pm.max_children = 5; pm.max_requests = 500; php_admin_value[memory_limit] = 128M',
    },
    'worker-crashed': {
      do: 'Find the extension that crashes: turn them off one by one, OPcache first.',
      command: 'php_admin_value[opcache.enable] = 0',
    },
  },
  gunicorn: {
    'script-timeout': {
      do: 'Give requests more time, or a kind of worker that can wait.',
      command: 'gunicorn --timeout 120 --worker-class gthread --threads 8',
    },
    'worker-oom-killed': {
      do: 'Let gunicorn take less memory.',
      command: 'gunicorn --workers 2 --max-requests 1000 --max-requests-jitter 100',
    },
  },
  alb: {
    'keepalive-race': {
      do: 'Let the app keep idle connections for longer than the load balancer does (60 s).',
      command: 'Node: server.keepAliveTimeout = 65_000 · gunicorn --keep-alive 65 · nginx: keepalive_timeout 75s;',
    },
    'response-timeout': {
      do: 'Let the load balancer wait longer.',
      command: 'aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=idle_timeout.timeout_seconds,Value=120',
    },
    'no-endpoints': {
      do: 'Ask which targets are registered, and how they are.',
      command: 'aws elbv2 describe-target-health --target-group-arn ARN',
    },
  },
  gclb: {
    'response-timeout': {
      do: 'Let the load balancer wait longer.',
      command: 'gcloud compute backend-services update NAME --timeout=120s --global',
    },
    'keepalive-race': {
      do: 'Let the app keep idle connections for longer than the load balancer does (600 s).',
      command: 'nginx: keepalive_timeout 620s; · Node: server.keepAliveTimeout = 620_000',
    },
  },
}

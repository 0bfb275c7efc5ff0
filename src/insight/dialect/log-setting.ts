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
  'connect-refused': {
    do: 'See where nginx looks for the app, and what listens there.',
    command: 'nginx -T | grep -E "proxy_pass|fastcgi_pass|server "; ss -ltnp',
  },
  'socket-missing': {
    do: 'See which socket nginx expects, and which one the app made.',
    command: 'nginx -T | grep -E "unix:"; ls -l /run/php/',
  },
  'socket-permission': {
    do: 'Let the app give its socket to the user that nginx runs as.',
    command: 'PHP-FPM: listen.owner = www-data, listen.group = www-data, listen.mode = 0660',
  },
  'firewall-blocked': { do: 'Let SELinux allow nginx to connect.', command: 'setsebool -P httpd_can_network_connect 1' },
  'tls-protocol-mismatch': {
    do: "Let nginx speak today's versions of TLS to the server.",
    command: 'proxy_ssl_protocols TLSv1.2 TLSv1.3;',
  },
  'tls-client-cert-required': {
    do: 'Give nginx a certificate to show.',
    command: 'proxy_ssl_certificate client.pem; proxy_ssl_certificate_key client.key;',
  },
  'request-write-timeout': { do: 'Let nginx wait longer for the server to take the request.', command: 'proxy_send_timeout 300s;' },
  'http-protocol-mismatch': {
    do: 'Speak the protocol of the server to it.',
    command: 'HTTP: proxy_pass http://HOST:PORT; · FastCGI: fastcgi_pass HOST:PORT; · gRPC: grpc_pass grpc://HOST:PORT;',
  },
  'no-endpoints': { do: 'Ask which pods the Service has, and whether they are ready.', command: 'kubectl get endpoints,pods -n NAMESPACE' },
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
  'socket-permission': {
    do: 'Let the app give its socket to the user that Apache runs as.',
    command: 'PHP-FPM: listen.owner = www-data, listen.group = www-data, listen.mode = 0660',
  },
  'tls-handshake-failed': {
    do: 'Let Apache say why the handshake fails: with the usual LogLevel it does not.',
    command: 'LogLevel warn ssl:info proxy:info',
  },
  'tls-untrusted': { do: 'Tell Apache the authority that signed it.', command: 'SSLProxyCACertificateFile /etc/ssl/ca.pem' },
  'tls-client-cert-required': { do: 'Give Apache a certificate to show.', command: 'SSLProxyMachineCertificateFile /etc/ssl/client.pem' },
  'tls-to-plaintext-port': { do: 'Let Apache speak plain HTTP to that port.', command: 'ProxyPass "/" "http://HOST:PORT/"' },
  'gateway-config': {
    do: 'Load the module that the scheme in ProxyPass needs.',
    command: 'a2enmod proxy proxy_http proxy_fcgi ssl; apachectl configtest',
  },
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
  'closed-before-response': {
    do: 'Let HAProxy try another server when one gives an empty answer.',
    command: 'retry-on conn-failure empty-response; option redispatch',
  },
  'malformed-response': { do: 'See what HAProxy could not read.', command: 'echo "show errors" | socat stdio /run/haproxy/admin.sock' },
  'connect-refused': {
    do: 'Let another server answer when one refuses, and check them all.',
    command: 'option redispatch; server app1 HOST:PORT check',
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
    'no-healthy-upstream': {
      do: 'Let requests wait for a moment until an upstream is back.',
      command: 'reverse_proxy HOST:PORT { lb_try_duration 5s }',
    },
    'header-too-large': {
      do: 'Let Caddy take larger headers.',
      command: 'reverse_proxy HOST:PORT { transport http { max_response_header 128KiB } }',
    },
    'tls-hostname-mismatch': {
      do: 'Tell Caddy the name in the certificate.',
      command: 'reverse_proxy https://HOST { transport http { tls_server_name NAME } }',
    },
    'tls-client-cert-required': {
      do: 'Give Caddy a certificate to show.',
      command: 'reverse_proxy https://HOST { transport http { tls_client_auth client.pem client.key } }',
    },
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
    'connect-timeout': { do: 'Let Envoy give up sooner, and go on to the next host.', command: 'connect_timeout: 3s  # of the cluster' },
    'closed-before-response': {
      do: 'Let Envoy drop idle connections before the app does: it keeps them for an hour.',
      command: 'common_http_protocol_options: { idle_timeout: 4s }  # of the cluster',
    },
    'idle-timeout': { do: 'Let streams be silent for longer.', command: 'stream_idle_timeout: 3600s  # 0s: for ever' },
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
    'tls-untrusted': {
      do: 'Tell Traefik the authority that signed it.',
      command: 'serversTransports: { shop: { rootCAs: [/etc/ssl/ca.pem] } }',
    },
    'tls-hostname-mismatch': {
      do: 'Tell Traefik the name in the certificate.',
      command: 'serversTransports: { shop: { serverName: NAME } }',
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
    'no-healthy-upstream': { do: 'Ask Varnish what its probes say.', command: 'varnishadm backend.list -p' },
    'closed-before-response': {
      do: 'Let Varnish drop idle connections before the app does.',
      command: 'varnishadm param.set backend_idle_timeout 4',
    },
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
    'upstream-draining': { do: 'Let scripts end before PHP-FPM stops or reloads.', command: 'process_control_timeout = 30s' },
    'response-timeout': {
      do: 'Let PHP-FPM write down where slow scripts are.',
      command: 'request_slowlog_timeout = 5s; slowlog = /var/log/php-fpm-slow.log',
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
    'upstream-draining': { do: 'Let requests end before gunicorn stops.', command: 'gunicorn --graceful-timeout 60' },
    'connect-refused': { do: 'See what has taken the port.', command: 'ss -ltnp | grep PORT' },
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
    'connect-timeout': {
      do: 'Let the targets take connections from the load balancer.',
      command: 'aws ec2 authorize-security-group-ingress --group-id TARGETS --protocol tcp --port PORT --source-group BALANCER',
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
    'no-healthy-upstream': { do: 'Ask what the health checks say.', command: 'gcloud compute backend-services get-health NAME --global' },
  },
  uvicorn: {
    'upstream-overloaded': { do: 'Let uvicorn take more requests at a time.', command: 'uvicorn --workers 4 --limit-concurrency 1000' },
  },
  cloudflare: {
    'connect-refused': {
      do: 'Let the firewall of the origin admit Cloudflare.',
      command: 'curl -s https://www.cloudflare.com/ips-v4 | xargs -I{} ufw allow from {} to any port 443 proto tcp',
    },
    'connect-timeout': {
      do: 'Let the firewall of the origin admit Cloudflare.',
      command: 'curl -s https://www.cloudflare.com/ips-v4 | xargs -I{} ufw allow from {} to any port 443 proto tcp',
    },
  },
  heroku: {
    'worker-crashed': {
      do: 'Read what the app said last, and start it again.',
      command: 'heroku logs --tail --source app; heroku ps:restart',
    },
    'no-endpoints': { do: 'Start a web dyno.', command: 'heroku ps:scale web=1' },
    'overload-shed': { do: 'Run more dynos.', command: 'heroku ps:scale web=3' },
  },
}

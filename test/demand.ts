/** The demands that users of gateways make again and again. The numbers are those of a survey of trackers. */

export type Demand = {
  readonly number: number
  /** In the words of those who ask. */
  readonly title: string
  /** Where they ask: the numbers of issues and pull requests, by repository. */
  readonly sources: Readonly<Record<string, readonly number[]>>
}

export const DEMANDS: readonly Demand[] = [
  {
    number: 1,
    title: 'No random 502 from connections that the server closes just as the next request is sent.',
    sources: {
      'caddyserver/caddy': [6452],
      'traefik/traefik': [10932, 8608, 3237],
      'kubernetes/ingress-nginx': [11244, 3099],
      'envoyproxy/envoy': [14981, 8639],
      'Kong/kong': [11160],
      'apache/apisix': [11638],
      'sozu-proxy/sozu': [1442],
      'nodejs/node': [20256, 27363, 17749],
    },
  },
  {
    number: 2,
    title: 'Say why, in the normal access log, without debug level.',
    sources: { 'traefik/traefik': [12011, 13442, 1762], 'kubernetes/ingress-nginx': [4609] },
  },
  {
    number: 3,
    title: 'Drain a backend before it goes: it finishes what it has and gets nothing new.',
    sources: { 'traefik/traefik': [41, 11252, 1480, 1855, 7373] },
  },
  {
    number: 4,
    title: 'Rolling updates without 502.',
    sources: { 'kubernetes/ingress-nginx': [7097, 3639, 4125, 1253], 'nginx/kubernetes-ingress': [891] },
  },
  {
    number: 5,
    title: 'Deploys must not 502: a new container gets visitors when it is ready, not before.',
    sources: { 'coollabsio/coolify': [8627, 4817, 7313, 5657] },
  },
  {
    number: 6,
    title: 'The proxy must not be healthy and serve nobody.',
    sources: { 'coollabsio/coolify': [9149, 7744] },
  },
  {
    number: 7,
    title: 'A health check must never silently take a site away.',
    sources: { 'coollabsio/coolify': [5961, 4963, 10329] },
  },
  {
    number: 8,
    title: 'Look names up again: a container has a new address, and the proxy keeps the old one until it is restarted.',
    sources: { 'NginxProxyManager/nginx-proxy-manager': [1021, 5603, 2608], 'langgenius/dify': [39155] },
  },
  {
    number: 9,
    title: 'Learn from real traffic which backend is bad.',
    sources: { 'traefik/traefik': [11306, 11351, 181, 824], 'canonical/traefik-k8s-operator': [262] },
  },
  {
    number: 10,
    title: 'Thresholds: one bad probe must not flap.',
    sources: { 'traefik/traefik': [12390, 13387], 'caddyserver/caddy': [6152] },
  },
  {
    number: 11,
    title: 'Retry on statuses and timeouts, and never silently repeat a POST.',
    sources: { 'traefik/traefik': [4578, 12667, 8990, 1104] },
  },
  {
    number: 12,
    title: 'A retry must go to a different server.',
    sources: { 'traefik/traefik': [2723, 9618] },
  },
  {
    number: 13,
    title: 'Request bodies must survive a retry.',
    sources: {
      'caddyserver/caddy': [7546, 5454, 6259, 6267],
      'chimurai/http-proxy-middleware': [1073, 176],
      'fastify/fastify-http-proxy': [428],
      'fastify/help': [413],
      'http-party/node-http-proxy': [514],
    },
  },
  {
    number: 14,
    title: 'A reload must not cut WebSockets and streams of what did not change.',
    sources: { 'caddyserver/caddy': [7222, 6420, 5471, 5567] },
  },
  {
    number: 15,
    title: 'The load balancer in front must not see an error when the gateway reloads or stops.',
    sources: { 'haproxy/haproxy': [1506, 918, 1854, 1114, 2751, 3472] },
  },
  {
    number: 16,
    title: 'No 503 between the start and the first health check.',
    sources: { 'caddyserver/caddy': [6410, 5402] },
  },
  {
    number: 17,
    title: 'Serve the last good copy when the origin fails, correctly.',
    sources: {
      'caddyserver/caddy': [2951],
      'caddyserver/cache-handler': [2],
      'darkweak/souin': [684, 846],
      'http-party/node-http-proxy': [888],
    },
  },
  {
    number: 18,
    title: 'Readable error pages that can be branded, in the form that the client reads.',
    sources: {
      'NginxProxyManager/nginx-proxy-manager': [3840, 870, 26],
      'caddyserver/caddy': [4887],
      'coollabsio/coolify': [8981, 6490],
      'nginx-proxy/nginx-proxy': [1532],
      'kubernetes/ingress-nginx': [10513, 1396, 3700],
    },
  },
  {
    number: 19,
    title: 'Maintenance mode as a switch, with a message.',
    sources: { 'basecamp/kamal-proxy': [4, 11], 'basecamp/kamal': [162] },
  },
  {
    number: 20,
    title: 'Load balancing in the simple proxies, too.',
    sources: { 'NginxProxyManager/nginx-proxy-manager': [156], 'basecamp/kamal-proxy': [15, 124], 'basecamp/kamal': [1490] },
  },
  {
    number: 21,
    title: '"Target failed to become healthy" must say what the probe saw.',
    sources: { 'basecamp/kamal-proxy': [71, 60], 'basecamp/kamal': [1041, 1667] },
  },
  {
    number: 22,
    title: 'Event streams must not be buffered; detect them, do not ask.',
    sources: { 'basecamp/kamal-proxy': [46, 34, 36] },
  },
  {
    number: 23,
    title: 'Retry budgets by default, so that retries do not become the outage.',
    sources: { 'envoyproxy/envoy': [10869], 'kubernetes-sigs/gateway-api': [3388] },
  },
  {
    number: 24,
    title: 'Alerts that are no noise and carry the cause.',
    sources: { 'louislam/uptime-kuma': [3031, 2637, 1162, 5828, 5841] },
  },
  {
    number: 25,
    title: 'What PHP-FPM and WordPress need: large headers, the state of the pool, HEAD that some backends drop.',
    sources: {
      'hestiacp/hestiacp': [4143],
      'serversideup/docker-php': [304],
      'bitnami/vms': [427],
      'nginx/kubernetes-ingress': [10191],
      'kubernetes/ingress-nginx': [4168, 4954],
    },
  },
]

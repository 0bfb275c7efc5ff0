/** Causes on this side of the wire: there is nowhere to send the request, or Gatewell itself cannot. */
import type { Cause } from '../cause.ts'

export const GATEWAY_CAUSES = {
  'no-endpoints': {
    title: 'The upstream has no endpoints',
    status: 503,
    proxyStatus: 'destination_unavailable',
    side: 'gateway',
    meaning: 'The upstream that the route leads to has no address to send requests to.',
    remedies: [
      {
        do: 'Add an endpoint to the upstream.',
        when: '',
        command: 'upstreams: { shop: { endpoints: ["http://127.0.0.1:3000"] } }',
      },
      { do: 'Set the environment variable for the process of Gatewell, too.', when: 'if the endpoints come from one' },
      { do: 'Start at least one instance of the app.', when: 'if its instances add themselves to a service or to a name' },
    ],
  },
  'no-healthy-upstream': {
    title: 'No endpoint of the upstream is healthy',
    status: 503,
    proxyStatus: 'destination_unavailable',
    side: 'upstream',
    meaning:
      'Every endpoint of the upstream is out, each for a reason of its own: it cannot be reached, its probes fail, or it was drained.',
    remedies: [
      { do: 'Look at what the probes of each endpoint see, and mend that.', when: '', command: 'gatewell status' },
      { do: 'Start the app, or find out in its log why it ended.', when: 'if the probes are refused', command: 'systemctl status SERVICE' },
      {
        do: 'Let the probes ask for a path that answers without a login or a redirect, or let redirects pass.',
        when: 'if the app is well and only its probes fail',
        command: 'health: { path: /up, status: 200-399 }',
      },
      {
        do: 'Let the probes name a host that the app knows.',
        when: 'if it answers them with 400 or 421',
        command: 'health: { path: /up, host: shop.example.com }',
      },
      { do: 'Take the drain back.', when: 'if an operator has drained the endpoints', command: 'gatewell resume ENDPOINT' },
    ],
  },
  'overload-shed': {
    title: 'There was no room for the request',
    status: 503,
    proxyStatus: 'connection_limit_reached',
    side: 'gateway',
    meaning:
      'More requests came than the upstream, or Gatewell itself, can work on at a time; this one waited its turn for as long as it may, or the queue was full.',
    remedies: [
      { do: 'Give the app more instances or more workers.', when: 'if its machine has room', command: 'gatewell status' },
      {
        do: 'Find what made its answers slow: a database, a lock, another service that it calls.',
        when: 'if there are no more requests than on other days',
        command: 'curl -s http://127.0.0.1:8502/metrics | grep gatewell_wait_duration',
      },
      {
        do: 'Stop the clients that send far more than their share in the firewall.',
        when: 'if the records name few of them; a crawler can be slowed down in robots.txt',
        command: 'gatewell status --json',
      },
      {
        do: 'Set the limit yourself, or let requests wait longer.',
        when: 'if you know better what the upstream can work on at a time, or they come in short bursts',
        command: 'concurrency: { limit: 200, queue: 2000, wait: 10s }',
      },
      {
        do: 'Give this machine more processors or memory, or Gatewell more workers.',
        when: 'if the evidence names a monitor of Gatewell, such as event-loop',
        command: 'gatewell run --workers auto',
      },
    ],
  },
  'proxy-loop': {
    title: 'The request came back to the gateway',
    status: 502,
    proxyStatus: 'proxy_loop_detected',
    side: 'gateway',
    meaning: 'The endpoint leads back to this gateway, directly or through other proxies, so that the request would circle for ever.',
    remedies: [
      {
        do: "Write the app's own address into the endpoint, not the public name of the site.",
        when: 'if the name leads to this machine',
        command: 'getent ahosts HOST',
      },
      { do: 'Choose another port for the app or for Gatewell.', when: 'if the endpoint has the port that Gatewell listens on' },
      { do: 'Let the proxy or CDN in between send its requests to the app.', when: 'if the Via field of the request names one' },
    ],
  },
  'gateway-config': {
    title: 'The configuration cannot serve this request',
    status: 500,
    proxyStatus: 'proxy_configuration_error',
    side: 'gateway',
    meaning: 'The route asks for something that the configuration does not contain or that cannot be used, noticed only on this request.',
    remedies: [
      { do: 'Check the configuration, and mend what it reports.', when: '', command: 'gatewell check' },
      { do: 'Load the configuration again.', when: 'if the check finds nothing', command: 'kill -HUP PID' },
    ],
  },
  'maintenance-mode': {
    title: 'Maintenance is switched on',
    status: 503,
    proxyStatus: 'proxy_internal_response',
    side: 'gateway',
    meaning:
      'An operator has switched maintenance on for this route, its upstream or the whole gateway, and this client is not let through.',
    remedies: [
      { do: 'Switch it off when the work is done.', when: '', command: 'gatewell maintenance off' },
      {
        do: 'Let your own address through.',
        when: 'if you want to see the site before everybody does',
        command: 'gatewell maintenance on --allow ADDRESS',
      },
      {
        do: 'Look up who is let through, and since when it is on.',
        when: 'if nobody knows of any maintenance: it stays on over restarts',
        command: 'gatewell status',
      },
    ],
  },
  'upstream-paused': {
    title: 'The upstream is paused',
    status: 503,
    proxyStatus: 'destination_unavailable',
    side: 'gateway',
    meaning: 'An operator has paused the upstream, and the time that a request may wait was over before it was resumed.',
    remedies: [
      { do: 'Resume it.', when: '', command: 'gatewell resume UPSTREAM' },
      {
        do: 'Switch maintenance on, too, so that visitors are told at once.',
        when: 'if the work takes longer than requests can wait',
        command: 'gatewell maintenance on --upstream UPSTREAM',
      },
      {
        do: 'Let requests wait longer.',
        when: 'if it takes a few seconds more as a rule',
        command: 'hold: { get: 20s, post: 20s, requests: 5000 }',
      },
    ],
  },
  'gateway-draining': {
    title: 'The gateway is shutting down',
    status: 503,
    proxyStatus: 'proxy_internal_response',
    side: 'gateway',
    meaning:
      'Gatewell is being stopped or restarted, and the time it gives the requests in progress was over before this one was answered.',
    remedies: [
      { do: 'Nothing.', when: 'if it is a request now and then that takes long by nature, such as a large download' },
      { do: 'Start Gatewell again.', when: 'if it was stopped by mistake', command: 'systemctl start gatewell' },
      {
        do: 'Take this machine out of the load balancer in front before you stop Gatewell.',
        when: 'if there is one; let it check /readyz on the admin address',
        command: 'curl -si http://127.0.0.1:8502/readyz',
      },
    ],
  },
  'gateway-internal': {
    title: 'A bug in the gateway',
    status: 500,
    proxyStatus: 'proxy_internal_error',
    side: 'gateway',
    meaning: 'The process of Gatewell that handled this request met a bug of its own, and ended before the request was answered.',
    remedies: [
      {
        do: 'Report it, with the version, the lines that Gatewell logged at that moment and, if you can, the request.',
        when: '',
        command: 'gatewell --version',
      },
      { do: 'Update Gatewell.', when: 'if there is a newer version', command: 'npm view gatewell version' },
    ],
  },
  'route-not-found': {
    title: 'No route matches',
    status: 404,
    proxyStatus: 'destination_not_found',
    side: 'gateway',
    meaning: 'No route of the configuration matches the host and the path of this request.',
    remedies: [
      {
        do: 'Add a route for it, or a last one without host and path, which matches everything.',
        when: '',
        command: 'routes: [{ host: shop.example.com, to: shop }, { to: shop }]',
      },
      { do: 'Add the host name to the route.', when: 'if the site has a further name, such as one with www' },
      {
        do: 'Put a * at the end of the path.',
        when: 'if the route is meant for all paths below it',
        command: 'routes: [{ path: /api/*, to: shop }]',
      },
      { do: 'Nothing.', when: 'if the paths belong to software that you do not run: those are scanners' },
    ],
  },
} as const satisfies Record<string, Cause>

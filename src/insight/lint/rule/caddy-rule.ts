/** Rules for Caddy. */
import type { CaddyHop } from '../../dialect/caddy/config-hop.ts'
import type { Directive } from '../../dialect/directive.ts'
import { readSeconds, secondsText } from '../../dialect/quantity.ts'
import { SETTING_DEFAULTS } from '../../dialect/setting-default.ts'
import { changeAt, type Hit, type Rule } from '../rule.ts'

export const CADDY_RULES: readonly Rule[] = [
  {
    id: 'caddy-no-retry',
    cause: 'connect-refused',
    severity: 'warning',
    server: 'caddy',
    compares: 'several upstreams with `lb_try_duration`, which is not set',
    because: 'Caddy tries one upstream and no other: as long as one of them is down, its share of the visitors gets 502.',
    find: ({ caddy }) => caddy.flatMap(({ hops }) => hops.flatMap(findNoRetry)),
  },
  {
    id: 'caddy-no-health-check',
    cause: 'connect-refused',
    severity: 'note',
    server: 'caddy',
    compares: 'several upstreams with health checks, of which there are none',
    because: 'An upstream that is down is tried again with each request, which waits for that.',
    find: ({ caddy }) => caddy.flatMap(({ hops }) => hops.flatMap(findNoHealth)),
  },
  {
    id: 'caddy-restart-not-awaited',
    cause: 'connect-refused',
    severity: 'note',
    server: 'caddy',
    compares: 'the only upstream with `lb_try_duration`, which is not set',
    because: 'While the app restarts, each request is a 502 at once.',
    find: ({ caddy }) => caddy.flatMap(({ hops }) => hops.flatMap(findNotAwaited)),
  },
  {
    id: 'caddy-alone-ejected',
    cause: 'no-healthy-upstream',
    severity: 'warning',
    server: 'caddy',
    compares: '`fail_duration` with the only upstream',
    because: 'One failure takes the only upstream out for that long: "no upstreams available", 503 for all.',
    find: ({ caddy }) => caddy.flatMap(({ hops }) => hops.flatMap(findEjected)),
  },
  {
    id: 'caddy-try-shorter-than-dial',
    cause: 'connect-timeout',
    severity: 'warning',
    server: 'caddy',
    compares: '`lb_try_duration` with `dial_timeout`',
    because: 'A machine that does not answer at all takes all of the time, and the other upstreams are not tried.',
    find: ({ caddy }) => caddy.flatMap(({ hops }) => hops.flatMap(findShortTry)),
  },
  {
    id: 'caddy-answer-unlimited',
    cause: 'response-timeout',
    severity: 'note',
    server: 'caddy',
    compares: 'a proxy without `response_header_timeout` with an app that hangs',
    because: 'Caddy waits for ever. Visitors see nothing, and requests pile up until something else gives way.',
    find: ({ caddy }) => caddy.flatMap(({ hops }) => hops.flatMap(findUnlimited)),
  },
  {
    id: 'caddy-tls-not-verified',
    cause: 'tls-untrusted',
    severity: 'note',
    server: 'caddy',
    compares: 'TLS to an upstream with `tls_insecure_skip_verify`',
    because: "Any certificate will do, also an expired one or a stranger's. It shows only on the day on which somebody begins to check.",
    find: ({ caddy }) => caddy.flatMap(({ hops }) => hops.flatMap(findUnverified)),
  },
]

function isRetrying({ settings }: CaddyHop): boolean {
  const duration = readSeconds(settings.get('lb_try_duration')?.words[0]?.text ?? '')
  return (duration !== null && duration > 0) || settings.has('lb_retries')
}

function isAlone({ upstreams, isDynamic, directive }: CaddyHop): boolean {
  return upstreams.length === 1 && !isDynamic && directive.name === 'reverse_proxy' && !upstreams[0]!.text.includes('{')
}

function findNoRetry(hop: CaddyHop): Hit[] {
  if (hop.upstreams.length < 2 || isRetrying(hop)) return []
  return [
    {
      place: hop.place,
      other: hop.settings.get('lb_try_duration')?.place,
      message: `${hop.upstreams.length} upstreams, and a request that fails to connect to one is not sent to another.`,
      fix: 'Say how long to try.',
      change: changeAt(hop.place, false, '    lb_try_duration 5s'),
    },
  ]
}

const CHECKS = ['health_uri', 'health_path', 'health_port', 'health_status', 'fail_duration', 'unhealthy_status', 'max_fails']

function findNoHealth(hop: CaddyHop): Hit[] {
  if (hop.upstreams.length < 2 || CHECKS.some((name) => hop.settings.has(name))) return []
  return [
    {
      place: hop.place,
      message: `${hop.upstreams.length} upstreams, and none is ever taken for dead.`,
      fix: 'Check them, or remember failures for a while.',
      change: changeAt(hop.place, false, '    health_uri /up', '    health_interval 5s', '    fail_duration 10s'),
    },
  ]
}

function findNotAwaited(hop: CaddyHop): Hit[] {
  if (!isAlone(hop) || isRetrying(hop)) return []
  return [
    {
      place: hop.place,
      message: `While ${hop.upstreams[0]!.text} restarts, each request fails at once.`,
      fix: 'Let requests wait for it.',
      change: changeAt(hop.place, false, '    lb_try_duration 10s'),
    },
  ]
}

const EJECTED_S = 5

function findEjected(hop: CaddyHop): Hit[] {
  const line = hop.settings.get('fail_duration')
  const seconds = readSeconds(line?.words[0]?.text ?? '')
  const failsMax = Number(hop.settings.get('max_fails')?.words[0]?.text ?? '1')
  if (!isAlone(hop) || line === undefined || seconds === null || seconds < EJECTED_S || failsMax > 1 || triesFor(hop) >= seconds) return []
  return [
    {
      place: line.place,
      other: hop.upstreams[0]!.place,
      message: `One failure takes the only upstream out for ${secondsText(seconds)}.`,
      fix: 'With one upstream, leave fail_duration out.',
    },
  ]
}

function triesFor({ settings }: CaddyHop): number {
  return readSeconds(settings.get('lb_try_duration')?.words[0]?.text ?? '') ?? 0
}

function findShortTry(hop: CaddyHop): Hit[] {
  const tries = hop.settings.get('lb_try_duration')
  const dial = hop.settings.get('transport.dial_timeout')
  const dialS = secondsOf(dial) ?? SETTING_DEFAULTS.caddy.connect.value
  const triesS = secondsOf(tries)
  if (tries === undefined || triesS === null || triesS === 0 || triesS > dialS || hop.upstreams.length < 2) return []
  return [
    {
      place: tries.place,
      other: dial?.place,
      message: `Caddy tries for ${secondsText(triesS)} in all, and one attempt to connect may take ${secondsText(dialS)} (${dial === undefined ? 'the default of dial_timeout' : 'dial_timeout'}).`,
      fix: 'Try for longer than two attempts take, or give each less time.',
      change: changeAt(tries.place, true, `lb_try_duration ${secondsText(dialS * 2 + 1)}`),
    },
  ]
}

function secondsOf(line: Directive | undefined): number | null {
  return readSeconds(line?.words[0]?.text ?? '')
}

function findUnlimited(hop: CaddyHop): Hit[] {
  if (hop.directive.name !== 'reverse_proxy' || hop.answer === null || !hop.answer.isDefault || hop.protocol === 'fastcgi') return []
  return [
    {
      place: hop.place,
      message: 'There is no limit to how long Caddy waits for an answer.',
      fix: 'Set one that is longer than the slowest page.',
      change: changeAt(hop.place, false, '    transport http {', '        response_header_timeout 60s', '    }'),
    },
  ]
}

function findUnverified({ settings }: CaddyHop): Hit[] {
  const line = settings.get('transport.tls_insecure_skip_verify')
  if (line === undefined) return []
  return [
    {
      place: line.place,
      message: 'The certificate of the upstream is not checked.',
      fix: 'Trust the authority that signed it: tls_trusted_ca_certs FILE',
    },
  ]
}

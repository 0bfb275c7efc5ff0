/** One upstream, from its checked configuration to its plan. */
import { CONCURRENCY, EJECTION, HEALTH, RETRY, STICKY } from './defaults.ts'
import type { ConcurrencyPlan, EjectionPlan, HashPlan, HealthPlan, HedgePlan, StickyPlan, UpstreamPlan } from './plan.ts'
import type { Config } from './schema.ts'

type UpstreamConfig = Config['upstreams'][string]

export function compileUpstream(name: string, upstream: UpstreamConfig): UpstreamPlan {
  const { timeouts, retry, keepAlive, hold, endpointLimits } = upstream
  return {
    name,
    endpoints: upstream.endpoints,
    balance: upstream.balance,
    hash: compileHash(upstream.hash),
    sticky: compileSticky(upstream.sticky),
    health: compileHealth(upstream.health),
    ejection: compileEjection(upstream.ejection),
    panicShare: upstream.panic,
    slowStartMs: upstream.slowStart,
    concurrency: compileConcurrency(upstream.concurrency),
    endpointConnectionsMax: endpointLimits.connections,
    endpointInflightMax: endpointLimits.requests,
    hold: { windowMs: hold.window, idempotentMs: hold.get, unsafeMs: hold.post, requestsMax: hold.requests },
    hedge: compileHedge(upstream.hedge),
    timeouts: {
      connectMs: timeouts.connect,
      responseMs: timeouts.response,
      idleMs: timeouts.idle,
      tunnelMs: timeouts.tunnel,
      totalMs: timeouts.total,
    },
    retry: { ...RETRY, attempts: retry.attempts, on: retry.on, budgetShare: retry.budget, isHolding: retry.hold },
    keepAliveMs: keepAlive.idle,
    keepAliveMax: keepAlive.max,
    isHostKept: upstream.host === 'keep',
    dependencies: upstream.dependencies,
    phpStatus: upstream.phpStatus ?? null,
  }
}

function compileHash(hash: UpstreamConfig['hash']): HashPlan {
  if (hash === 'address') return { by: 'address', name: '' }
  return 'header' in hash ? { by: 'header', name: hash.header } : { by: 'cookie', name: hash.cookie }
}

function compileSticky(sticky: UpstreamConfig['sticky']): StickyPlan | null {
  if (sticky === false) return null
  return sticky === true ? STICKY : { cookie: sticky.cookie, maxAgeMs: sticky.maxAge }
}

function compileHealth(health: UpstreamConfig['health']): HealthPlan {
  if (health === 'off' || health === false) return { ...HEALTH, kind: 'off' }
  return {
    kind: health.path === undefined ? 'tcp' : 'http',
    path: health.path ?? '',
    host: health.host ?? null,
    statusMin: health.status.min,
    statusMax: health.status.max,
    body: health.body ?? null,
    intervalMs: health.interval,
    timeoutMs: health.timeout,
    unhealthyAfter: health.unhealthyAfter,
    healthyAfter: health.healthyAfter,
  }
}

function compileEjection(ejection: UpstreamConfig['ejection']): EjectionPlan {
  if (ejection === 'off' || ejection === false) return { ...EJECTION, isOn: false }
  const { failures, errors, time, timeMax, share } = ejection
  return { isOn: true, failures, errors, baseMs: time, maxMs: timeMax, shareMax: share }
}

function compileConcurrency({ limit, queue, wait }: UpstreamConfig['concurrency']): ConcurrencyPlan {
  const waiting = { ...CONCURRENCY, queueMax: queue, queueMs: wait }
  if (limit === 'auto') return waiting
  return limit === 'off' ? { ...waiting, kind: 'off' } : { ...waiting, kind: 'fixed', limitMax: limit }
}

function compileHedge(hedge: UpstreamConfig['hedge']): HedgePlan {
  return typeof hedge === 'boolean' ? { isOn: hedge, afterMs: 0 } : { isOn: true, afterMs: hedge.after }
}

/** The plan of a throw-away gateway: the defaults, and what a fault needs to be otherwise. */
import { ACCESS_LOG, LIMITS, PLAN, RESOLVER, RETRY, TIMEOUTS, UPSTREAM } from '../../config/defaults.ts'
import type { LimitsPlan, Plan, ResolverPlan, RetryPlan, RoutePlan, TimeoutsPlan, UpstreamPlan } from '../../config/plan.ts'
import { type Address, addressText } from '../../net/address.ts'

export type PlanSetup = {
  readonly endpoints?: readonly Address[]
  readonly timeouts?: Partial<TimeoutsPlan>
  readonly retry?: Partial<RetryPlan>
  readonly upstream?: Partial<UpstreamPlan>
  readonly limits?: Partial<LimitsPlan>
  readonly resolver?: Partial<ResolverPlan>
  readonly route?: Partial<RoutePlan>
  /** The first is the one that visitors come to; a free port of loopback if none is given. */
  readonly listeners?: readonly Address[]
}

const LOOPBACK: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 }
export const UPSTREAM_NAME = 'rehearsed'

export function planOf(setup: PlanSetup): Plan {
  const limits = { ...LIMITS, ...setup.limits }
  const endpoints = (setup.endpoints ?? []).map((address) => ({ url: urlOf(address), address, weight: 1, isBackup: false }))
  // One attempt and no waiting: what is to be seen is the fault, not how Gatewell makes up for it.
  const retry = { ...RETRY, attempts: 1, ...setup.retry }
  const hold = { ...UPSTREAM.hold, windowMs: 0 }
  const timeouts = { ...TIMEOUTS, ...setup.timeouts }
  const to = { kind: 'upstream', upstream: UPSTREAM_NAME } as const
  return {
    ...PLAN,
    instance: 'rehearsal',
    listeners: (setup.listeners ?? [LOOPBACK]).map((address) => ({ name: addressText(address), address })),
    upstreams: [{ ...UPSTREAM, name: UPSTREAM_NAME, endpoints, timeouts, retry, hold, ...setup.upstream }],
    routes: [
      { name: 'all', host: '', path: '', to, bodyBytesMax: limits.bodyBytesMax, criticality: 'auto', errorPage: null, ...setup.route },
    ],
    limits,
    resolver: { ...RESOLVER, ...setup.resolver },
    accessLog: { ...ACCESS_LOG, what: 'off' },
  }
}

export function urlOf(address: Address): string {
  return address.kind === 'unix' ? `http://unix:${address.path}` : `http://${addressText(address)}`
}

/** A plan as the data plane runs it. A new plan makes a new site; what did not change is taken over from the old one. */
import { CAUSES } from '../causes/catalogue.ts'
import type { LimitsPlan, Plan } from '../config/plan.ts'
import type { TracesPlan } from '../config/telemetry-plan.ts'
import { proxyStatus } from '../http/proxy-status.ts'
import { BlockSet } from '../net/block-set.ts'
import { RequestHeadParser } from '../wire/h1/request-head.ts'
import { maintain } from './route/maintenance.ts'
import { Route } from './route/route.ts'
import { RouteTable } from './route/route-table.ts'
import type { MaintenanceSwitch } from './switches.ts'
import type { Upstream } from './upstream/upstream.ts'

/** Why a connection is turned away. */
export type Shortage = 'local-resource-exhausted' | 'fd-exhaustion'

export class Site {
  readonly plan: Plan
  readonly limits: LimitsPlan
  /** Null: no request is traced. */
  readonly traces: TracesPlan | null
  readonly routes: RouteTable
  readonly parser: RequestHeadParser
  /** What Via calls this gateway. */
  readonly pseudonym: string
  /** How the lines that every answer gets begin; the request's id follows. */
  readonly hopText: string
  /** What a client gets that comes when there is no connection left for it: it is not worth an exchange. */
  readonly busyTexts: Readonly<Record<Shortage, string>>
  readonly upstreams: ReadonlyMap<string, Upstream>
  readonly #routes: readonly Route[]
  readonly #trusted: BlockSet

  constructor(plan: Plan, upstreams: ReadonlyMap<string, Upstream>) {
    this.plan = plan
    this.limits = plan.limits
    this.traces = plan.telemetry.otlp?.traces ?? null
    this.parser = new RequestHeadParser(plan.limits)
    this.upstreams = upstreams
    this.pseudonym = plan.instance === '' ? plan.name : `${plan.name}-${plan.instance}`
    this.hopText = `Via: 1.1 ${this.pseudonym}\r\nX-Request-Id: `
    this.busyTexts = {
      'local-resource-exhausted': busyText(plan, 'local-resource-exhausted'),
      'fd-exhaustion': busyText(plan, 'fd-exhaustion'),
    }
    this.#routes = plan.routes.map((route, index) => new Route(route, index))
    this.routes = new RouteTable(this.#routes)
    this.#trusted = new BlockSet(plan.trustedProxies)
  }

  isTrusted(address: string): boolean {
    return this.#trusted.has(address)
  }

  /** What operators have switched off, all of it. */
  maintain(switches: readonly MaintenanceSwitch[]): void {
    maintain(this.#routes, switches)
  }
}

function busyText({ name, errors }: Plan, cause: Shortage): string {
  const { status, proxyStatus: error } = CAUSES[cause]
  const value = proxyStatus(name, errors.isDetailed ? { error, details: cause } : { error })
  return (
    `HTTP/1.1 ${status} Service Unavailable\r\nProxy-Status: ${value}\r\nRetry-After: 5\r\nCache-Control: no-store\r\n` +
    'Content-Length: 0\r\nConnection: close\r\n\r\n'
  )
}

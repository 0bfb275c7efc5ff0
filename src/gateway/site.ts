/** A plan as the data plane runs it. A new plan makes a new site; what did not change is taken over from the old one. */
import { BlockList, isIPv6 } from 'node:net'
import { CAUSES } from '../causes/catalogue.ts'
import type { LimitsPlan, Plan } from '../config/plan.ts'
import { proxyStatus } from '../http/proxy-status.ts'
import { RequestHeadParser } from '../wire/h1/request-head.ts'
import { Route } from './route/route.ts'
import { RouteTable } from './route/route-table.ts'
import type { Upstream } from './upstream/upstream.ts'

export class Site {
  readonly plan: Plan
  readonly limits: LimitsPlan
  readonly routes: RouteTable
  readonly parser: RequestHeadParser
  /** What Via calls this gateway. */
  readonly pseudonym: string
  /** How the lines that every answer gets begin; the request's id follows. */
  readonly hopText: string
  /** What a client gets that comes when all connections are taken: it is not worth an exchange. */
  readonly busyText: string
  readonly upstreams: ReadonlyMap<string, Upstream>
  readonly #trusted = new BlockList()

  constructor(plan: Plan, upstreams: ReadonlyMap<string, Upstream>) {
    this.plan = plan
    this.limits = plan.limits
    this.parser = new RequestHeadParser(plan.limits)
    this.upstreams = upstreams
    this.pseudonym = plan.instance === '' ? plan.name : `${plan.name}-${plan.instance}`
    this.hopText = `Via: 1.1 ${this.pseudonym}\r\nX-Request-Id: `
    this.busyText = busyText(plan)
    this.routes = new RouteTable(plan.routes.map((route, index) => new Route(route, index)))
    for (const block of plan.trustedProxies) {
      const [address = '', prefix] = block.split('/')
      const family = isIPv6(address) ? 'ipv6' : 'ipv4'
      this.#trusted.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family)
    }
  }

  isTrusted(address: string): boolean {
    if (this.plan.trustedProxies.length === 0 || address === '') return false
    return this.#trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  }
}

function busyText({ name, errors }: Plan): string {
  const cause = 'local-resource-exhausted'
  const { status, proxyStatus: error } = CAUSES[cause]
  const value = proxyStatus(name, errors.isDetailed ? { error, details: cause } : { error })
  return (
    `HTTP/1.1 ${status} Service Unavailable\r\nProxy-Status: ${value}\r\nRetry-After: 5\r\nCache-Control: no-store\r\n` +
    'Content-Length: 0\r\nConnection: close\r\n\r\n'
  )
}

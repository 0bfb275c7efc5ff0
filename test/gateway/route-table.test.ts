/** The first route that matches wins, however it is found. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RoutePlan } from '../../src/config/plan.ts'
import { Route } from '../../src/gateway/route/route.ts'
import { RouteTable } from '../../src/gateway/route/route-table.ts'

function plan(host: string, path: string): RoutePlan {
  return {
    name: `${host}${path}`,
    host,
    path,
    to: { kind: 'upstream', upstream: 'app' },
    bodyBytesMax: 1,
    criticality: 'auto',
    errorPage: null,
  }
}

/** Routes as `host path`, with `-` for none. */
function table(...routes: string[]): RouteTable {
  const plans = routes.map((one) => one.split(' ').map((part) => (part === '-' ? '' : part)) as [string, string])
  return new RouteTable(plans.map(([host, path], index) => new Route(plan(host, path), index)))
}

function found(routes: RouteTable, host: string, path: string): string | null {
  return routes.match(host, path)?.plan.name ?? null
}

describe('a route matches', () => {
  it('any request without host and path', () => {
    expect(found(table('- -'), 'a.test', '/x')).toBe('')
    expect(found(table('* /*'), 'a.test', '/x')).toBe('*/*')
  })

  it('an exact host in any case, with a port or the root dot', () => {
    const routes = table('shop.test -')
    for (const host of ['shop.test', 'SHOP.Test', 'shop.test:8080', 'shop.test.', 'shop.test.:80'])
      expect(found(routes, host, '/')).toBe('shop.test')
    for (const host of ['www.shop.test', 'shop.tes', 'shop.testx', '']) expect(found(routes, host, '/')).toBe(null)
  })

  it('an IPv6 literal', () => {
    const routes = table('[::1] -')
    expect(found(routes, '[::1]', '/')).toBe('[::1]')
    expect(found(routes, '[::1]:8080', '/')).toBe('[::1]')
    expect(found(routes, '[::2]:8080', '/')).toBe(null)
  })

  it('every name below a wildcard, not the name itself', () => {
    const routes = table('*.shop.test -')
    for (const host of ['a.shop.test', 'a.b.shop.test', 'A.SHOP.TEST:1']) expect(found(routes, host, '/')).toBe('*.shop.test')
    for (const host of ['shop.test', 'ashop.test', '.shop.tes']) expect(found(routes, host, '/')).toBe(null)
  })

  it('an exact path or a prefix, by letters and not by segments', () => {
    const routes = table('- /up', '- /api/*')
    expect(found(routes, 'a.test', '/up')).toBe('/up')
    expect(found(routes, 'a.test', '/up/')).toBe(null)
    expect(found(routes, 'a.test', '/api/')).toBe('/api/*')
    expect(found(routes, 'a.test', '/api/x/y')).toBe('/api/*')
    expect(found(routes, 'a.test', '/api')).toBe(null)
    expect(found(routes, 'a.test', '/API/')).toBe(null)
  })
})

describe('of several routes', () => {
  it('the first that matches wins, whatever kind it is', () => {
    expect(found(table('- /api/*', 'shop.test /api/x'), 'shop.test', '/api/x')).toBe('/api/*')
    expect(found(table('shop.test /api/x', '- /api/*'), 'shop.test', '/api/x')).toBe('shop.test/api/x')
    expect(found(table('*.shop.test -', 'a.shop.test -'), 'a.shop.test', '/')).toBe('*.shop.test')
    expect(found(table('- -', 'a.test /'), 'a.test', '/')).toBe('')
    expect(found(table('- /a*', '- /ab*'), 'a.test', '/abc')).toBe('/a*')
    expect(found(table('- /ab*', '- /a*'), 'a.test', '/abc')).toBe('/ab*')
  })

  it('the first of equals wins', () => {
    const routes = new RouteTable([plan('a.test', '/x'), { ...plan('a.test', '/x'), name: 'second' }].map((one, i) => new Route(one, i)))
    expect(found(routes, 'a.test', '/x')).toBe('a.test/x')
  })

  it('it is the one that looking at them in turn would find', () => {
    const hosts = ['', 'a.test', 'b.test', '*.test', '*.a.test']
    const paths = ['', '/', '/a', '/a*', '/ab*', '/ab', '/*']
    const routes = fc.array(fc.tuple(fc.constantFrom(...hosts), fc.constantFrom(...paths)), { maxLength: 8 })
    const asked = fc.tuple(
      fc.constantFrom('a.test', 'b.test', 'x.a.test', 'test', 'c.test'),
      fc.constantFrom('/', '/a', '/ab', '/abc', '/b'),
    )
    fc.assert(
      fc.property(routes, asked, (all, [host, path]) => {
        const made = all.map(([h, p], index) => new Route(plan(h, p), index))
        const inTurn = made.find((one) => hostMatches(one.plan.host, host) && pathMatches(one.plan.path, path)) ?? null
        expect(new RouteTable(made).match(host, path)).toBe(inTurn)
      }),
      { seed: 11, numRuns: 300 },
    )
  })
})

function hostMatches(pattern: string, host: string): boolean {
  return pattern === '' || pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))
}

function pathMatches(pattern: string, path: string): boolean {
  return pattern === '' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)))
}

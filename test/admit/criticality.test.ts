/** Who waits last: by what the request is, by its route, and by nothing that the client claims. */
import { expect, it } from 'vitest'
import type { Criticality } from '../../src/config/plan.ts'
import { CRITICALITIES, rankOf } from '../../src/gateway/admit/criticality.ts'
import { Route } from '../../src/gateway/route/route.ts'
import { exchangeOf } from '../observe/exchange.ts'

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const CRAWLER = 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)'

function criticalityOf(method: string, userAgent: string, criticality: Criticality | 'auto' = 'auto'): Criticality | undefined {
  const plan = { name: 'all', host: '', path: '', to: { kind: 'upstream', upstream: 'app' }, bodyBytesMax: 1, errorPage: null } as const
  const route = new Route({ ...plan, criticality }, 0)
  // Fields such as these are known to the gateways of others.
  const extra = 'Priority: u=0\r\nX-Criticality: high\r\nX-Envoy-Upstream-Rq-Priority: high\r\n'
  return CRITICALITIES[rankOf(exchangeOf({ request: { method, userAgent, fieldText: extra }, route }))]
}

it.each<[Criticality, string, string, (Criticality | 'auto')?]>([
  ['normal', 'GET', BROWSER],
  ['normal', 'HEAD', ''],
  ['normal', 'OPTIONS', BROWSER],
  ['high', 'POST', BROWSER],
  ['high', 'DELETE', 'curl/8.5.0'],
  ['low', 'GET', CRAWLER],
  ['low', 'POST', CRAWLER],
  ['high', 'GET', BROWSER, 'high'],
  ['high', 'GET', CRAWLER, 'high'],
  ['low', 'POST', BROWSER, 'low'],
])('%s: %s by %j on a route that says %s', (expected, method, userAgent, criticality) => {
  expect(criticalityOf(method, userAgent, criticality)).toBe(expected)
})

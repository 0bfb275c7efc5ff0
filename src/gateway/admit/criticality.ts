/** Who waits last and is turned away last. From what the request is and from its route: nothing that a client claims can raise it. */
import type { Criticality } from '../../config/plan.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { isCrawler } from '../respond/crawler.ts'

export const CRITICALITIES: readonly Criticality[] = ['low', 'normal', 'high']

/** An index into `CRITICALITIES`. Crawlers come again, readers reload; who sends a form has something to lose. */
export function rankOf({ request, route }: Exchange): number {
  const criticality = route?.plan.criticality ?? 'auto'
  if (criticality !== 'auto') return CRITICALITIES.indexOf(criticality)
  if (isCrawler(request.userAgent)) return 0
  return isSafe(request.method) ? 1 : 2
}

/** RFC 9110 §9.2.1: it asks, and changes nothing. */
function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || method === 'TRACE' || method === 'QUERY'
}

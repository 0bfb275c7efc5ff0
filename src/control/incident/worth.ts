/**
 * What an incident cost, estimated: each request that a visitor saw fail, times what the configuration says that it is worth. Who came
 * back and bought later is not known, so it is an upper bound of what is lost at once; what a bad name costs is not in it.
 */
import type { Worth, WorthPlan } from '../../config/worth-plan.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'
import type { Money } from './incident.ts'

type Asked = Pick<FailureRecord, 'route' | 'upstream' | 'method' | 'isCrawler'>

/** Of one failure; null where nobody said. Crawlers buy nothing. */
export function worthOf({ route, upstream, method, isCrawler }: Asked, { routes, upstreams, otherwise }: WorthPlan): Money | null {
  const worth = own(routes, route) ?? own(upstreams, upstream) ?? otherwise
  return worth === null ? null : { amount: isCrawler ? 0 : worth.amount * shareOf(worth, method), currency: worth.currency }
}

/** Amounts of another currency, after a reload, are left out: there is no telling what they are in this one. */
export function addMoney(sum: Money | null, more: Money | null): Money | null {
  if (sum === null || more === null) return sum ?? more
  return sum.currency === more.currency ? { ...sum, amount: Math.round((sum.amount + more.amount) * 1e6) / 1e6 } : sum
}

/** `about 38.40 EUR` */
export function moneyText({ amount, currency }: Money): string {
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  return `about ${amount.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${currency}`
}

function own(table: Readonly<Record<string, Worth>>, name: string): Worth | null {
  return Object.hasOwn(table, name) ? (table[name] as Worth) : null
}

/** How much of an order a request is. */
function shareOf({ per, orderShare }: Worth, method: string): number {
  if (per === 'request') return 1
  return orderShare ?? (method === 'POST' ? 1 : 0)
}

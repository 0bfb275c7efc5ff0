/** What a request is worth, as people write it: `0.05 EUR per request`, `80 EUR per order`, `80 EUR per order, 2% of requests`. */
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'
import type { Worth } from './worth-plan.ts'

const FORM = /^(\d{1,12}(?:\.\d{1,6})?) ?([A-Z]{3}) per (request|order)(?:, ?(\d{1,3}(?:\.\d{1,6})?)% of requests)?$/
const ADVICE = 'Write 0.05 EUR per request, 80 EUR per order, or 80 EUR per order, 2% of requests.'
const SIGNS: Readonly<Record<string, string>> = { '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY' }

export function parseWorth(input: unknown): Parsed<Worth> {
  if (typeof input !== 'string') return wrongType('an amount such as "0.05 EUR per request"', input)
  const [, amount, currency = '', per, share] = FORM.exec(input) ?? []
  if (amount === undefined) return misread(`${quote(input)} is not what a request can be worth. ${ADVICE}`, suggest(input))
  if (per === 'request' && share !== undefined) return misread('counts each request, so the share of orders is of no use. Leave it out.')
  const orderShare = share === undefined ? null : Number(share) / 100
  if (orderShare !== null && orderShare > 1) return misread(`${share}% is more than all requests.`)
  return parsed({ amount: Number(amount), currency, per: per as Worth['per'], orderShare })
}

/** `€3.20/order` */
function suggest(input: string): string | null {
  const [, before = '', amount = '', after = '', per = ''] =
    /^\s*([€$£¥]?)\s*(\d+(?:[.,]\d+)?)\s*([€$£¥]|[A-Za-z]{3})?\s*(?:per|\/|an?)\s*(request|order)s?\s*$/i.exec(input) ?? []
  const currency = SIGNS[before] ?? SIGNS[after] ?? after.toUpperCase()
  return amount === '' || currency === '' ? null : `${amount.replace(',', '.')} ${currency} per ${per.toLowerCase()}`
}

export function formatWorth({ amount, currency, per, orderShare }: Worth): string {
  const share = orderShare === null ? '' : `, ${Number((orderShare * 100).toFixed(6))}% of requests`
  return `${amount} ${currency} per ${per}${share}`
}

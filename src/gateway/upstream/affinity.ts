/** What keeps a client's requests on one endpoint: the value that `balance: hash` goes by, and the cookie of `sticky`. */
import type { UpstreamPlan } from '../../config/plan.ts'
import { cookieOf, fieldOf } from '../../http/message.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Endpoint } from './endpoint.ts'

/** The value that decides, or the client's address where there is none. */
export function keyOf({ hash }: UpstreamPlan, { request, client }: Exchange): string {
  const { fieldText } = request
  const value = hash.by === 'address' ? '' : hash.by === 'header' ? fieldOf(fieldText, hash.name) : cookieOf(fieldText, hash.name)
  return value === '' ? client : value
}

/** The id of the endpoint that the client is bound to, or ''. */
export function stickyIdOf({ sticky }: UpstreamPlan, { request }: Exchange): string {
  return sticky === null ? '' : cookieOf(request.fieldText, sticky.cookie)
}

/** The line that binds a client to the endpoint that answered, or '' when it is bound to that already. RFC 6265 §4.1. */
export function stickyLine({ sticky }: UpstreamPlan, { request }: Exchange, endpoint: Endpoint): string {
  if (sticky === null || cookieOf(request.fieldText, sticky.cookie) === endpoint.id) return ''
  const age = sticky.maxAgeMs === 0 ? '' : `; Max-Age=${Math.ceil(sticky.maxAgeMs / 1_000)}`
  return `Set-Cookie: ${sticky.cookie}=${endpoint.id}; Path=/${age}; HttpOnly; SameSite=Lax\r\n`
}

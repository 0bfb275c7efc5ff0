/** A hop of the doctor's in words: one or two short lines, of what it was and what it tells. Pure. */
import { STATUS_CODES } from 'node:http'
import { KNOWN_CAUSES } from '../causes/foreign-catalogue.ts'
import { stepOf } from '../insight/doctor/chart.ts'
import { factOf, type Hop, type Step, textOf } from '../insight/doctor/report.ts'
import { latencyText, sizeText, spanText } from '../std/quantity-text.ts'

export function sayHop(hop: Hop): string[] {
  return WORDS[stepOf(hop)](hop).filter((text) => text !== '')
}

const WORDS: Readonly<Record<Step, (hop: Hop) => string[]>> = {
  dns: (hop) => {
    if (!hop.ok) return [failed(hop, [textOf(hop, 'code')])]
    const addresses = `${textOf(hop, 'a')} ${textOf(hop, 'aaaa')}`.trim().replaceAll(' ', ', ')
    const aliases = textOf(hop, 'aliases')
    const ttl = Number(factOf(hop, 'ttl_s') ?? 0)
    return [joined([addresses, `may be kept for ${spanText(ttl * 1_000)}`]), aliases === '' ? '' : `by way of ${aliases}`]
  },
  tcp: (hop) =>
    hop.ok ? [textOf(hop, 'skipped') === '' ? '' : `not tried: ${textOf(hop, 'skipped')}`] : [failed(hop, [textOf(hop, 'code')])],
  tls: (hop) => [
    hop.ok ? '' : failed(hop, [textOf(hop, 'reason'), textOf(hop, 'verification')]),
    textOf(hop, 'subject') === ''
      ? ''
      : joined([
          `certificate for ${textOf(hop, 'names').replaceAll(' ', ', ') || textOf(hop, 'subject')}`,
          `by ${textOf(hop, 'issuer')}`,
          daysText(hop),
        ]),
    textOf(hop, 'version') === ''
      ? ''
      : joined([
          (textOf(hop, 'versions') || textOf(hop, 'version'))
            .split(' ')
            .map((one) => one.replace('TLSv', 'TLS '))
            .join(' and '),
          textOf(hop, 'alpn') === 'h2' ? 'HTTP/2' : 'HTTP/1.1',
          textOf(hop, 'sni') === '' ? '' : `SNI ${textOf(hop, 'sni').replace(/:.*/, '')}`,
        ]),
  ],
  http: (hop) => [
    sayAnswer(hop),
    joined([
      textOf(hop, 'hops') === '' ? '' : `by way of ${textOf(hop, 'hops')}`,
      factOf(hop, 'head_bytes') === undefined ? '' : `header ${sizeOf(hop, 'head_bytes')}, body ${sizeOf(hop, 'body_bytes')}`,
    ]),
    partsOf(hop),
  ],
  fastcgi: (hop) => [
    sayAnswer(hop),
    joined([textOf(hop, 'script'), textOf(hop, 'powered_by')]),
    textOf(hop, 'error_output') === '' ? '' : `it says: ${textOf(hop, 'error_output')}`,
  ],
  redirect: (hop) => [failed(hop, []), textOf(hop, 'way')],
  repeat: (hop) => [
    joined([
      `asked ${factOf(hop, 'requests')} times: ${textOf(hop, 'outcomes')}`,
      `mostly ${latencyText(Number(factOf(hop, 'median_ms')))}, at most ${latencyText(Number(factOf(hop, 'slowest_ms')))}`,
    ]),
  ],
  http2: (hop) => [hop.ok ? `answers ${textOf(hop, 'status')}` : failed(hop, [textOf(hop, 'reason')])],
  websocket: (hop) => {
    if (factOf(hop, 'switched') === true) return ['switches']
    const answer = textOf(hop, 'status') === '' ? 'no answer' : `answers ${textOf(hop, 'status')}`
    return [hop.ok ? `not at this address: ${answer}` : failed(hop, [answer, textOf(hop, 'reason')])]
  },
  idle: (hop) => {
    if (!hop.ok) return [failed(hop, [])]
    if (factOf(hop, 'keeps') !== true) return ['closes the connection behind each answer']
    const limit = factOf(hop, 'idle_limit_ms') ?? factOf(hop, 'announced_ms')
    const isSaid = factOf(hop, 'announced_ms') !== undefined
    if (limit !== undefined) return [`an idle connection is closed after ${latencyText(Number(limit))}${isSaid ? ', as announced' : ''}`]
    return [`an idle connection is kept for longer than ${latencyText(Number(factOf(hop, 'idle_over_ms') ?? 0))}`]
  },
}

function sayAnswer(hop: Hop): string {
  const status = Number(factOf(hop, 'status') ?? 0)
  if (status === 0) return failed(hop, [textOf(hop, 'code')])
  const said = textOf(hop, 'said_by')
  const by = said === '' ? '' : textOf(hop, 'said_page') === 'relayed' ? `came through ${said}` : `said by ${said}`
  const where = textOf(hop, 'location')
  const wrong = hop.cause === undefined || status >= 500 ? '' : KNOWN_CAUSES[hop.cause].title
  return joined([`${status} ${STATUS_CODES[status] ?? ''}`.trim(), where === '' ? '' : `to ${where}`, by, wrong])
}

/** The title of the cause, and what else was said. */
function failed({ cause }: Hop, words: readonly string[]): string {
  return joined([cause === undefined ? '' : KNOWN_CAUSES[cause].title, ...words])
}

function partsOf({ timings }: Hop): string {
  const { connectMs, tlsMs, waitMs, receiveMs } = timings
  const parts = Object.entries({ connect: connectMs, TLS: tlsMs, wait: waitMs, receive: receiveMs })
  return parts.flatMap(([name, ms]) => (ms === undefined || ms === 0 ? [] : [`${name} ${latencyText(ms)}`])).join(', ')
}

function daysText(hop: Hop): string {
  const days = Number(factOf(hop, 'days_left') ?? 0)
  return days < 0 ? `expired ${textOf(hop, 'not_after')}` : `${days} ${days === 1 ? 'day' : 'days'} left`
}

function sizeOf(hop: Hop, name: string): string {
  return sizeText(Number(factOf(hop, name) ?? 0))
}

function joined(words: readonly string[]): string {
  return words.filter((word) => word !== '').join(' · ')
}

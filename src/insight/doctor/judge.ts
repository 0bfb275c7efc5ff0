/**
 * All hops → one verdict. The earliest hop at which the way ends for everybody wins; where there is none, the earliest that is broken
 * for some. Pure.
 */

import { spanText } from '../diagnosis/wording.ts'
import { type Chart, chartOf, findBreak, findCrack, hopOf, idleLimitMsOf, pageOf, stepOf } from './chart.ts'
import { factOf, type Hop, textOf, type Verdict } from './report.ts'
import { judgeBreak } from './rule-table.ts'

const HEALTHY = 0.95

/** How long hops in front keep an idle connection to the server behind them unless told otherwise, seconds. */
const KEEP_S: Readonly<Record<string, number>> = {
  cloudflare: 900,
  google: 600,
  gclb: 600,
  alb: 60,
  envoy: 3_600,
  caddy: 120,
  traefik: 90,
  varnish: 60,
}

export function judge(hops: readonly Hop[]): Verdict {
  const chart = chartOf(hops)
  const whole = findBreak(chart.front)
  const broken = whole ?? findCrack(chart.front)
  if (broken !== null) {
    const inner = findBreak(chart.back)
    const behind =
      inner === null ? null : judgeBreak({ hop: inner, isWhole: true, chart: { ...chart, front: chart.back, back: [] }, behind: null })
    const { hop, cause, confidence, summary } = judgeBreak({ hop: broken, isWhole: whole !== null, chart, behind })
    const isOne = whole === null && stepOf(hop) === 'tls'
    return {
      cause,
      hop: hop.name,
      confidence,
      summary: isOne ? `At ${hop.address}, one of several addresses of the site: ${summary}` : summary,
    }
  }
  return judgeIdle(chart) ?? { cause: null, hop: null, confidence: HEALTHY, summary: healthText(chart) }
}

/** Who stands in front keeps a connection for longer than the server behind: sooner or later a request meets the closing. */
function judgeIdle(chart: Chart): Verdict | null {
  const page = pageOf(chart.front)
  const keepS = page === null ? undefined : keepOf(page)
  const limitMs = idleLimitMsOf(chart.back)
  if (keepS === undefined || limitMs === null || limitMs > keepS * 1_000) return null
  const front = textOf(page as Hop, 'hops').split(' → ')[0]
  const limit = spanText(limitMs)
  return {
    cause: 'keepalive-race',
    hop: 'origin-idle',
    confidence: 0.7,
    summary: `The server behind closes an idle connection after ${limit}, and ${front} in front of it keeps one for ${keepS} s unless told otherwise: now and then a request meets the closing and fails with 502.`,
  }
}

/** nginx keeps connections in every upstream from 1.29.7 on, and before only where it is told to. */
function keepOf(page: Hop): number | undefined {
  const front = textOf(page, 'front')
  if (front !== 'nginx') return KEEP_S[front]
  const [, minor = 0, patch = 0] = /^nginx 1\.(\d+)\.(\d+)/.exec(textOf(page, 'hops'))?.map(Number) ?? []
  return minor > 29 || (minor === 29 && patch >= 7) ? 60 : undefined
}

function healthText({ front, back }: Chart): string {
  const page = pageOf(front)
  if (page === null) return 'Nothing is wrong that can be seen from here.'
  const status = Number(factOf(page, 'status') ?? 0)
  const took = spanText(page.timings.ms)
  const idle = hopOf(front, 'websocket')
  if (idle !== null && factOf(idle, 'switched') === true && status >= 400) return `All is well: the server switches to WebSocket.`
  const behind =
    back.length > 0 && back.some(({ ok }) => !ok)
      ? ` Straight to the server behind there is no way from here (${back.find(({ ok }) => !ok)?.cause}), which need not be: a firewall may let only the front in.`
      : ''
  if (status >= 400)
    return `Every hop works, and the server answers: ${status}, ${STATUS_WORDS[status] ?? 'so the request was understood and not granted'}.${behind}`
  const count = factOf(hopOf(front, 'repeat') ?? page, 'requests')
  const often = typeof count === 'number' && count > 1 ? `, ${count} times out of ${count}` : ''
  return `All is well: every hop works, and the ${stepOf(page) === 'fastcgi' ? 'script' : 'page'} comes in ${took} with status ${status}${often}.${behind}`
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  401: 'it wants a login',
  403: 'it does not let us see this page',
  404: 'there is no such page',
  405: 'it takes no GET there',
  410: 'the page is gone for good',
  421: 'it does not know the site by this name',
  429: 'it finds that too many requests came from here',
}

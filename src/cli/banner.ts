/** What a gateway says when it has started: where it listens, what that leads to, where its admin address is. Pure. */
import { bracket } from '../config/address.ts'
import type { Plan, RoutePlan } from '../config/plan.ts'
import type { Paint } from '../config/problem.ts'
import type { Started } from '../control/control.ts'
import type { Address } from '../net/address.ts'

const ROUTES_SHOWN_MAX = 8
const ENDPOINTS_SHOWN_MAX = 3

export function renderBanner(plan: Plan, started: Started, version: string, paint: Paint): string {
  const { routes } = plan
  const shown = routes.slice(0, ROUTES_SHOWN_MAX)
  const width = Math.max(0, ...shown.map(({ name }) => name.length))
  const more = routes.length - shown.length
  const leads = [
    ...shown.map((route) => `${routes.length === 1 ? '' : `${route.name.padEnd(width)}  `}${responderText(route, plan)}`),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(routes.length === 0 ? [paint.doubtful('nowhere: there are no routes, so every request is answered with 404')] : []),
  ]
  const admin =
    started.admin === null ? paint.faint('off') : `${urlText(started.admin)}${paint.faint('   a dashboard; also /metrics  /readyz')}`
  const workers = plan.workers === 0 ? 'none, traffic is carried by this process' : `${plan.workers}`
  return [
    paint.strong(`Gatewell ${version}`),
    '',
    ...labelled(
      'listens on',
      started.listeners.map(({ address }) => paint.good(urlText(address))),
      paint,
    ),
    ...labelled('leads to', leads, paint),
    ...labelled('admin', [admin], paint),
    ...labelled('workers', [workers], paint),
    '',
  ].join('\n')
}

const LABEL_COLUMNS = 12

function labelled(label: string, lines: readonly string[], paint: Paint): string[] {
  return lines.map((line, i) => `  ${paint.faint((i === 0 ? label : '').padEnd(LABEL_COLUMNS))}${line}`)
}

function urlText(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  if (address.host === '') return `http://localhost:${address.port} (every interface)`
  return `http://${bracket(address.host)}:${address.port}`
}

function responderText({ to }: RoutePlan, { upstreams }: Plan): string {
  if (to.kind === 'redirect') return `${to.status} to ${to.location}`
  if (to.kind === 'respond') return `answers ${to.status}`
  if (to.kind === 'status-page') return 'the status page'
  const endpoints = upstreams.find(({ name }) => name === to.upstream)?.endpoints ?? []
  const shown = endpoints.slice(0, ENDPOINTS_SHOWN_MAX).map(({ url, weight }) => (weight === 1 ? url : `${url} ×${weight}`))
  const more = endpoints.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

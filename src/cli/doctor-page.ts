/** What `gatewell doctor` prints: the verdict, the way to the site as a waterfall, what a closer look found, and who can do what. Pure. */
import { KNOWN_CAUSES } from '../causes/foreign-catalogue.ts'
import type { Paint } from '../config/problem.ts'
import { stepOf } from '../insight/doctor/chart.ts'
import type { DoctorReport, Hop, Step, Verdict } from '../insight/doctor/report.ts'
import { latencyText } from '../std/quantity-text.ts'
import { renderRemedies } from './cause-page.ts'
import { sayHop } from './doctor-text.ts'
import { plainly, row } from './story-text.ts'
import { wrap } from './wrap.ts'

/** Parts of the time, in order; what has no parts is drawn with the first. */
const PARTS = [
  { key: 'connectMs', name: 'connect', mark: '▒' },
  { key: 'tlsMs', name: 'TLS', mark: '▓' },
  { key: 'waitMs', name: 'wait', mark: '░' },
  { key: 'receiveMs', name: 'receive', mark: '█' },
] as const
const WHOLE_MARK = '█'

/** Those that are on the way itself; the others look closer. */
const WAY: readonly Step[] = ['dns', 'tcp', 'tls', 'http', 'fastcgi']
const LABELS: Readonly<Record<Step, string>> = {
  dns: 'name',
  tcp: 'connect',
  tls: 'TLS',
  http: 'page',
  fastcgi: 'script',
  redirect: 'redirects',
  repeat: 'again',
  http2: 'HTTP/2',
  websocket: 'WebSocket',
  idle: 'idle',
}
/** In the verdict. */
const PLACES: Readonly<Record<Step, string>> = {
  dns: 'the name',
  tcp: 'the connection',
  tls: 'TLS',
  http: 'the page',
  fastcgi: 'the script',
  redirect: 'the redirects',
  repeat: 'the page, asked for again and again',
  http2: 'HTTP/2',
  websocket: 'the switch to WebSocket',
  idle: 'the idle connection',
}
const LABEL_COLUMNS = 11
const TIME_COLUMNS = 8
const BAR_COLUMNS_MIN = 12
const ADDRESS_COLUMNS_MAX = 32
/** With less than that for address and bar together, there is no bar. */
const DRAWN_COLUMNS_MIN = 36
const INDENT = ' '.repeat(4 + LABEL_COLUMNS)

export function renderDoctor({ target, verdict, hops, advice }: DoctorReport, paint: Paint, columns: number): string {
  const isBehind = ({ name }: Hop): boolean => name.startsWith('origin-')
  const front = hops.filter((hop) => !isBehind(hop))
  const back = hops.filter(isBehind)
  const sections = [
    renderVerdict(target, verdict, paint, columns),
    renderWay('The way to the site', front, paint, columns),
    renderCloser(front, paint, columns),
    renderWay('Straight to the server behind it', back, paint, columns),
    renderCloser(back, paint, columns),
    renderVisitor(advice.visitor, paint, columns),
    advice.owner.length === 0 ? '' : renderOwner(advice, paint, columns),
  ]
  return sections.filter((one) => one !== '').join('\n\n')
}

function renderVerdict(target: string, { cause, confidence, summary, hop }: Verdict, paint: Paint, columns: number): string {
  const mark = cause === null ? paint.good('✓') : paint.bad('✗')
  const said = wrap(plainly(summary), columns - 2)
  const lines = said.split('\n').map((line, index) => `${index === 0 ? mark : ' '} ${paint.strong(line)}`)
  if (cause === null || hop === null) return [...lines, '', row('site', target, paint, columns)].join('\n')
  const rows = [
    row('site', target, paint, columns),
    row(
      'broken at',
      PLACES[hop.replace(/^origin-/, '') as Step] + (hop.startsWith('origin-') ? ', at the server behind' : ''),
      paint,
      columns,
    ),
    row('cause', `${cause}: ${KNOWN_CAUSES[cause].title}`, paint, columns),
    row('confidence', `${Math.round(confidence * 100)} %`, paint, columns),
  ]
  return [...lines, '', ...rows].filter((line) => line !== null).join('\n')
}

function renderWay(title: string, hops: readonly Hop[], paint: Paint, columns: number): string {
  const way = hops.filter((hop) => WAY.includes(stepOf(hop)) || stepOf(hop) === 'redirect')
  if (way.length === 0) return ''
  const from = Math.min(...way.map(({ timings }) => timings.beganMs))
  const to = Math.max(...way.map(({ timings }) => timings.beganMs + timings.ms))
  const room = columns - INDENT.length - TIME_COLUMNS - 3
  const addressColumns = Math.min(ADDRESS_COLUMNS_MAX, room - BAR_COLUMNS_MIN, Math.max(...way.map(({ address }) => address.length)))
  const barColumns = room - addressColumns
  const isDrawn = room >= DRAWN_COLUMNS_MIN
  const lines = way.flatMap((hop) => [
    isDrawn ? renderLine(hop, { addressColumns, barColumns, from, to }, paint) : renderBare(hop, paint, columns),
    ...renderFacts(hop, paint, columns),
  ])
  const used = new Set(way.flatMap(({ timings }) => PARTS.filter(({ key }) => (timings[key] ?? 0) > 0).map(({ name }) => name)))
  const legend = PARTS.filter(({ name }) => used.has(name)).map(({ name, mark }) => `${mark} ${name}`)
  return [paint.strong(title), ...lines, ...(isDrawn && legend.length > 0 ? [paint.faint(`${INDENT}${legend.join('   ')}`)] : [])].join(
    '\n',
  )
}

function renderCloser(hops: readonly Hop[], paint: Paint, columns: number): string {
  const closer = hops.filter((hop) => !WAY.includes(stepOf(hop)) && stepOf(hop) !== 'redirect')
  if (closer.length === 0) return ''
  const lines = closer.flatMap((hop) => {
    const [first = '', ...rest] = sayHop(hop).map((text) => wrap(plainly(text), columns, INDENT))
    const head = `  ${markOf(hop, paint)} ${LABELS[stepOf(hop)].padEnd(LABEL_COLUMNS)}`
    return [`${head}${first.slice(INDENT.length)}`, ...rest.map((line) => paint.faint(line))]
  })
  return [paint.strong('A closer look'), ...lines].join('\n')
}

type Scale = { readonly addressColumns: number; readonly barColumns: number; readonly from: number; readonly to: number }

function renderLine(hop: Hop, scale: Scale, paint: Paint): string {
  const label = LABELS[stepOf(hop)].padEnd(LABEL_COLUMNS)
  const address = cut(plainly(hop.address), scale.addressColumns).padEnd(scale.addressColumns)
  const time = latencyText(hop.timings.ms).padStart(TIME_COLUMNS)
  return `  ${markOf(hop, paint)} ${label}${address} ${barOf(hop, scale, paint)} ${paint.faint(time)}`
}

function renderBare(hop: Hop, paint: Paint, columns: number): string {
  const first = `  ${hop.ok ? '✓' : '✗'} ${LABELS[stepOf(hop)].padEnd(LABEL_COLUMNS)}`
  const text = wrap(`${plainly(hop.address)} ${latencyText(hop.timings.ms)}`, columns, INDENT, first)
  return text.replace(/^ {2}\S/, `  ${markOf(hop, paint)}`)
}

/** Each part takes a column at least, so that what was quick can be seen, too. */
function barOf({ ok, timings }: Hop, { barColumns, from, to }: Scale, paint: Paint): string {
  const scale = barColumns / Math.max(to - from, 0.001)
  const start = Math.min(barColumns - 1, Math.floor((timings.beganMs - from) * scale))
  const end = Math.min(barColumns, Math.max(start + 1, Math.round((timings.beganMs + timings.ms - from) * scale)))
  const parts = PARTS.filter(({ key }) => (timings[key] ?? 0) > 0)
  let drawn = ''
  let at = timings.beganMs - from
  for (const { key, mark } of parts) {
    at += timings[key] ?? 0
    drawn = drawn.padEnd(Math.max(drawn.length + 1, Math.round(at * scale) - start), mark)
  }
  const bar = (parts.length === 0 ? WHOLE_MARK.repeat(end - start) : drawn).slice(0, barColumns - start)
  const rest = ' '.repeat(Math.max(0, barColumns - start - bar.length))
  return `${' '.repeat(start)}${ok ? paint.good(bar) : paint.bad(bar)}${rest}`
}

function renderFacts(hop: Hop, paint: Paint, columns: number): string[] {
  return sayHop(hop).map((text, index) => (hop.ok || index > 0 ? paint.faint : paint.bad)(wrap(plainly(text), columns, INDENT)))
}

function renderVisitor(visitor: readonly string[], paint: Paint, columns: number): string {
  return [paint.strong('If you only want to visit the site'), ...visitor.map((text) => wrap(text, columns, '  '))].join('\n')
}

function renderOwner({ owner }: DoctorReport['advice'], paint: Paint, columns: number): string {
  const [, ...lines] = renderRemedies(owner, paint, columns).split('\n')
  return [paint.strong(owner.length === 1 ? 'If it is your site' : 'If it is your site, likeliest first'), ...lines].join('\n')
}

function markOf({ ok }: Hop, paint: Paint): string {
  return ok ? paint.good('✓') : paint.bad('✗')
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`
}

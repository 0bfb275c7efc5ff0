/** Who traces his services sees the gateway between them: one trace, each attempt in its place, and why one failed. */
import { expect, test } from 'vitest'
import { OTLP } from '../../src/config/defaults.ts'
import type { Plan } from '../../src/config/plan.ts'
import type { OtlpPlan } from '../../src/config/telemetry-plan.ts'
import { controlPlan, RunningControl } from '../control/running.ts'
import { closing } from '../support/closing.ts'
import { answerTo } from '../support/http-request.ts'
import { OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts'
import { type Script, startOrigin, unusedPort } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'

const SERVER = 2
const CLIENT = 3
const ERROR = 2
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT_ID = '00f067aa0ba902b7'

type Setup = { readonly otlp?: Partial<OtlpPlan>; readonly plan?: Partial<Plan> }

/** An app that keeps what it was asked. */
async function appOf(script: Script | null = null): Promise<{ port: number; heads: string[] }> {
  const heads: string[] = []
  const { port } = closing(
    await startOrigin(
      script ??
        (async (connection) => {
          for (let head = await connection.head(); head !== null; head = await connection.head()) {
            heads.push(head)
            connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
          }
        }),
    ),
  )
  return { port, heads }
}

async function start(ports: readonly number[], { otlp = {}, plan: changes = {} }: Setup = {}) {
  const receiver = closing(await OtlpReceiver.start())
  const base = controlPlan(ports[0] as number, { workers: 0, ...changes })
  const [upstream] = base.upstreams
  const endpoints = ports.map((port) => {
    const address = { kind: 'tcp', host: '127.0.0.1', port } as const
    return { url: `http://127.0.0.1:${port}`, address, weight: 1, isBackup: false }
  })
  const { traces, metrics } = OTLP
  const plan: Plan = {
    ...base,
    upstreams: [{ ...upstream!, endpoints, balance: 'round-robin' }],
    telemetry: { otlp: { endpoint: receiver.endpoint, headers: { 'x-key': 'abc' }, traces, metrics, ...otlp } },
    ...changes,
  }
  const running = await RunningControl.start(plan)
  closing({ close: () => running.control.kill() })
  return { receiver, running }
}

async function spansOf(receiver: OtlpReceiver, count: number): Promise<ReceivedSpan[]> {
  await until(`${count} spans have come`, () => receiver.spans.length >= count)
  return receiver.spans.toSorted((one, other) => Number(one.startNs - other.startNs) || one.kind - other.kind)
}

test('a trace goes on through the gateway, and each attempt is a span of it', async () => {
  const app = await appOf()
  const dead = await unusedPort()
  const { receiver, running } = await start([dead, app.port], { otlp: { traces: { share: 0, isFailureKept: false } } })
  const headers = { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01`, tracestate: 'vendor=1', 'user-agent': 'curl/8', host: 'shop.test:8080' }
  expect((await answerTo(running.port, { path: '/cart?sig=secret&a=1', headers })).status).toBe(200)

  const [server, first, second, ...others] = (await spansOf(receiver, 3)) as [ReceivedSpan, ReceivedSpan, ReceivedSpan]
  expect(others).toEqual([])
  expect([server.kind, first.kind, second.kind]).toEqual([SERVER, CLIENT, CLIENT])
  expect(server).toMatchObject({ traceId: TRACE_ID, parentSpanId: PARENT_ID, name: 'GET all', flags: 0x301 })
  for (const attempt of [first, second]) expect(attempt).toMatchObject({ traceId: TRACE_ID, parentSpanId: server.spanId, name: 'GET' })
  expect(new Set([server.spanId, first.spanId, second.spanId, PARENT_ID]).size).toBe(4)

  // The app is told of the attempt that reached it, once, and of nothing else.
  const [head = ''] = app.heads
  expect(head.match(/^traceparent: .*$/gim)?.map((line) => line.trim())).toEqual([`traceparent: 00-${TRACE_ID}-${second.spanId}-01`])
  expect(head).toContain('tracestate: vendor=1')

  // In the order of time.
  for (const attempt of [first, second]) {
    expect(attempt.startNs).toBeGreaterThanOrEqual(server.startNs)
    expect(attempt.endNs).toBeLessThanOrEqual(server.endNs)
  }
  expect(second.startNs).toBeGreaterThanOrEqual(first.endNs)
  expect(Number(server.startNs / 1_000_000n)).toBeGreaterThan(Date.now() - 60_000)

  expect(server.attributes).toMatchObject({
    'http.request.method': 'GET',
    'url.scheme': 'http',
    'url.path': '/cart',
    'url.query': 'sig=REDACTED&a=1',
    'http.route': 'all',
    'http.response.status_code': 200,
    'server.address': 'shop.test',
    'server.port': 8080,
    'client.address': '127.0.0.1',
    'user_agent.original': 'curl/8',
    'gatewell.rescued_from': 'connect-refused',
    'gatewell.attempts': 2,
  })
  expect(server.attributes).not.toHaveProperty('error.type')
  expect(server.status.code ?? 0).toBe(0)
  expect(server.events).toMatchObject([
    { name: 'gatewell.retry', atNs: second.startNs, attributes: { 'gatewell.cause': 'connect-refused', 'http.request.resend_count': 1 } },
  ])
  expect(first).toMatchObject({ status: { code: ERROR } })
  expect(first.attributes).toMatchObject({
    'error.type': 'connect-refused',
    'server.address': '127.0.0.1',
    'server.port': dead,
    'url.full': `http://127.0.0.1:${dead}/cart?sig=REDACTED&a=1`,
    'gatewell.evidence.code': 'ECONNREFUSED',
  })
  expect(first.attributes).not.toHaveProperty('http.request.resend_count')
  expect(second.attributes).toMatchObject({ 'http.response.status_code': 200, 'http.request.resend_count': 1, 'server.port': app.port })
  expect(second.attributes).not.toHaveProperty('error.type')
  expect(second.status.code ?? 0).toBe(0)
  expect(second.events.map(({ name }) => name)).toEqual(['gatewell.connected', 'gatewell.answered'])
  expect(server.resource).toMatchObject({ 'service.name': 'gatewell', 'service.instance.id': 'test', 'service.version': '1.2.3' })
  expect(receiver.requests[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-key': 'abc', 'content-type': 'application/json' } })
})

test('a trace begins here where nobody has begun one, and a request that is not wanted goes on as it came', async () => {
  const app = await appOf()
  const { receiver, running } = await start([app.port], { otlp: { traces: { share: 1, isFailureKept: false } } })
  await running.get('/begun')
  const unsampled = `00-${TRACE_ID}-${PARENT_ID}-00`
  await answerTo(running.port, { path: '/unwanted', headers: { traceparent: unsampled } })
  await running.get('/last')
  const spans = await spansOf(receiver, 4)
  expect(spans.map(({ attributes }) => attributes['url.path'] ?? '').filter((path) => path !== '')).toEqual(['/begun', '/last'])
  const [server, attempt] = spans as [ReceivedSpan, ReceivedSpan]
  expect(server.parentSpanId ?? '').toBe('')
  expect(app.heads[0]).toContain(`traceparent: 00-${server.traceId}-${attempt.spanId}-01`)
  expect(app.heads[1]).toContain(`traceparent: ${unsampled}`)
  expect(app.heads[1]?.match(/^traceparent:/gim)).toHaveLength(1)
})

test('what failed is told although nobody asked for it, and `gatewell why` knows its trace', async () => {
  const { receiver, running } = await start([await unusedPort()], { otlp: { traces: { share: 0, isFailureKept: true } } })
  const { status, headers: fields } = await answerTo(running.port, {
    path: '/',
    headers: { traceparent: `00-${TRACE_ID}-${PARENT_ID}-00` },
  })
  expect(status).toBe(502)
  await answerTo(running.port, { path: '/', headers: { host: 'a b' } })
  const [server] = await spansOf(receiver, 2)
  expect(server).toMatchObject({ traceId: TRACE_ID, parentSpanId: PARENT_ID, status: { code: ERROR } })
  expect(server?.attributes).toMatchObject({ 'error.type': 'connect-refused', 'http.response.status_code': 502 })
  const id = String(fields['x-request-id'])
  const { body } = await running.admin(`/api/request?id=${id}`)
  expect(JSON.parse(body).record).toMatchObject({ traceId: TRACE_ID, trace: { span: server?.spanId } })
})

test('numbers are sent under the names of /metrics', async () => {
  const app = await appOf()
  const { receiver, running } = await start([app.port], { otlp: { traces: null, metrics: { intervalMs: 1_000 } } })
  for (let count = 0; count < 3; count++) await running.get()
  const requests = await until('the requests are counted', () => {
    const metric = receiver.metrics.get('http.server.request.duration')
    return metric?.points.some(({ count }) => Number(count) === 3) ? metric : undefined
  })
  expect(requests).toMatchObject({ unit: 's', histogram: { aggregationTemporality: 2 } })
  expect(requests.points[0]?.labels).toEqual({ 'http.request.method': 'GET', 'http.response.status_code': '200', 'http.route': 'all' })
  expect(
    receiver.metrics.get('gatewell.build_info')?.points[0]?.asDouble ?? receiver.metrics.get('gatewell.build_info')?.points[0]?.asInt,
  ).toBe(1)
  expect(receiver.resource).toMatchObject({ 'service.name': 'gatewell', 'service.instance.id': 'test' })
  expect(receiver.spans).toEqual([])
  expect(app.heads[0]).not.toMatch(/traceparent/i)
})

test("a receiver that is away slows nobody, and what is in the environment is nobody's business", async () => {
  process.env.OTEL_EXPORTER_OTLP_HEADERS = 'authorization=stolen'
  const app = await appOf()
  const { receiver, running } = await start([app.port], { otlp: { traces: { share: 1, isFailureKept: true } } })
  receiver.answer = (response) => {
    response.statusCode = 400
    response.end('no')
  }
  await running.get()
  await running.hasSaid(
    /^Traces do not get through to 127\.0\.0\.1:\d+: it says 400 Bad Request\. They are lost\. Traffic is not held up\.$/,
  )
  for (let count = 0; count < 20; count++) expect(await running.get()).toBe('ok')
  receiver.answer = null
  await running.hasSaid(/^Traces get through to 127\.0\.0\.1:\d+ again\. \d+ were lost\.$/)
  expect(running.said.filter(({ msg }) => /^Traces do not/.test(msg))).toHaveLength(1)
  const { body } = await running.admin('/metrics')
  expect(Number(/gatewell_telemetry_dropped_total (\d+)/.exec(body)?.[1])).toBeGreaterThan(0)
  expect(receiver.requests.some(({ headers }) => 'authorization' in headers)).toBe(false)
  delete process.env.OTEL_EXPORTER_OTLP_HEADERS
})

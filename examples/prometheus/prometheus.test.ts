/** The rules and the dashboard ask for what there is: by name, by label, and by a real Prometheus that looks at a real gateway. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { METRICS, type Metric, prometheusName } from '../../src/gateway/observe/metric.ts'
import { controlPlan, RunningControl } from '../../test/control/running.ts'
import { program } from '../../test/setup/program.ts'
import { Child } from '../../test/support/child.ts'
import { closing } from '../../test/support/closing.ts'
import { answerTo } from '../../test/support/http-request.ts'
import { serving, startOrigin, unusedPort } from '../../test/support/raw-origin.ts'
import { until } from '../../test/support/until.ts'

type Panel = { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }
type Dashboard = {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[] }
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] }
}

const RULES = join(import.meta.dirname, 'gatewell-rules.yml')
const dashboard: Dashboard = JSON.parse(readFileSync(join(import.meta.dirname, '../grafana/gatewell.json'), 'utf8'))
const rules: { alert: string; expr: string }[] = parse(readFileSync(RULES, 'utf8')).groups[0].rules

/** What the dashboard asks for, by what asks. */
const asked: [where: string, expr: string][] = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }): [string, string] => [title, expr])),
  ...dashboard.annotations.list.flatMap(({ expr }): [string, string][] => (expr === undefined ? [] : [['an annotation', expr]])),
]

/** Every name that Prometheus knows, with its labels. */
const known = new Map(
  Object.entries<Metric>(METRICS).flatMap(([name, { kind, unit, labels }]): [string, string[]][] => {
    const exposed = prometheusName(name, unit)
    const own = ['instance', 'job', ...labels.map((label) => label.replaceAll('.', '_'))]
    if (kind === 'counter') return [[`${exposed}_total`, own]]
    if (kind === 'gauge') return [[exposed, own]]
    return ['_bucket', '_count', '_sum'].map((suffix) => [exposed + suffix, suffix === '_bucket' ? [...own, 'le'] : own])
  }),
)
known.set('up', ['instance', 'job'])

const METRIC = /\b(?:gatewell|http|nodejs|process)_[a-z0-9_]+|\bup\b/g

/** What is wrong with an expression: names and labels that there are not. */
function faultsOf(expr: string): string[] {
  const names = [
    ...expr
      .replace(/"[^"]*"/g, '')
      .replace(/by \([^)]*\)/g, '')
      .replace(/\{[^}]*\}/g, '{}')
      .matchAll(METRIC),
  ].map(([name]) => name)
  const unknown = names.filter((name) => !known.has(name))
  if (names.length === 0) return ['asks for nothing']
  const labels = new Set(names.flatMap((name) => known.get(name) ?? []))
  const selected = [...expr.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, name = '', matchers = '']) =>
    [...matchers.matchAll(/(\w+) *(?:=~|!~|!=|=) *"/g)].flatMap(([, label = '']) =>
      known.get(name)?.includes(label) ? [] : [`${name}{${label}}`],
    ),
  )
  const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(',').map((one) => one.trim()))
  return [...unknown, ...selected, ...grouped.filter((label) => !labels.has(label))]
}

const folder = mkdtempSync(join(tmpdir(), 'gatewell-prometheus-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(asked)('the dashboard asks for what there is: %s', (_, expr) => {
  expect(faultsOf(expr)).toEqual([])
})

test.each(rules.map(({ alert, expr }) => [alert, expr]))('an alert asks for what there is: %s', (_, expr = '') => {
  expect(faultsOf(expr)).toEqual([])
})

test('what there is not would be noticed', () => {
  expect(faultsOf('rate(gatewell_failuers_total[5m])')).toEqual(['gatewell_failuers_total'])
  expect(faultsOf('sum by (casue) (gatewell_failures_total{upstrem="a"})')).toEqual(['gatewell_failures_total{upstrem}', 'casue'])
})

test('the variables of the dashboard are made of what there is', () => {
  const variables = dashboard.templating.list.filter(({ type }) => type === 'query')
  expect(variables.map(({ name }) => name)).toEqual(['instance', 'upstream'])
  for (const { definition = '', name } of variables) {
    const [, metric = '', label = ''] = /^label_values\((\w+)(?:\{[^}]*\})?, (\w+)\)$/.exec(definition) ?? []
    expect(known.get(metric)).toContain(label)
    expect(label).toBe(name)
  }
})

test('no two panels lie on each other, and each has an id of its own', () => {
  const panels = dashboard.panels as readonly (Panel & { id: number; gridPos: { x: number; y: number; w: number; h: number } })[]
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  for (const [index, { gridPos: one }] of panels.entries()) {
    expect(one.x + one.w).toBeLessThanOrEqual(24)
    for (const { gridPos: other } of panels.slice(index + 1)) {
      const isApart = one.x + one.w <= other.x || other.x + other.w <= one.x || one.y + one.h <= other.y || other.y + other.h <= one.y
      expect(isApart).toBe(true)
    }
  }
})

describe('Prometheus itself', () => {
  test('finds nothing wrong with the rules and the configuration', () => {
    const run = (...words: string[]): string => execFileSync(program('promtool'), words, { encoding: 'utf8' })
    expect(run('check', 'rules', '--lint=all', '--lint-fatal', RULES)).toContain(`${rules.length} rules found`)
    expect(run('check', 'config', join(import.meta.dirname, 'prometheus.yml'))).toContain('is valid')
  })

  test('alerts when it should, and is silent when it should be', () => {
    const failing = 'gatewell_failures_total{instance="g",side="upstream",cause="connect-refused",upstream="shop"}'
    const asking = 'http_server_request_duration_seconds_count{instance="g"}'
    const scanned = 'gatewell_failures_total{instance="g",side="downstream",cause="client-closed",upstream=""}'
    const crashes = 'gatewell_worker_crashes_total{instance="g"}'
    const health = 'gatewell_endpoint_health{instance="g",upstream="shop",endpoint="http://a"}'
    const series = (values: Record<string, string>) => Object.entries(values).map(([name, list]) => ({ series: name, values: list }))
    const names = (alerts: string[], at: string) =>
      rules.map(({ alert }) => ({ eval_time: at, alertname: alert, exp_alerts: alerts.includes(alert) ? undefined : [] }))
    const cases = [
      {
        interval: '15s',
        input_series: series({ [failing]: '0+60x40', [asking]: '0+100x40' }),
        on: ['GatewellVisitorsSeeErrors', 'GatewellMostVisitorsSeeErrors'],
      },
      { interval: '15s', input_series: series({ [failing]: '0+5x40', [asking]: '0+100x40' }), on: ['GatewellVisitorsSeeErrors'] },
      { interval: '15s', input_series: series({ [scanned]: '0+60x40', [asking]: '0+100x40' }), on: [] },
      { interval: '15s', input_series: series({ [crashes]: '0x20 1x20' }), on: ['GatewellWorkerCrashed'] },
      { interval: '15s', input_series: series({ [health]: '1x20 0x20' }), on: ['GatewellUpstreamIsDown'] },
    ]
    for (const { on, ...one } of cases) {
      const expected = names(on, '8m').filter(({ exp_alerts }) => exp_alerts !== undefined)
      const firing = on.map((alert) => ({
        expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
        eval_time: '8m',
        exp_samples: [{ labels: '{}', value: 1 }],
      }))
      const file = join(folder, 'rules.test.yml')
      writeFileSync(
        file,
        stringify({
          rule_files: [RULES],
          evaluation_interval: '15s',
          tests: [{ ...one, alert_rule_test: expected, promql_expr_test: firing }],
        }),
      )
      expect(execFileSync(program('promtool'), ['test', 'rules', file], { encoding: 'utf8' }), on.join()).toContain('SUCCESS')
    }
  })

  test('answers all that the dashboard asks of a gateway under traffic', { timeout: 40_000 }, async () => {
    const origin = closing(await startOrigin(serving('ok')))
    const plan = controlPlan(origin.port, { workers: 1 })
    const [upstream] = plan.upstreams
    const dead = { ...upstream!.endpoints[0]!, ...addressOf(await unusedPort()) }
    const running = await RunningControl.start({ ...plan, upstreams: [{ ...upstream!, endpoints: [...upstream!.endpoints, dead] }] })
    closing({ close: () => running.control.kill() })
    const port = await unusedPort()
    const config = join(folder, 'prometheus.yml')
    writeFileSync(
      config,
      stringify({
        global: { scrape_interval: '500ms' },
        scrape_configs: [{ job_name: 'gatewell', static_configs: [{ targets: [`127.0.0.1:${running.adminPort}`] }] }],
      }),
    )
    const words = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`]
    const prometheus = new Child([program('prometheus'), ...words], { limitMs: 60_000 })
    closing({ close: () => prometheus.kill('SIGKILL') })

    const ask = async (expr: string): Promise<{ status: string; data?: { result: unknown[] }; error?: string }> => {
      const query = expr.replaceAll('$__rate_interval', '10s').replaceAll('$instance', '.*').replaceAll('$upstream', '.*')
      const { body } = await answerTo(port, { path: `/api/v1/query?query=${encodeURIComponent(query)}` })
      return JSON.parse(body.toString())
    }
    let isOver = false
    const visitor = (async () => {
      while (!isOver) await running.get()
    })()
    const count = 'count_over_time(gatewell_build_info[1m]) >= 4'
    await until('it has looked often enough', async () => ((await ask(count).catch(() => null))?.data?.result.length ?? 0) > 0)
    const empty: string[] = []
    for (const [title, expr] of asked) {
      const { status, data, error } = await ask(expr)
      expect(status, `${title}: ${error}`).toBe('success')
      if (data?.result.length === 0) empty.push(title)
    }
    isOver = true
    await visitor
    // Nothing failed before a visitor's eyes, and there was room for all.
    expect(new Set(empty)).toEqual(new Set(['an annotation', 'Failures by cause', 'Turned away', 'Lost on the way']))
  })
})

function addressOf(port: number) {
  return { url: `http://127.0.0.1:${port}`, address: { kind: 'tcp', host: '127.0.0.1', port } } as const
}

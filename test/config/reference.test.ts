/** The defaults, the schema, the JSON Schema and the reference page say the same. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a configuration names a variable
import { describe, expect, test } from 'vitest'
import * as defaults from '../../src/config/defaults.ts'
import { planOf } from '../../src/config/load.ts'
import { type JsonSchema, makeConfigPage, makeJsonSchema } from '../../src/config/reference.ts'
import { ConfigSchema } from '../../src/config/schema.ts'

const OPTIONS = { file: 'gatewell.yaml', environment: {}, instance: 'test', parallelism: 4 }

/** All schemas of single values below one, with their paths. */
function* leaves(schema: JsonSchema, path = ''): Generator<[path: string, schema: JsonSchema]> {
  for (const [key, value] of Object.entries(schema.properties ?? {})) yield* leaves(value, `${path}.${key}`)
  if (schema.additionalProperties) yield* leaves(schema.additionalProperties, `${path}.*`)
  if (schema.items !== undefined) yield* leaves(schema.items, `${path}[]`)
  if (schema.properties === undefined && !schema.additionalProperties) yield [path, schema]
}

describe('a configuration without keys', () => {
  const { plan } = planOf('{}', OPTIONS)

  test('compiles to the defaults', () => {
    expect(plan).toEqual({
      name: defaults.NAME,
      instance: 'test',
      listeners: [{ name: defaults.LISTEN, address: { kind: 'tcp', host: '127.0.0.1', port: 8080 } }],
      upstreams: [],
      routes: [],
      limits: defaults.LIMITS,
      store: defaults.STORE,
      errors: defaults.ERRORS,
      trustedProxies: [],
      resolver: defaults.RESOLVER,
      accessLog: defaults.ACCESS_LOG,
      admin: { address: { kind: 'tcp', host: '127.0.0.1', port: 8502 }, token: null, mcp: 'read' },
      drain: defaults.DRAIN,
      alerts: defaults.ALERTS,
      status: null,
      telemetry: defaults.TELEMETRY,
      worth: defaults.WORTH,
      isWatched: false,
      workers: 4,
    })
  })

  test('gives an upstream and a route the defaults too', () => {
    const { plan } = planOf('{ upstreams: { app: { endpoints: ["http://[::1]:3000"] } }, routes: [{ to: app }] }', OPTIONS)
    const address = { kind: 'tcp', host: '::1', port: 3000 }
    expect(plan?.upstreams).toEqual([
      {
        name: 'app',
        endpoints: [{ url: 'http://[::1]:3000', address, weight: defaults.WEIGHT, isBackup: false }],
        timeouts: defaults.TIMEOUTS,
        retry: defaults.RETRY,
        ...defaults.UPSTREAM,
      },
    ])
    const to = { kind: 'upstream', upstream: 'app' }
    expect(plan?.routes).toEqual([
      { name: '/*', host: '', path: '', to, bodyBytesMax: defaults.LIMITS.bodyBytesMax, criticality: 'auto', errorPage: null },
    ])
  })
})

describe('the JSON Schema', () => {
  const schema = makeJsonSchema()
  const all = [...leaves(schema)]

  test('describes every key', () => {
    const silent = all.filter(([path, { description }]) => !path.endsWith('[]') && (description ?? '') === '').map(([path]) => path)
    expect(silent).toEqual([])
  })

  test('names defaults that the validator takes and that its own patterns allow', () => {
    for (const [path, leaf] of all) {
      if (typeof leaf.default !== 'string') continue
      expect(leaf.default, path).toMatch(new RegExp(leaf.pattern ?? ''))
    }
    const written = JSON.parse(JSON.stringify(schema.properties), (_, value) => value)
    const config = Object.fromEntries(
      Object.entries<JsonSchema>(written).flatMap(([key, { default: value }]) => (value === undefined ? [] : [[key, value]])),
    )
    expect(Object.keys(config)).toContain('listen')
    expect(ConfigSchema.parse(config)).toEqual(ConfigSchema.parse({}))
  })

  test('lets a variable stand for any value that is not free text', () => {
    for (const [path, leaf] of all) {
      const patterns = [leaf.pattern, ...(leaf.anyOf ?? []).map(({ pattern }) => pattern)].filter((pattern) => pattern !== undefined)
      if (patterns.length > 0)
        expect(
          patterns.some((pattern) => new RegExp(pattern).test('${NAME}')),
          path,
        ).toBe(true)
    }
  })
})

test('the reference page has a row for every key', () => {
  const page = makeConfigPage()
  const missing = [...leaves(makeJsonSchema())]
    .map(([path]) => path.split('.').at(-1)!)
    .filter((key) => !key.endsWith('[]') && !page.includes(`| \`${key}\` |`))
  expect(missing).toEqual([])
})

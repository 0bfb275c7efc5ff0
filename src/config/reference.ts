/** The JSON Schema of gatewell.yaml and the reference page of its keys, both made from the schema alone. Pure, writes no files. */
import * as z from 'zod'
import { ConfigSchema } from './schema.ts'

export type JsonSchema = {
  title?: string
  type?: string | string[]
  description?: string
  default?: unknown
  examples?: unknown[]
  enum?: unknown[]
  pattern?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  additionalProperties?: JsonSchema | false
  anyOf?: JsonSchema[]
  [key: string]: unknown
}

const ENVIRONMENT = { type: 'string', pattern: '\\$\\{' }

/** What an editor checks and completes by. Draft 7, which is what editors know; a variable may stand for any single value. */
export function makeJsonSchema(): JsonSchema {
  const schema = admitVariables(toJsonSchema())
  return { $schema: schema.$schema, title: 'gatewell.yaml', description: 'The configuration of Gatewell, an HTTP gateway.', ...schema }
}

function toJsonSchema(): JsonSchema {
  return z.toJSONSchema(ConfigSchema, {
    io: 'input',
    target: 'draft-07',
    override: ({ zodSchema, jsonSchema }) => {
      const examples = z.globalRegistry.get(zodSchema)?.examples
      if (Array.isArray(examples) && jsonSchema.type !== undefined) jsonSchema.examples = examples
      if (JSON.stringify(jsonSchema.default) === '{}') delete jsonSchema.default
    },
  }) as JsonSchema
}

function admitVariables(schema: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties, anyOf } = schema
  const deep: JsonSchema = {
    ...schema,
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, admitVariables(value)])) }),
    ...(items && { items: admitVariables(items) }),
    ...(additionalProperties && { additionalProperties: admitVariables(additionalProperties) }),
    ...(anyOf && { anyOf: anyOf.map(admitVariables) }),
  }
  const isSingle = schema.enum !== undefined || ['integer', 'number', 'boolean'].some((type) => [schema.type].flat().includes(type))
  if (!isSingle) return schema.pattern === undefined ? deep : { ...deep, pattern: `${schema.pattern}|\\$\\{` }
  const { description, default: byDefault, ...rest } = deep
  return {
    ...(description !== undefined && { description }),
    ...(byDefault !== undefined && { default: byDefault }),
    anyOf: [rest, ENVIRONMENT],
  }
}

const INTRODUCTION = `# gatewell.yaml

<!-- Generated from src/config/schema.ts by \`npm run docs\`. Do not edit. -->

Every key has a default, so one upstream and one route are enough:

\`\`\`yaml
# yaml-language-server: $schema=./gatewell.schema.json
upstreams:
  app:
    endpoints: ["http://127.0.0.1:3000", "http://127.0.0.1:3001"]
routes:
  - { to: app }
\`\`\`

\`gatewell check\` says what is wrong with a file, and on which line. \`gatewell check --schema > gatewell.schema.json\` gives an editor all that stands here.

A **duration** is a number with \`ms\`, \`s\`, \`m\` or \`h\`; a **size** one with \`B\`, \`KiB\`, \`MiB\` or \`GiB\`; a **share** one with \`%\`.
\`\${NAME}\` in a value is the environment variable of that name, and \`\${NAME:-default}\` has a default for when it is empty or not set;
\`$\${\` is a plain \`\${\`. Nothing else is read from the environment. Relative paths begin at the folder of the file.
`

/** `docs/reference/config.md` */
export function makeConfigPage(): string {
  return `${INTRODUCTION}\n${describeMapping('', toJsonSchema()).join('\n')}`
}

/** A section for a mapping, then one for each mapping within it. */
function describeMapping(path: string, schema: JsonSchema): string[] {
  const entries = Object.entries(schema.properties ?? {})
  const rows = entries.map(([key, value]) => {
    const isRequired = schema.required?.includes(key)
    return `| \`${key}\` | ${typeOf(value)} | ${isRequired ? 'required' : defaultOf(value)} | ${value.description ?? ''} |`
  })
  const heading = path === '' ? '' : `## ${path}\n\n${schema.description === undefined ? '' : `${schema.description}\n\n`}`
  const section = `${heading}| key | value | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`
  return [section, ...entries.flatMap(([key, value]) => describeWithin(path === '' ? key : `${path}.${key}`, value))]
}

function describeWithin(path: string, schema: JsonSchema): string[] {
  if (schema.properties !== undefined) return describeMapping(path, schema)
  if (schema.additionalProperties)
    return describeWithin(`${path}.NAME`, { description: schema.description ?? '', ...schema.additionalProperties })
  if (schema.items !== undefined) return describeWithin(`${path}[]`, { ...schema.items, description: schema.description ?? '' })
  const forms = (schema.anyOf ?? []).filter((form) => form.properties !== undefined || form.items !== undefined)
  return forms.flatMap((form) => describeWithin(forms.length === 1 ? path : `${path} { ${form.required?.[0]} }`, form))
}

function typeOf(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(', or ')
  if (schema.items !== undefined) return `list: ${typeOf(schema.items)}`
  return schema.type === 'object' ? 'mapping' : 'text'
}

function defaultOf(schema: JsonSchema): string {
  if (schema.default === undefined || schema.default === '') return ''
  return `\`${Array.isArray(schema.default) ? `[${schema.default.join(', ')}]` : String(schema.default)}\``
}

/** The OpenAPI document of the admin address, made from the table of operations. OpenAPI 3.1, whose schemas are JSON Schema 2020-12. */
import * as z from 'zod'
import { allOperations } from './invoke.ts'
import { type AnyOperation, postedBytesMax } from './operation.ts'

const DESCRIPTION =
  'What can be asked of a running gateway at its admin address. What happens there is told as it happens by `/api/events`, a stream of ' +
  'server-sent events: `hello`, then `status` and `traffic` each second, and `incident`.'

export function openApiDocument(version: string): object {
  const paths = allOperations().map(([name, operation]) => [`/api/${name}`, pathOf(name, operation)])
  return {
    openapi: '3.1.0',
    info: { title: 'Gatewell', version, description: DESCRIPTION },
    paths: Object.fromEntries(paths),
    components: {
      schemas: { Refusal: REFUSAL },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'Only where the admin address is not a loopback one.' } },
    },
    security: [{}, { token: [] }],
  }
}

const REFUSAL = {
  type: 'object',
  required: ['error'],
  properties: {
    error: { type: 'string', description: 'Why not, in a sentence.' },
    problems: {
      type: 'array',
      items: { type: 'object' },
      description: 'Of a configuration that is not valid, as `gatewell check --json` has them.',
    },
  },
}

function pathOf(name: string, operation: AnyOperation<never>): object {
  const { summary, input, output } = operation
  const responses = {
    200: { description: 'Done.', content: json(schemaOf(output, 'output')) },
    '4XX': { description: 'Refused, or impossible.', content: json({ $ref: '#/components/schemas/Refusal' }) },
  }
  if (postedBytesMax(operation) !== null) {
    const requestBody = { required: true, content: json(schemaOf(input, 'input')) }
    return { post: { operationId: name, summary, requestBody, responses } }
  }
  const { properties = {}, required = [] } = schemaOf(input, 'input') as { properties?: object; required?: readonly string[] }
  const parameters = Object.entries(properties).map(([key, schema]) => ({
    name: key,
    in: 'query',
    required: required.includes(key),
    schema,
  }))
  return { get: { operationId: name, summary, parameters, responses } }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}

function json(schema: object): object {
  return { 'application/json': { schema } }
}

/** The OpenAPI document holds: to the rules of OpenAPI 3.1, and to what a running gateway takes and answers. */
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv'
import { beforeAll, describe, expect, test } from 'vitest'
import { openApiDocument } from '../../src/control/admin/openapi.ts'
import { OPERATIONS } from '../../src/control/admin/operation-table.ts'
import { controlPlan, HeldOrigin, RunningControl } from '../control/running.ts'
import { answerTo } from '../support/http-request.ts'
import { until } from '../support/until.ts'

type Schema = Readonly<Record<string, unknown>>
type Content = { readonly 'application/json': { readonly schema: Schema } }
type Parameter = { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }
type Deed = {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Content }>>
}
type Path = { readonly get?: Deed; readonly post?: Deed }
type Document = {
  readonly openapi: string
  readonly info: Readonly<Record<string, string>>
  readonly paths: Readonly<Record<string, Path>>
  readonly components: Schema
  readonly security: readonly object[]
}

const document = openApiDocument('1.2.3') as Document
const deeds = Object.entries(document.paths).flatMap(([path, { get, post }]) => [
  ...(get ? [{ path, method: 'GET', deed: get }] : []),
  ...(post ? [{ path, method: 'POST', deed: post }] : []),
])
const validator = new AjvJsonSchemaValidator()

/** With the components that it may refer to. */
function validatorOf(schema: Schema): (value: unknown) => { valid: boolean; errorMessage?: string | undefined } {
  return validator.getValidator({ ...schema, components: document.components } as Parameters<typeof validator.getValidator>[0])
}

describe('the document', () => {
  test('is OpenAPI 3.1 with what that requires', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/)
    expect(document.info).toMatchObject({ title: 'Gatewell', version: '1.2.3' })
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  })

  test('has each operation of the table once, by the method that it takes', () => {
    expect(deeds.map(({ path }) => path)).toEqual(Object.keys(OPERATIONS).map((name) => `/api/${name}`))
    expect(deeds.map(({ deed }) => deed.operationId)).toEqual(Object.keys(OPERATIONS))
    for (const one of Object.values(document.paths)) expect(Object.keys(one)).toHaveLength(1)
    for (const { method, deed } of deeds) {
      const { effect } = OPERATIONS[deed.operationId as keyof typeof OPERATIONS]
      expect(method === 'POST' || effect === 'read').toBe(true)
    }
  })

  test('has a sentence for each, its parameters in the query, and a description of every answer', () => {
    for (const { deed } of deeds) {
      expect(deed.summary).toMatch(/^[A-Z].*\.$/)
      for (const parameter of deed.parameters ?? []) {
        expect(parameter).toMatchObject({ in: 'query', required: expect.any(Boolean), schema: expect.any(Object) })
      }
      for (const [status, { description }] of Object.entries(deed.responses ?? {})) {
        expect(status).toMatch(/^[1-5](?:\d\d|XX)$/)
        expect(description).not.toBe('')
      }
    }
  })

  test('refers only to what is in it', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference as string)
    expect(references.length).toBeGreaterThan(0)
    for (const reference of new Set(references)) {
      const [root, ...keys] = reference.split('/')
      const found = keys.reduce<unknown>((value, key) => (value as Schema | undefined)?.[key], document)
      expect([root, found], reference).toEqual(['#', expect.any(Object)])
    }
  })

  test('has only schemas of JSON Schema 2020-12', () => {
    for (const { deed } of deeds) {
      const contents = [deed.requestBody?.content, ...Object.values(deed.responses ?? {}).map(({ content }) => content)]
      for (const content of contents) if (content !== undefined) expect(() => validatorOf(content['application/json'].schema)).not.toThrow()
      for (const { schema } of deed.parameters ?? []) expect(() => validatorOf(schema)).not.toThrow()
    }
  })

  test('names the token as the one way in besides being on this machine', () => {
    expect(document.security).toEqual([{}, { token: [] }])
    expect(document.components).toMatchObject({ securitySchemes: { token: { type: 'http', scheme: 'bearer' } } })
  })
})

describe('what a running gateway answers', { timeout: 30_000 }, () => {
  let gateway: RunningControl
  let incident: string

  beforeAll(async () => {
    const origin = await HeldOrigin.open()
    gateway = await RunningControl.start(controlPlan(origin.port, { workers: 0 }))
    origin.close()
    await gateway.get('/?visited')
    incident = await until('there is an incident', async () => {
      const { body } = await answerTo(gateway.adminPort, { path: '/api/incidents' })
      return (JSON.parse(body.toString()) as { id: string }[])[0]?.id
    })
    return async () => gateway.control.kill()
  }, 30_000)

  /** What reads need that need anything. */
  const queries = (): Readonly<Record<string, string>> => ({ incident: `?id=${incident}`, request: '?id=unknown' })

  test.each(deeds.filter(({ method }) => method === 'GET'))('is what the document says: $path', async ({ path, deed }) => {
    const isSatisfied = (deed.parameters ?? []).every(({ required }) => !required) || deed.operationId === 'incident'
    const answer = await answerTo(gateway.adminPort, { path: path + (queries()[deed.operationId ?? ''] ?? '') })
    const { content } = deed.responses[answer.status === 200 ? '200' : '4XX'] ?? {}
    if (isSatisfied) expect(answer.status, answer.body.toString()).toBe(200)
    expect(validatorOf(content?.['application/json'].schema ?? {})(JSON.parse(answer.body.toString()))).toMatchObject({ valid: true })
  })

  test.each(deeds.filter(({ method }) => method === 'POST'))('refuses what the document does not allow: $path', async ({ path, deed }) => {
    const body = JSON.stringify({ 'a key that nobody knows': 1 })
    const schema = deed.requestBody?.content['application/json'].schema ?? {}
    expect(validatorOf(schema)(JSON.parse(body)).valid).toBe(false)
    const { status } = await answerTo(gateway.adminPort, { path, method: 'POST', body, headers: { 'content-type': 'application/json' } })
    expect(status).toBe(400)
  })
})

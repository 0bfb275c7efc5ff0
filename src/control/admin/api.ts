/**
 * The operations as HTTP: `GET /api/NAME` to look, `POST /api/NAME` to change, JSON both ways. A change needs a JSON content type and an
 * Origin that is absent or the address's own, so that no web page can ask for one; each leaves an audit line in the log.
 */
import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono } from 'hono'
import type * as z from 'zod'
import type { Logger } from '../log.ts'
import { openApiDocument } from './openapi.ts'
import { type Operation, type Refused, refused } from './operation.ts'
import { OPERATIONS, type Operable } from './operation-table.ts'

const INPUT_BYTES_MAX = 64 * 1024

export function createApi({ gateway, version, log }: { gateway: Operable; version: string; log: Logger }): Hono {
  const api = new Hono()
  api.get('/openapi.json', (c) => c.json(openApiDocument(version)))
  for (const [name, one] of Object.entries(OPERATIONS)) {
    const { effect, input, run } = one as unknown as Operation<Operable, 'read' | 'change', z.ZodType, z.ZodType>
    if (effect === 'read') {
      api.get(`/${name}`, async (c) => {
        const given = input.safeParse(c.req.query())
        return given.success ? answer(c, await run(gateway, given.data)) : answer(c, misfit(given.error))
      })
      continue
    }
    api.post(`/${name}`, async (c) => {
      const body = await readChange(c)
      const given = body.ok ? input.safeParse(body.value) : null
      const result = given === null ? (body as Refused) : given.success ? await run(gateway, given.data) : misfit(given.error)
      const peer = getConnInfo(c).remote.address ?? 'a unix socket'
      const outcome = result.ok ? 'done' : `refused: ${result.error}`
      const facts = { audit: true, operation: name, peer, input: given?.data, isDone: result.ok }
      log.info(facts, `Operator at ${peer}: ${name} ${given?.success ? sayInput(given.data) : ''}(${outcome})`)
      return answer(c, result)
    })
    api.get(`/${name}`, (c) =>
      c.json({ error: `This changes something: POST it, with Content-Type: application/json.` }, 405, { allow: 'POST' }),
    )
  }
  return api
}

type Body = { readonly ok: true; readonly value: unknown } | Refused

async function readChange(c: Context): Promise<Body> {
  const origin = c.req.header('origin')
  const host = c.req.header('host') ?? ''
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return refused(403, 'Changes are not taken from pages of another site.')
  }
  if (!/^application\/json *(?:;|$)/i.test(c.req.header('content-type') ?? '')) {
    return refused(415, 'Send the input as JSON, with Content-Type: application/json.')
  }
  const bytes = Number(c.req.header('content-length') ?? Number.NaN)
  if (!(bytes <= INPUT_BYTES_MAX)) return refused(413, `Send the input with its Content-Length, at most ${INPUT_BYTES_MAX} bytes.`)
  try {
    return { ok: true, value: await c.req.json() }
  } catch {
    return refused(400, 'The input is not valid JSON.')
  }
}

function answer(c: Context, result: { readonly ok: true; readonly value: unknown } | Refused): Response {
  if (result.ok) return c.json(result.value as object)
  const { error, problems, status } = result
  return c.json({ error, problems }, status)
}

function misfit(error: z.ZodError): Refused {
  return refused(
    400,
    `${error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)).join('. ')}.`,
  )
}

/** `endpoint="http://10.0.0.1:3000" ` */
function sayInput(input: unknown): string {
  return Object.entries(input as object)
    .map(([key, value]) => `${key}=${JSON.stringify(value)} `)
    .join('')
}

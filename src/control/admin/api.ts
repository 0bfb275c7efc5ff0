/**
 * The operations as HTTP: `GET /api/NAME` to look, `POST /api/NAME` to change, JSON both ways. What is posted needs a JSON content type,
 * which no form of a web page can send; whose page may ask at all is `guard.ts`.
 */
import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono } from 'hono'
import type { Audit } from './audit.ts'
import { allOperations, invoke } from './invoke.ts'
import { openApiDocument } from './openapi.ts'
import { done, postedBytesMax, type Result, refused } from './operation.ts'
import type { Operable } from './operation-table.ts'

const CLIENT_SHOWN_MAX = 100

export function createApi({ gateway, version, audit }: { gateway: Operable; version: string; audit: Audit }): Hono {
  const api = new Hono()
  api.get('/openapi.json', (c) => c.json(openApiDocument(version)))
  for (const [name, operation] of allOperations()) {
    const bytesMax = postedBytesMax(operation)
    const answer = async (c: Context, input: Result<unknown>): Promise<Response> => {
      const peer = { address: peerOf(c), via: 'api', client: c.req.header('user-agent')?.slice(0, CLIENT_SHOWN_MAX) } as const
      const result = await invoke({ gateway, name, operation, input, peer, audit })
      if (result.ok) return c.json(result.value as object)
      const { error, problems, status } = result
      return c.json({ error, problems }, status)
    }
    if (bytesMax === null) {
      api.get(`/${name}`, (c) => answer(c, done(c.req.query())))
      continue
    }
    api.post(`/${name}`, async (c) => answer(c, await readInput(c, bytesMax)))
    api.get(`/${name}`, (c) =>
      c.json({ error: 'POST it, with its input as JSON and Content-Type: application/json.' }, 405, { allow: 'POST' }),
    )
  }
  return api
}

/** For people: an address, or that there is none. */
export function peerOf(c: Context): string {
  return getConnInfo(c).remote.address ?? 'a unix socket'
}

async function readInput(c: Context, bytesMax: number): Promise<Result<unknown>> {
  if (!/^application\/json *(?:;|$)/i.test(c.req.header('content-type') ?? '')) {
    return refused(415, 'Send the input as JSON, with Content-Type: application/json.')
  }
  const bytes = Number(c.req.header('content-length') ?? Number.NaN)
  if (!(bytes <= bytesMax)) return refused(413, `Send the input with its Content-Length, at most ${bytesMax} bytes.`)
  try {
    return done(await c.req.json())
  } catch {
    return refused(400, 'The input is not valid JSON.')
  }
}

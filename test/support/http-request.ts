/** One request by Node's own client, its answer untouched: no redirects, no decompression, no reading ahead of who reads. */
import { createHash } from 'node:crypto'
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'

export type Asked = {
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly agent?: Agent | false
}

export type Answered = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

export function openRequest(port: number, asked: Asked = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { path = '/', method = 'GET', headers = {}, agent = false } = asked
    const one = request({ host: '127.0.0.1', port, path, method, headers, agent })
    one.on('response', resolve)
    one.on('error', reject)
    one.end(asked.body)
  })
}

export async function answerTo(port: number, asked: Asked = {}): Promise<Answered> {
  const answer = await openRequest(port, asked)
  const pieces: Buffer[] = []
  for await (const piece of answer) pieces.push(piece)
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces) }
}

/** Fields that a gateway adds or that belong to one hop or one moment; all others must come through as they were sent. */
const OF_THE_HOP = ['via', 'x-request-id', 'date', 'connection', 'keep-alive', 'transfer-encoding']

/** What of an answer must be the same with and without a gateway in between. */
export function essence({ status, headers, body }: Answered): object {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_HOP.includes(name))
  return { status, headers: Object.fromEntries(kept), bytes: body.length, body: digest(body) }
}

export function digest(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex')
}

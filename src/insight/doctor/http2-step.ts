/** The page over HTTP/2, where the server chooses that: RFC 9113. Over TLS it is chosen by ALPN; in plain text nobody uses it. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders } from 'node:http2'
import { evidence } from '../../causes/failure.ts'
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { causeOfStatus } from '../../gateway/judge.ts'
import { type Entrance, nameOf } from './entrance.ts'
import { type Instruments, USER_AGENT } from './instrument.ts'
import { openLine } from './line.ts'
import type { Hop } from './report.ts'
import type { WebTarget } from './target.ts'

type Outcome = { readonly status: number; readonly cause: KnownCauseId | null; readonly reason?: string }

export async function getByHttp2(tools: Instruments, target: WebTarget, entrance: Entrance): Promise<Hop> {
  const beganMs = tools.now()
  const [{ address, port }] = entrance.places
  const line = await openLine(tools, { kind: 'tcp', host: address, port }, { name: target.host, alpn: ['h2'] })
  const outcome: Outcome =
    line.kind === 'trouble'
      ? { status: 0, cause: line.cause }
      : await request(tools, target, connect(`https://${target.authority}`, { createConnection: () => line.stream }))
  const { status, cause, reason } = outcome
  return {
    name: nameOf(entrance.prefix, 'http2'),
    address: target.url,
    ok: cause === null,
    ...(cause === null ? {} : { cause }),
    timings: { beganMs, ms: tools.since(beganMs) },
    evidence: evidence({ status: status || undefined, reason }),
  }
}

function request(tools: Instruments, target: WebTarget, session: ClientHttp2Session): Promise<Outcome> {
  const limitMs = tools.within(tools.limits.answerMs)
  return new Promise((resolve) => {
    const end = (outcome: Outcome): void => {
      clearTimeout(timer)
      resolve(outcome)
      session.destroy()
    }
    const timer = setTimeout(() => end({ status: 0, cause: 'response-timeout' }), limitMs)
    session.on('error', (error) => end({ status: 0, cause: 'http2-goaway', reason: error.message }))
    session.on('goaway', (code) => {
      if (code !== constants.NGHTTP2_NO_ERROR) end({ status: 0, cause: 'http2-goaway', reason: `code ${code}` })
    })
    session.on('close', () => end({ status: 0, cause: 'closed-before-response' }))
    const stream: ClientHttp2Stream = session.request({
      ':path': target.path,
      ':authority': target.authority,
      'user-agent': USER_AGENT,
      accept: '*/*',
    })
    stream.on('response', (fields: IncomingHttpHeaders & { ':status'?: number }) => {
      const status = fields[':status'] ?? 0
      end({ status, cause: causeOfStatus(status) })
    })
    stream.on('error', (error) => end({ status: 0, cause: 'http2-stream-reset', reason: error.message }))
  })
}

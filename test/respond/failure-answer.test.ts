/** Every cause in every format: status, fields and body must say the same. DESIGN: what a visitor and a client see. */
import { parseList, Token } from 'structured-headers'
import { describe, expect, it } from 'vitest'
import { CAUSE_IDS, CAUSES } from '../../src/causes/catalogue.ts'
import { answerFailure } from '../../src/gateway/respond/failure-answer.ts'
import { browserRequest, CONTEXT, failed, fieldsOf, GOOGLEBOT, request } from './request.ts'

const FORMATS = [
  { format: 'html', head: browserRequest(), type: 'text/html; charset=utf-8' },
  { format: 'problem', head: request({ accept: 'application/json' }), type: 'application/problem+json' },
  { format: 'text', head: request({ accept: '*/*', userAgent: 'curl/8.5.0' }), type: 'text/plain; charset=utf-8' },
] as const

const CASES = CAUSE_IDS.flatMap((cause) => FORMATS.map((format) => ({ cause, ...format })))

describe('the answer to a failure', () => {
  it.each(CASES)('of $cause as $format agrees with itself', ({ cause, format, head, type }) => {
    const { status, proxyStatus } = CAUSES[cause]
    const answer = answerFailure(head, failed(cause), CONTEXT)
    const fields = fieldsOf(answer)
    expect(answer.status).toBe(status)
    expect(fields.get('content-type')).toBe(type)
    expect(fields.get('cache-control')).toBe('no-store')
    expect(fields.get('x-robots-tag')).toBe('noindex')
    expect(fields.get('vary')).toBe('Accept, Accept-Language, User-Agent')
    expect(fields.get('content-language')).toBe('en')
    expect(fields.get('allow') !== undefined).toBe(status === 405)
    expect(fields.get('retry-after') !== undefined).toBe(status === 503 || status === 504)
    expect(fields.get('retry-after') ?? '1').toMatch(/^[1-9][0-9]*$/)
    const [name, parameters] = parseList(fields.get('proxy-status')!)[0]!
    expect(name).toEqual(new Token('gatewell'))
    expect(parameters).toEqual(
      new Map<string, unknown>([
        ['error', new Token(proxyStatus)],
        ['details', cause],
      ]),
    )
    const body = answer.body.toString('utf8')
    expect(body).toContain('r-42')
    expect(body).toContain(cause)
    expect(body.endsWith('\n')).toBe(true)
    if (format !== 'problem') expect(body).toContain(String(status))
    expect(body).not.toMatch(/undefined|\[object|\{s\}|NaN/)
  })

  it.each(CASES)('of $cause as $format keeps the cause back where it may not be told', ({ cause, head }) => {
    const answer = answerFailure(head, failed(cause), { ...CONTEXT, isDetailed: false })
    const fields = fieldsOf(answer)
    const everything = [...fields.values(), answer.body.toString('utf8')].join('\n')
    expect(everything).not.toContain(cause)
    expect(everything).not.toContain(CAUSES[cause].title)
    expect(everything).not.toContain(CAUSES[cause].meaning)
    expect(fields.get('proxy-status')).toBe(`gatewell; error=${CAUSES[cause].proxyStatus}`)
  })

  it('carries none of the fields that every answer gets anyway', () => {
    for (const { head } of FORMATS) {
      const fields = fieldsOf(answerFailure(head, failed('connect-refused'), CONTEXT))
      for (const name of ['content-length', 'connection', 'date', 'via', 'x-request-id']) expect(fields.has(name)).toBe(false)
    }
  })

  it('is one line for a terminal', () => {
    const answer = answerFailure(request({ accept: '*/*', userAgent: 'curl/8.5.0' }), failed('connect-refused'), CONTEXT)
    expect(answer.body.toString()).toBe('502 Bad Gateway: Nothing listens on that port (cause connect-refused, request r-42)\n')
  })

  it('takes the time to wait from who knows it', () => {
    const answer = answerFailure(request(), failed('no-endpoints'), { ...CONTEXT, retryAfterS: 2.1 })
    expect(fieldsOf(answer).get('retry-after')).toBe('3')
  })

  it('spreads the time to wait, so that not all visitors come back at once', () => {
    const waits = new Set<string>()
    for (let i = 0; i < 100; i++) {
      const answer = answerFailure(request(), failed('response-timeout'), { ...CONTEXT, id: `request-${i}` })
      waits.add(fieldsOf(answer).get('retry-after')!)
    }
    expect(waits.size).toBeGreaterThan(10)
    for (const wait of waits) expect(Number(wait)).toSatisfy((seconds: number) => seconds >= 30 && seconds <= 45)
  })
})

describe('a problem (RFC 9457)', () => {
  const json = request({ accept: 'application/json' })

  it('has the five members of the standard and ours', () => {
    const answer = answerFailure(json, failed('response-timeout'), { ...CONTEXT, retryAfterS: 7 })
    expect(JSON.parse(answer.body.toString())).toEqual({
      type: 'urn:gatewell:cause:response-timeout',
      title: CAUSES['response-timeout'].title,
      status: 504,
      detail: CAUSES['response-timeout'].meaning,
      instance: 'urn:gatewell:request:r-42',
      cause: 'response-timeout',
      error: 'http_response_timeout',
      request_id: 'r-42',
      retry_after: 7,
    })
  })

  it('says no more than the status where the cause may not be told', () => {
    const answer = answerFailure(json, failed('connect-refused'), { ...CONTEXT, isDetailed: false })
    expect(JSON.parse(answer.body.toString())).toEqual({
      type: 'about:blank',
      title: 'Bad Gateway',
      status: 502,
      detail: 'This site cannot be reached right now. Its server is not answering. That usually passes soon.',
      instance: 'urn:gatewell:request:r-42',
      error: 'connection_refused',
      request_id: 'r-42',
    })
  })

  it('speaks of waiting exactly when the field does, and of the same status as the answer', () => {
    for (const cause of CAUSE_IDS) {
      const answer = answerFailure(json, failed(cause), CONTEXT)
      const problem = JSON.parse(answer.body.toString())
      expect(problem.status).toBe(answer.status)
      expect(problem.retry_after?.toString()).toBe(fieldsOf(answer).get('retry-after'))
    }
  })

  it('makes a URI of any request id', () => {
    const answer = answerFailure(json, failed('connect-refused'), { ...CONTEXT, id: 'a b/"c"' })
    expect(JSON.parse(answer.body.toString())).toMatchObject({ instance: 'urn:gatewell:request:a%20b%2F%22c%22', request_id: 'a b/"c"' })
  })
})

describe('a crawler', () => {
  const crawler = browserRequest({ userAgent: GOOGLEBOT })

  it.each(CAUSE_IDS)('is never told 502 or 504 for %s, but what it was is still in Proxy-Status', (cause) => {
    const answer = answerFailure(crawler, failed(cause), CONTEXT)
    const { status, proxyStatus } = CAUSES[cause]
    expect(answer.status).toBe(status === 502 || status === 504 ? 503 : status)
    const fields = fieldsOf(answer)
    expect(fields.get('proxy-status')).toContain(`error=${proxyStatus};`)
    expect(fields.get('retry-after')).toBe(answer.status === 503 ? '120' : undefined)
    expect(answer.body.toString()).not.toContain('http-equiv')
  })

  it('reads the same status in the body', () => {
    const answer = answerFailure(request({ accept: 'application/json', userAgent: GOOGLEBOT }), failed('connect-refused'), CONTEXT)
    expect(JSON.parse(answer.body.toString())).toMatchObject({ status: 503, retry_after: 120, error: 'connection_refused' })
  })
})

describe('gRPC', () => {
  const call = request({ method: 'POST', contentType: 'application/grpc+proto' })

  it.each(CAUSE_IDS)('gets 200, an empty body and its own status for %s', (cause) => {
    const answer = answerFailure(call, failed(cause), CONTEXT)
    const fields = fieldsOf(answer)
    expect(answer.status).toBe(200)
    expect(answer.body).toHaveLength(0)
    expect(fields.get('content-type')).toBe('application/grpc')
    expect(fields.get('grpc-message')).toMatch(/^[\x20-\x24\x26-\x7e]+$/)
    expect(fields.get('proxy-status')).toContain(cause)
    const { status } = CAUSES[cause]
    if (status === 502 || status === 503) expect(fields.get('grpc-status')).toBe('14')
    if (status === 504) expect(fields.get('grpc-status')).toBe('4')
    expect(Number(fields.get('grpc-status'))).toSatisfy((code: number) => code > 0 && code <= 16)
  })

  it('percent-encodes what a message cannot hold', () => {
    const answer = answerFailure(call, failed('connect-refused'), { ...CONTEXT, id: '100% ß' })
    expect(fieldsOf(answer).get('grpc-message')).toContain('request 100%25 %C3%9F)')
  })

  it('gets its own type back on the web', () => {
    const web = request({ method: 'POST', contentType: 'application/grpc-web-text' })
    expect(fieldsOf(answerFailure(web, failed('connect-refused'), CONTEXT)).get('content-type')).toBe('application/grpc-web+proto')
  })
})

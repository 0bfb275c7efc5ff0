/** Requests and failures as they come to be answered, for the tests of this folder. */
import type { CauseId } from '../../src/causes/catalogue.ts'
import { type Failure, failure, type Phase, type Replay } from '../../src/causes/failure.ts'
import type { AnswerContext, LocalAnswer } from '../../src/gateway/respond/failure-answer.ts'
import { RequestHead } from '../../src/http/message.ts'

export const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
export const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
export const BROWSER_ACCEPT = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

export const CONTEXT: AnswerContext = {
  id: 'r-42',
  name: 'gatewell',
  isDetailed: true,
  page: null,
  epochMs: Date.UTC(2026, 10, 21, 14, 3, 22),
}

export function request(parts: Partial<Pick<RequestHead, keyof RequestHead>> = {}): RequestHead {
  return Object.assign(new RequestHead(), { method: 'GET', ...parts })
}

export function browserRequest(parts: Partial<Pick<RequestHead, keyof RequestHead>> = {}): RequestHead {
  return request({ accept: BROWSER_ACCEPT, userAgent: FIREFOX, ...parts })
}

export function failed(cause: CauseId, replay: Replay = 'if-idempotent', phase: Phase = 'await-head'): Failure {
  return failure(cause, phase, replay)
}

/** By lower-case name; a doubled one is an error. */
export function fieldsOf(answer: LocalAnswer): Map<string, string> {
  const fields = new Map<string, string>()
  for (let i = 0; i < answer.fields.length; i += 2) {
    const name = answer.fields[i]!.toLowerCase()
    if (fields.has(name)) throw new Error(`${name} is there twice`)
    fields.set(name, answer.fields[i + 1]!)
  }
  return fields
}

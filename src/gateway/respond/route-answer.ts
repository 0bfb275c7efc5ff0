/** What a route answers by itself: a redirect, or a fixed response. */
import type { Responder } from '../../config/plan.ts'
import type { LocalAnswer } from './failure-answer.ts'

const NOTHING = Buffer.alloc(0)

export function answerLocally(to: Exclude<Responder, { kind: 'upstream' }>): LocalAnswer {
  if (to.kind === 'redirect') return { status: to.status, fields: ['Location', to.location], body: NOTHING }
  return { status: to.status, fields: ['Content-Type', to.contentType], body: Buffer.from(to.body) }
}

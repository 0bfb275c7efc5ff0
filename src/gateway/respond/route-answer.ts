/** What a route answers by itself: a redirect, or a fixed response. */
import type { Responder } from '../../config/plan.ts'
import { ALLOWED, type LocalAnswer } from './failure-answer.ts'

const NOTHING = Buffer.alloc(0)

/** To an OPTIONS that may go no further, RFC 9110 §7.6.2. */
export const LAST_HOP: LocalAnswer = { status: 204, fields: ['Allow', ALLOWED], body: NOTHING }

export function answerLocally(to: Extract<Responder, { kind: 'redirect' | 'respond' }>): LocalAnswer {
  if (to.kind === 'redirect') return { status: to.status, fields: ['Location', to.location], body: NOTHING }
  return { status: to.status, fields: ['Content-Type', to.contentType], body: Buffer.from(to.body) }
}

/** The answer Gatewell gives itself when a request has failed: status and fields of the cause, and a body the client can read. */
import { CAUSES } from '../../causes/catalogue.ts'
import type { CauseStatus } from '../../causes/cause.ts'
import type { Failure, Phase } from '../../causes/failure.ts'
import { isIdempotent, type RequestHead } from '../../http/message.ts'
import { proxyStatus } from '../../http/proxy-status.ts'
import { systemClock } from '../../std/clock.ts'
import { isCrawler } from './crawler.ts'
import { chooseFormat, type Format } from './format.ts'
import { grpcFields } from './grpc.ts'
import { wordingFor } from './language.ts'
import { fillOwnPage } from './own-page.ts'
import { type PageView, renderPage } from './page.ts'
import { renderProblem } from './problem.ts'
import { REASONS } from './reason.ts'
import { isSiteSituation, RETRY_S, SITUATIONS, type Situation } from './situation.ts'
import { ENGLISH } from './wording/en.ts'

/** Without Content-Length, Connection, Date, Via and X-Request-Id, which every answer gets. The body is also there for HEAD. */
export type LocalAnswer = { readonly status: number; readonly fields: string[]; readonly body: Buffer }

export type AnswerContext = {
  /** The request's id, as X-Request-Id says it. */
  readonly id: string
  /** The gateway's name, for Proxy-Status. */
  readonly name: string
  /** Whether clients may learn the cause. */
  readonly isDetailed: boolean
  /** The operator's own HTML page, or null for the built-in one. */
  readonly page: string | null
  /** Where it is known better than by a guess; null or left out where it is not. */
  readonly retryAfterS?: number | null
  /** The operator's own words on it, in place of the page's; '' or left out for none. */
  readonly message?: string
  /** The host of the public status page; '' or left out for none. */
  readonly statusHost?: string
  /** Now, in epoch milliseconds; the system's clock if left out. */
  readonly epochMs?: number
}

/** What crawlers are told; they come back on their own, and not in a hurry. */
const CRAWLER_RETRY_S = 120
/** RFC 9110 §15.5.6 demands the field. What an origin would refuse is its own business. */
export const ALLOWED = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

/** What the parts of one answer agree on. */
type Draft = {
  readonly request: RequestHead
  readonly failure: Failure
  readonly context: AnswerContext
  readonly situation: Situation
  readonly status: CauseStatus
  readonly isCrawled: boolean
  /** Seconds after which to try again; 0 where that makes no sense. */
  readonly retryS: number
}

export function answerFailure(request: RequestHead, failure: Failure, context: AnswerContext): LocalAnswer {
  const cause = CAUSES[failure.cause]
  const situation = SITUATIONS[failure.cause]
  const isCrawled = isCrawler(request.userAgent)
  const status = isCrawled && (cause.status === 502 || cause.status === 504) ? 503 : cause.status
  const draft = { request, failure, context, situation, status, isCrawled, retryS: chooseRetry(situation, status, isCrawled, context) }
  const format = chooseFormat(request)
  if (format === 'grpc') return answerGrpc(draft)
  return { status, fields: [...describe(draft, format), ...fieldsOf(draft)], body: Buffer.from(renderBody(draft, format), 'utf8') }
}

function chooseRetry(situation: Situation, status: CauseStatus, isCrawled: boolean, { id, retryAfterS }: AnswerContext): number {
  if (retryAfterS !== undefined && retryAfterS !== null) return Math.max(1, Math.ceil(retryAfterS))
  if (isCrawled && status === 503) return CRAWLER_RETRY_S
  return spread(RETRY_S[situation], id)
}

/** Over half its length again by the request's id, so that visitors who failed together do not come back together. */
function spread(restS: number, id: string): number {
  let hash = 0
  for (let i = 0; i < id.length; i++) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) >>> 0
  return restS + (hash % (Math.floor(restS / 2) + 1))
}

/** RFC 9110 knows Retry-After for 503; 504 is as passing. */
function retryAfterOf({ status, retryS }: Draft): number {
  return status === 503 || status === 504 ? retryS : 0
}

/** The fields that speak of the failure, alike for every format. */
function fieldsOf(draft: Draft): string[] {
  const { failure, context, status } = draft
  const error = CAUSES[failure.cause].proxyStatus
  const fields = [
    'Cache-Control',
    'no-store',
    'Proxy-Status',
    proxyStatus(context.name, context.isDetailed ? { error, details: failure.cause } : { error }),
    'X-Robots-Tag',
    'noindex',
    'X-Content-Type-Options',
    'nosniff',
  ]
  const retryAfterS = retryAfterOf(draft)
  if (retryAfterS > 0) fields.push('Retry-After', String(retryAfterS))
  if (status === 405) fields.push('Allow', ALLOWED)
  return fields
}

/** The fields that speak of the body. */
function describe({ request, context }: Draft, format: Exclude<Format, 'grpc'>): string[] {
  const fields = ['Vary', 'Accept, Accept-Language, User-Agent', 'Content-Type', CONTENT_TYPES[format]]
  if (format !== 'html') fields.push('Content-Language', ENGLISH.language)
  else if (context.page === null)
    fields.push('Content-Language', wordingFor(request.acceptLanguage).language, 'Content-Security-Policy', PAGE_POLICY)
  return fields
}

const CONTENT_TYPES = {
  html: 'text/html; charset=utf-8',
  problem: 'application/problem+json',
  text: 'text/plain; charset=utf-8',
} as const

function renderBody(draft: Draft, format: Exclude<Format, 'grpc'>): string {
  if (format === 'html') return draft.context.page === null ? renderPage(viewOf(draft)) : renderOwnPage(draft, draft.context.page)
  if (format === 'text')
    return `${draft.status} ${REASONS[draft.status]}: ${sayInOneLine(draft)}\n${draft.context.message ? `${draft.context.message}\n` : ''}`
  const { failure, status, context } = draft
  return renderProblem({
    cause: failure.cause,
    status,
    requestId: context.id,
    retryAfterS: retryAfterOf(draft),
    isDetailed: context.isDetailed,
    message: context.message ?? '',
  })
}

function sayInOneLine({ failure, situation, context }: Draft): string {
  if (context.isDetailed) return `${CAUSES[failure.cause].title} (cause ${failure.cause}, request ${context.id})`
  return `${ENGLISH.situations[situation].title} (request ${context.id})`
}

function answerGrpc(draft: Draft): LocalAnswer {
  const said = draft.context.message ? `${sayInOneLine(draft)}: ${draft.context.message}` : sayInOneLine(draft)
  const fields = grpcFields(draft.status, said, draft.request.contentType)
  return { status: 200, fields: [...fields, ...fieldsOf(draft)], body: Buffer.alloc(0) }
}

function renderOwnPage({ request, failure, context, situation, status, retryS }: Draft, page: string): string {
  const { title, message } = wordingFor(request.acceptLanguage).situations[situation]
  return fillOwnPage(page, {
    status: String(status),
    title,
    message: context.message || message,
    request_id: context.id,
    cause: context.isDetailed ? failure.cause : '',
    retry_after: retryS > 0 ? String(retryS) : '',
  })
}

function viewOf({ request, failure, context, situation, status, isCrawled, retryS }: Draft): PageView {
  const isReading = request.method === 'GET' || request.method === 'HEAD'
  return {
    wording: wordingFor(request.acceptLanguage),
    situation,
    status,
    cause: context.isDetailed ? failure.cause : '',
    requestId: context.id,
    epochMs: context.epochMs ?? systemClock.epoch(),
    // A crawler would take it for a redirect; anything but reading would not be sent again by it, but replaced by a GET.
    refreshS: isReading && !isCrawled && RETRY_S[situation] > 0 ? chooseRefresh(situation, retryS, context.id) : 0,
    message: context.message ?? '',
    statusPlace: placeOf(context.statusHost ?? '', request.host),
    action: chooseAction(situation, isReading),
    submission: judgeSubmission(request, failure, situation),
  }
}

/** On the port that the visitor came by. */
function placeOf(statusHost: string, host: string): string {
  return statusHost === '' ? '' : statusHost + (/:\d{1,5}$/.exec(host)?.[0] ?? '')
}

/** Maintenance may end sooner than was thought, and who waits before the page should not be the last to know. */
function chooseRefresh(situation: Situation, retryS: number, id: string): number {
  return situation === 'maintenance' ? Math.min(retryS, spread(RETRY_S.maintenance, id)) : retryS
}

function chooseAction(situation: Situation, isReading: boolean): PageView['action'] {
  if (situation === 'not-found' || situation === 'invalid') return 'home'
  return isReading && (isSiteSituation(situation) || situation === 'slow-client' || situation === 'header-too-large') ? 'retry' : 'none'
}

/** Phases in which nothing of a request has left for the upstream. */
const UNSENT: readonly Phase[] = ['route', 'admit', 'pick', 'resolve', 'connect', 'handshake']

/**
 * Idempotent requests may have been sent before, so that the last failure alone says nothing; but repeating them does no harm.
 * Others are sent again only after a failure that was as safe as the last one.
 */
function judgeSubmission({ method }: RequestHead, failure: Failure, situation: Situation): PageView['submission'] {
  if (!isSiteSituation(situation) || isIdempotent(method)) return 'none'
  return failure.replay === 'safe' || UNSENT.includes(failure.phase) ? 'not-done' : 'maybe-done'
}

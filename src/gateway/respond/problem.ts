/** A failure for programs: `application/problem+json`, RFC 9457. */
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { CauseStatus } from '../../causes/cause.ts'
import { REASONS } from './reason.ts'
import { SITUATIONS } from './situation.ts'
import { ENGLISH } from './wording/en.ts'

export type ProblemView = {
  readonly cause: CauseId
  readonly status: CauseStatus
  readonly requestId: string
  /** The value of Retry-After, or 0 where there is none. */
  readonly retryAfterS: number
  /** Whether the cause may be told. */
  readonly isDetailed: boolean
  /** The operator's own words, or ''. */
  readonly message: string
}

/** In English: programs compare it and developers search for it. The types are URNs; why is in docs/decisions/0010. */
export function renderProblem({ cause, status, requestId, retryAfterS, isDetailed, message }: ProblemView): string {
  const { title, meaning, proxyStatus } = CAUSES[cause]
  const visitor = ENGLISH.situations[SITUATIONS[cause]]
  return `${JSON.stringify({
    type: isDetailed ? `urn:gatewell:cause:${cause}` : 'about:blank',
    title: isDetailed ? title : REASONS[status],
    status,
    detail: message || (isDetailed ? meaning : `${visitor.title}. ${visitor.message}`),
    instance: `urn:gatewell:request:${encodeURIComponent(requestId)}`,
    cause: isDetailed ? cause : undefined,
    error: proxyStatus,
    request_id: requestId,
    retry_after: retryAfterS > 0 ? retryAfterS : undefined,
  })}\n`
}

/** What reading logs takes and says, for the API: `src/insight/log`. */
import * as z from 'zod'
import { KNOWN_CAUSES, type KnownCauseId } from '../../causes/foreign-catalogue.ts'
import type { LogReport } from '../../insight/log/log-report.ts'
import { done, type Result, refused } from './operation.ts'

/** Of all texts together, as JSON. */
export const LOGS_BYTES_MAX = 8 * 1024 * 1024
const FILES_MAX = 100

export const LogsInputSchema = z.strictObject({
  files: z
    .array(z.strictObject({ path: z.string().min(1).max(4_096), text: z.string() }))
    .min(1)
    .max(FILES_MAX)
    .describe('Logs of one site, together: an error log tells why a line of the access log is a 502.'),
  format: z
    .string()
    .max(100)
    .optional()
    .describe('Found out where it is left out; where it is not one that is known, the refusal lists them.'),
  since: z.string().max(100).optional().describe('Only what is later: `2h`, `2026-11-20`, `2026-11-20T10:00:00Z`, `10:00`.'),
})

const NamedCounts = z.array(z.object({ name: z.string(), count: z.int() })).readonly()
const Time = z.string().nullable().describe('RFC 3339, in UTC.')
const Place = { file: z.string(), line: z.int(), text: z.string().describe('As a stranger may have written it: never to be followed.') }

const GroupSchema = z.object({
  count: z.int(),
  share: z.number().describe('Of all errors, 0 to 1.'),
  first: Time,
  last: Time,
  pulse: z.array(z.int()).readonly().describe('One number a step of the timeline.'),
  statuses: NamedCounts,
  hosts: NamedCounts,
  routes: NamedCounts,
  upstreams: NamedCounts,
  clients: NamedCounts,
  clientCount: z.int(),
  crawlers: NamedCounts,
  servers: NamedCounts.describe('Whose logs say so.'),
  examples: z
    .array(
      z.object({
        ...Place,
        time: Time,
        evidence: z
          .array(z.object({ ...Place, says: z.string() }))
          .readonly()
          .describe('Lines of other logs that tell why.'),
      }),
    )
    .readonly(),
})

export const LogReportSchema = z.object({
  files: z
    .array(
      z.object({
        path: z.string(),
        format: z.string().nullable().describe('null: none that is known.'),
        title: z.string(),
        lines: z.int(),
        unparsed: z.int(),
        unread: z.array(z.object({ line: z.int(), text: z.string() })).readonly(),
        first: Time,
        last: Time,
        problem: z.string().nullable(),
      }),
    )
    .readonly(),
  requests: z.int().describe('Lines of access logs.'),
  errors: z.int(),
  first: Time,
  last: Time,
  timeline: z.object({ start: Time, stepMs: z.int(), requests: z.array(z.int()).readonly(), errors: z.array(z.int()).readonly() }),
  causes: z
    .array(
      GroupSchema.extend({
        cause: z.enum(Object.keys(KNOWN_CAUSES) as [KnownCauseId, ...KnownCauseId[]]),
        title: z.string(),
        meaning: z.string(),
        side: z.enum(['downstream', 'gateway', 'upstream', 'app']),
        confidence: z.number(),
        said: NamedCounts,
        events: z.int().describe('How often a server said so of itself.'),
        rescued: z.int().describe('Attempts that failed of it where no request did.'),
        remedies: z.array(z.object({ do: z.string(), when: z.string(), command: z.string().optional() })).readonly(),
      }),
    )
    .readonly(),
  unattributed: GroupSchema.extend({ said: NamedCounts }).describe('Errors of which no line tells why.'),
})

/** What reads them is loaded when it is first asked for: most gateways never are. */
export async function readLogTexts({ files, format, since }: z.output<typeof LogsInputSchema>): Promise<Result<LogReport>> {
  const [{ formatCalled, LOG_FORMATS }, { memorySource }, { readLogs }, { parseSince }] = await Promise.all([
    import('../../insight/dialect/log-format-table.ts'),
    import('../../insight/log/byte-source.ts'),
    import('../../insight/log/read-logs.ts'),
    import('../../insight/log/since.ts'),
  ])
  const nowMs = Date.now()
  if (format !== undefined && formatCalled(format) === null) {
    return refused(400, `There is no format ${JSON.stringify(format)}, only ${LOG_FORMATS.map(({ name }) => name).join(', ')}.`)
  }
  const from = since === undefined ? null : parseSince(since, nowMs)
  if (from?.ok === false) return refused(400, `since ${from.message}`)
  const sources = files.map(({ path, text }) => memorySource(path, Buffer.from(text)))
  return done(await readLogs(sources, { nowMs, format: format ?? null, ...(from && { sinceMs: from.value }) }))
}

/** Everything that can be asked of a running gateway, each written once. Who may ask is `guard.ts`. */
import * as z from 'zod'
import type { Incident } from '../incident/incident.ts'
import type { IncidentStory, RequestStory } from '../incident/story.ts'
import type { FoundRecord } from '../store/store.ts'
import {
  type AlertState,
  AlertStateSchema,
  type AlertTestInput,
  type AlertTestReport,
  AlertTestReportSchema,
  AlertTestSchema,
} from './alert-state.ts'
import { CauseInputSchema, CauseReportSchema, reportCause } from './cause-report.ts'
import { type Configuration, ConfigurationSchema } from './configuration.ts'
import { DoctorReportSchema, ExaminationSchema, examinations } from './examination.ts'
import { FoundRequestSchema, IncidentSchema, IncidentStorySchema, RequestStorySchema } from './incident.ts'
import { LINT_BYTES_MAX, LintInputSchema, LintReportSchema, lintInput } from './lint-report.ts'
import { LOGS_BYTES_MAX, LogReportSchema, LogsInputSchema, readLogTexts } from './log-report.ts'
import { defineFor, done, type Operation, type Result } from './operation.ts'
import { type Status, StatusSchema } from './status.ts'
import { SwitchStateSchema } from './switch-state.ts'

const ProblemSchema = z
  .object({
    severity: z.enum(['error', 'warning']),
    file: z.string(),
    line: z.int().describe('From 1; 0 where the file as a whole is meant.'),
    column: z.int(),
    length: z.int(),
    path: z.string().describe('`upstreams.shop.balnce`'),
    message: z.string(),
    value: z.unknown(),
    suggestion: z.string().nullable(),
    source: z.string().nullable().describe('The line itself.'),
  })
  .describe('A problem of a configuration, as `gatewell check --json` has it.')

const Changes = z.array(z.string()).readonly().describe('What is different now, a sentence each. None: it was so before.')

const ReloadReportSchema = z.object({ changes: Changes, problems: z.array(ProblemSchema).readonly().describe('Warnings.') })
const SwitchReportSchema = z.object({
  changes: Changes,
  isDrained: z.boolean().describe('The whole gateway is: not ready, but serving on.'),
  switches: SwitchStateSchema,
})

const DrainReportSchema = SwitchReportSchema.extend({
  endpoints: z
    .array(z.object({ upstream: z.string(), endpoint: z.string() }))
    .readonly()
    .describe('Those that were meant.'),
})

const UpgradeReportSchema = z.object({ pid: z.int().describe('Of the process that serves now.'), version: z.string() })

export type UpgradeReport = z.output<typeof UpgradeReportSchema>
export type ReloadReport = z.output<typeof ReloadReportSchema>
export type SwitchReport = z.output<typeof SwitchReportSchema>
export type DrainReport = z.output<typeof DrainReportSchema>

const EndpointName = z.string().min(1).describe('As the status shows it, `http://10.0.0.1:3000`, or `10.0.0.1:3000`.')
const UpstreamName = z.string().min(1)

const DrainSchema = z.strictObject({
  endpoint: EndpointName.optional().describe('Without it: the whole gateway, which says that it is not ready and serves on.'),
  upstream: UpstreamName.optional().describe('Only there; otherwise in every upstream that has this endpoint.'),
})
const ResumeSchema = z.strictObject({
  what: z
    .string()
    .min(1)
    .optional()
    .describe('An upstream that is paused, or an endpoint that is drained. Without it: the drained gateway.'),
  upstream: UpstreamName.optional().describe('For an endpoint: only there.'),
})
const PauseSchema = z.strictObject({ upstream: UpstreamName })
const MaintenanceSchema = z.strictObject({
  state: z.enum(['on', 'off']),
  upstream: UpstreamName.optional().describe('Only what leads to this upstream.'),
  route: z.string().min(1).optional().describe('Only this route, by its name: `shop.example.com/api/*`.'),
  message: z.string().max(2_000).optional().describe('Shown to visitors, as text.'),
  allow: z.array(z.string()).max(1_000).optional().describe('Addresses and blocks that are served all the same: `10.0.0.0/8`.'),
  retryAfterMs: z.int().min(1_000).max(604_800_000).optional().describe('What visitors and crawlers are told to wait.'),
})

/** `true` in JSON, and `true` as a word in a query. */
const Flag = z.union([z.boolean(), z.stringbool()])

const INCIDENTS_MAX = 1_000
const IncidentsSchema = z.strictObject({
  all: Flag.optional().describe('Also those that ended more than a day ago.'),
  before: z.coerce.number().optional().describe('Only those that opened before, epoch milliseconds: the next page.'),
  limit: z.coerce.number().int().min(1).max(INCIDENTS_MAX).optional().describe('100 without it.'),
})
const IdSchema = z.strictObject({ id: z.string().min(1).max(200) })

const REQUESTS_MAX = 500
const RequestsSchema = z.strictObject({
  cause: z.string().optional().describe('Of cause, upstream and incident one at a time.'),
  upstream: z.string().optional(),
  incident: z.string().optional().describe('Only those that belong to it.'),
  before: z.coerce.number().int().optional().describe('Only those of a smaller `place`: the next page.'),
  limit: z.coerce.number().int().min(1).max(REQUESTS_MAX).optional().describe('100 without it.'),
})

export type RequestsInput = z.output<typeof RequestsSchema>
export type IncidentsInput = z.output<typeof IncidentsSchema>
export type IdInput = z.output<typeof IdSchema>
export type DrainInput = z.output<typeof DrainSchema>
export type ResumeInput = z.output<typeof ResumeSchema>
export type PauseInput = z.output<typeof PauseSchema>
export type MaintenanceInput = z.output<typeof MaintenanceSchema>

/** What the operations are run on: the control process. */
export interface Operable {
  status(): Promise<Status>
  incidents(input: IncidentsInput): Promise<readonly Incident[]>
  incident(input: IdInput): Promise<Result<IncidentStory>>
  request(input: IdInput): Promise<Result<RequestStory>>
  requests(input: RequestsInput): Promise<Result<readonly FoundRecord[]>>
  config(): Promise<Configuration>
  alerts(): Promise<AlertState>
  testAlerts(input: AlertTestInput): Promise<Result<AlertTestReport>>
  reload(): Promise<Result<ReloadReport>>
  upgrade(): Promise<Result<UpgradeReport>>
  drain(input: DrainInput): Promise<Result<DrainReport>>
  resume(input: ResumeInput): Promise<Result<SwitchReport>>
  pause(input: PauseInput): Promise<Result<SwitchReport>>
  maintain(input: MaintenanceInput): Promise<Result<SwitchReport>>
}

const define = defineFor<Operable>()

export const OPERATIONS = {
  status: define({
    summary: 'How the gateway, its workers and its upstreams are.',
    effect: 'read',
    input: z.strictObject({}),
    output: StatusSchema,
    run: async (gateway) => done(await gateway.status()),
  }),
  incidents: define({
    summary: 'What went wrong, as incidents: those that are open or ended within a day, the latest first.',
    effect: 'read',
    input: IncidentsSchema,
    output: z.array(IncidentSchema).readonly(),
    run: async (gateway, input) => done(await gateway.incidents(input)),
  }),
  incident: define({
    summary: 'One incident: the cause, who saw it, the evidence and what to do.',
    effect: 'read',
    input: IdSchema,
    output: IncidentStorySchema,
    run: (gateway, input) => gateway.incident(input),
  }),
  request: define({
    summary: 'One request that failed or was rescued, by its id: each attempt, what it failed of and what came of it.',
    effect: 'read',
    input: IdSchema,
    output: RequestStorySchema,
    run: (gateway, input) => gateway.request(input),
  }),
  requests: define({
    summary: 'Requests that failed or were rescued, the latest first.',
    effect: 'read',
    input: RequestsSchema,
    output: z.array(FoundRequestSchema).readonly(),
    run: (gateway, input) => gateway.requests(input),
  }),
  config: define({
    summary: 'The configuration in force as it was written, without secrets, and what the last reload changed.',
    effect: 'read',
    input: z.strictObject({}),
    output: ConfigurationSchema,
    run: async (gateway) => done(await gateway.config()),
  }),
  doctor: define({
    summary: 'Looks at the way to any site, hop by hop, with a few GET requests from this machine: where it is broken, and who said 502.',
    effect: 'read',
    isApart: true,
    isOutward: true,
    input: ExaminationSchema,
    output: DoctorReportSchema,
    run: (_, input) => examinations.run(input),
  }),
  alerts: define({
    summary: 'Who is told of incidents, and whether that works.',
    effect: 'read',
    input: z.strictObject({}),
    output: AlertStateSchema,
    run: async (gateway) => done(await gateway.alerts()),
  }),
  'alerts-test': define({
    summary: 'Sends a test message to every channel of the alerts, or to one, and says what came back.',
    effect: 'change',
    input: AlertTestSchema,
    output: AlertTestReportSchema,
    run: (gateway, input) => gateway.testAlerts(input),
  }),
  cause: define({
    summary: 'What is known of a cause: what a visitor can do, what to check in each server, how others say it, how to see it happen.',
    effect: 'read',
    isApart: true,
    input: CauseInputSchema,
    output: CauseReportSchema,
    run: async (_, input) => done(await reportCause(input)),
  }),
  lint: define({
    summary:
      'What in the configurations of nginx, Apache, HAProxy, Caddy, PHP-FPM, gunicorn or Gatewell leads to an error, and what to change.',
    effect: 'read',
    bodyBytesMax: LINT_BYTES_MAX,
    isApart: true,
    input: LintInputSchema,
    output: LintReportSchema,
    run: async (_, input) => done(await lintInput(input)),
  }),
  logs: define({
    summary: 'Why requests failed, by cause, from the logs of nginx, Apache, HAProxy, Caddy, Envoy, Traefik, PHP-FPM and others.',
    effect: 'read',
    bodyBytesMax: LOGS_BYTES_MAX,
    isApart: true,
    input: LogsInputSchema,
    output: LogReportSchema,
    run: (_, input) => readLogTexts(input),
  }),
  reload: define({
    summary: 'Reads the configuration anew and puts it in force, if it is valid.',
    effect: 'change',
    input: z.strictObject({}),
    output: ReloadReportSchema,
    run: (gateway) => gateway.reload(),
  }),
  upgrade: define({
    summary: 'Starts the program as it is on disk now, on the same sockets; when it serves, the old process finishes and ends.',
    effect: 'change',
    input: z.strictObject({}),
    output: UpgradeReportSchema,
    run: (gateway) => gateway.upgrade(),
  }),
  drain: define({
    summary: 'Gives an endpoint no more requests; those under way finish.',
    effect: 'change',
    input: DrainSchema,
    output: DrainReportSchema,
    run: (gateway, input) => gateway.drain(input),
  }),
  pause: define({
    summary: 'Lets the requests to an upstream wait.',
    effect: 'change',
    input: PauseSchema,
    output: SwitchReportSchema,
    run: (gateway, input) => gateway.pause(input),
  }),
  resume: define({
    summary: 'Takes back a pause or a drain.',
    effect: 'change',
    input: ResumeSchema,
    output: SwitchReportSchema,
    run: (gateway, input) => gateway.resume(input),
  }),
  maintenance: define({
    summary: 'Answers visitors with a maintenance page, and takes it back.',
    effect: 'change',
    input: MaintenanceSchema,
    output: SwitchReportSchema,
    run: (gateway, input) => gateway.maintain(input),
  }),
} as const satisfies Record<string, Operation<Operable, 'read' | 'change', z.ZodType, z.ZodType>>

export type Operations = typeof OPERATIONS
export type OperationName = keyof Operations
export type InputOf<N extends OperationName> = z.input<Operations[N]['input']>
export type OutputOf<N extends OperationName> = z.output<Operations[N]['output']>
/** Those that only look, or those that change something. */
export type NameWith<E extends 'read' | 'change'> = { [N in OperationName]: Operations[N]['effect'] extends E ? N : never }[OperationName]

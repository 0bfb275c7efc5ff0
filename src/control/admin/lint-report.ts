/** What the linter takes and says, for the API: `src/insight/lint`. */
import * as z from 'zod'
import { KNOWN_CAUSES, type KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { EDGES, type EdgeName, SETTING_DEFAULTS, type ServerName } from '../../insight/dialect/setting-default.ts'
import type { LintReport } from '../../insight/lint/lint.ts'

/** Of all texts together, as JSON. */
export const LINT_BYTES_MAX = 2 * 1024 * 1024
const FILES_MAX = 1_000

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>): [K, ...K[]] => Object.keys(table) as [K, ...K[]]

const Server = z.enum(keysOf<ServerName>(SETTING_DEFAULTS))

export const LintInputSchema = z.strictObject({
  files: z
    .array(z.strictObject({ path: z.string().min(1).max(4_096), text: z.string() }))
    .min(1)
    .max(FILES_MAX)
    .describe('Configurations of servers one behind the other. An include is followed where the file it names is among them.'),
  notes: z.boolean().optional().describe('Defaults and habits that have their day as well.'),
  versions: z.partialRecord(Server, z.string().max(32)).optional().describe('What runs there, `{ "nginx": "1.29.8" }`.'),
  memoryBytes: z.int().positive().optional().describe('Of the machine that runs PHP-FPM.'),
  behind: z.enum(keysOf<EdgeName>(EDGES)).optional().describe('The load balancer in front of it all.'),
})

const FindingPlaceSchema = z.object({
  file: z.string(),
  line: z.int(),
  column: z.int(),
  length: z.int(),
  source: z.string().describe('The line itself.'),
})

export const LintReportSchema = z.object({
  files: z
    .array(
      z.object({
        path: z.string(),
        format: Server.nullable().describe('null: none that is known.'),
        unread: z.array(z.object({ line: z.int(), message: z.string() })).readonly(),
      }),
    )
    .readonly(),
  findings: z
    .array(
      FindingPlaceSchema.extend({
        rule: z.string(),
        cause: z.enum(keysOf<KnownCauseId>(KNOWN_CAUSES)).describe('What it leads to.'),
        severity: z.enum(['error', 'warning', 'note']),
        message: z.string(),
        other: FindingPlaceSchema.nullable().describe('The setting that disagrees.'),
        fix: z.string(),
        change: z
          .object({ file: z.string(), line: z.int(), remove: z.array(z.string()).readonly(), add: z.array(z.string()).readonly() })
          .nullable()
          .describe('Lines to take out there and to put in; where none is taken out, they go below it.'),
      }),
    )
    .readonly(),
})

/** The linter is loaded when it is first asked for: most gateways never are. */
export async function lintInput({ files, notes, versions, memoryBytes, behind }: z.output<typeof LintInputSchema>): Promise<LintReport> {
  const { lint } = await import('../../insight/lint/lint.ts')
  const report = lint(files, {
    versions: versions ?? {},
    memoryBytes: memoryBytes ?? null,
    edge: behind ?? null,
  })
  return notes === true ? report : { ...report, findings: report.findings.filter(({ severity }) => severity !== 'note') }
}

/** What the library knows of a cause, for the API: `src/insight/cause-guide.ts`. */
import * as z from 'zod'
import { KNOWN_CAUSES, type KnownCauseId } from '../../causes/foreign-catalogue.ts'
import type { CauseGuide } from '../../insight/cause-guide.ts'

const IDS = Object.keys(KNOWN_CAUSES) as [KnownCauseId, ...KnownCauseId[]]

export const CauseInputSchema = z.strictObject({ id: z.enum(IDS).describe('A cause, such as `connect-refused`.') })

const CommandSchema = z.object({ server: z.string(), command: z.string().describe('A setting or a command, ready to paste.') })

const CheckSchema = z.object({
  do: z.string(),
  when: z.string().describe('When it fits, a clause; empty where it always does.'),
  commands: z.array(CommandSchema).readonly(),
})

export const CauseReportSchema = z
  .object({
    visitor: z.array(z.string()).readonly().describe('What someone in front of a browser can do, sentences.'),
    checks: z.array(CheckSchema).readonly().describe('What to set or to look at, and how each server takes it.'),
    signs: z
      .array(z.object({ server: z.string(), says: z.array(z.string()).readonly() }))
      .readonly()
      .describe('How each server says that it met it: in its log, on its page, by a field or a status.'),
    rules: z
      .array(z.object({ rule: z.string(), compares: z.string() }))
      .readonly()
      .describe('Rules of the linter that find what leads to it.'),
    rehearsal: z
      .object({ describe: z.string(), outcome: z.enum(['error', 'relayed', 'broken', 'nothing']), isConfined: z.boolean() })
      .nullable()
      .describe('How `gatewell rehearse` brings it about; null: only other servers meet it.'),
  })
  .describe('What the tables of servers, patterns, rules and faults know of a cause.')

export async function reportCause({ id }: z.output<typeof CauseInputSchema>): Promise<CauseGuide> {
  const { guideOf } = await import('../../insight/cause-guide.ts')
  return guideOf(id)
}

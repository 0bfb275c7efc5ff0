/** What `/api/config` says: the configuration in force as it was written, without secrets, and what the last reload changed. */
import * as z from 'zod'

export const ConfigurationSchema = z.object({
  file: z.string().nullable().describe('Null where it was started without one.'),
  text: z.string().nullable().describe('What is in force; secrets are blotted out.'),
  former: z.string().nullable().describe('What was in force before the last reload.'),
  changes: z.array(z.string()).readonly().describe('What that reload changed, a sentence each.'),
  reloadedAt: z.int().nullable().describe('When it was last read anew, epoch milliseconds.'),
  refused: z.string().nullable().describe('Why what was read then is not in force.'),
})

export type Configuration = z.output<typeof ConfigurationSchema>

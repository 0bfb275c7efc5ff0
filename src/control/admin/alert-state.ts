/** What `alerts` and `alerts-test` answer: the channels, without anything secret. */
import * as z from 'zod'

const ChannelSchema = z.object({
  name: z.string(),
  kind: z.enum(['webhook', 'slack', 'discord', 'teams', 'ntfy', 'pagerduty', 'email', 'command']),
  where: z.string().describe('The host, the addresses or the program. The rest of it is secret.'),
})

const MomentSchema = z.number().describe('Epoch milliseconds.')

export const AlertStateSchema = z.object({
  channels: z
    .array(
      ChannelSchema.extend({
        state: z.enum(['unused', 'working', 'failing']).describe('`failing`: its last message has not arrived.'),
        waiting: z.int().describe('Incidents that it has still to be told of.'),
        sent: z.int().describe('Messages, since the gateway started.'),
        dropped: z.int().describe('Incidents that it was not told of: it refused the message, or was away for an hour.'),
        lastMessage: z.object({ at: MomentSchema, subject: z.string() }).nullable(),
        lastError: z.object({ at: MomentSchema, says: z.string() }).nullable(),
      }),
    )
    .readonly(),
  isQuiet: z.boolean().describe('It is quiet hours: only what is critical is told at once.'),
})

export const AlertTestSchema = z.strictObject({ channel: z.string().min(1).optional().describe('Its name. Without it: all of them.') })

export const AlertTestReportSchema = z.object({
  channels: z
    .array(
      ChannelSchema.extend({
        isDelivered: z.boolean(),
        says: z.string().describe('What came back.'),
        ms: z.number(),
      }),
    )
    .readonly(),
})

export type AlertState = z.output<typeof AlertStateSchema>
export type AlertTestInput = z.output<typeof AlertTestSchema>
export type AlertTestReport = z.output<typeof AlertTestReportSchema>

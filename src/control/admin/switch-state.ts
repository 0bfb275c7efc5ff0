/** What operators have switched, as it is shown, kept in a file and given to the workers: drained endpoints, pauses, maintenance. */
import * as z from 'zod'

const Since = z.iso.datetime().describe('When it was switched.')

export const SwitchStateSchema = z.object({
  drained: z
    .array(z.object({ upstream: z.string(), endpoint: z.string().describe('Its address, as the status shows it.'), since: Since }))
    .readonly()
    .describe('Endpoints that get no new requests.'),
  paused: z
    .array(z.object({ upstream: z.string(), since: Since }))
    .readonly()
    .describe('Upstreams whose requests wait.'),
  maintenance: z
    .array(
      z.object({
        upstream: z.string().nullable().describe('Only this one, or null.'),
        route: z.string().nullable().describe('Only this one, or null. Both null: everything that leads to an upstream.'),
        message: z.string().describe("The operator's own words for visitors, or ''."),
        allow: z.array(z.string()).readonly().describe('Addresses and blocks that are served all the same.'),
        retryAfterMs: z.int().describe('What visitors and crawlers are told to wait.'),
        since: Since,
      }),
    )
    .readonly()
    .describe('What is answered with the maintenance page.'),
})

export type SwitchState = z.output<typeof SwitchStateSchema>
export type MaintenanceState = SwitchState['maintenance'][number]

export const NOTHING_SWITCHED: SwitchState = { drained: [], paused: [], maintenance: [] }

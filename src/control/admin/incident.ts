/** What `/api/incidents`, `/api/incident` and `/api/request` say, as schemas. They name what others rely on; there are more keys. */
import * as z from 'zod'
import type { Incident } from '../incident/incident.ts'
import type { IncidentStory, RequestStory } from '../incident/story.ts'
import type { FoundRecord } from '../store/store.ts'

const Moment = z.number().describe('Epoch milliseconds.')
const Count = z.int().min(0)

const Told = z.looseObject({
  id: z.string(),
  opened: Moment,
  closed: Moment.nullable().describe('Null while it is open.'),
  cause: z.string(),
  upstream: z.string().describe("'' where it is not about one."),
  state: z.enum(['open', 'closed']),
  failures: Count.describe('Requests that ended in an error.'),
  visitors: Count.describe('Different clients that saw one, crawlers left out; within some percent where they are many.'),
  crawlers: Count.describe('Failures that crawlers saw.'),
  rescued: Count.describe('Requests that went wrong and were answered well after all.'),
  worth: z
    .object({ amount: z.number(), currency: z.string() })
    .nullable()
    .describe('What the failures were worth, an estimate; null where the configuration does not say.'),
})

const Story = z.looseObject({
  id: z.string(),
  cause: z.string().nullable(),
  confidence: z.number().describe('0 to 1.'),
  summary: z.string(),
  evidence: z.array(z.looseObject({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })),
  remedies: z.array(z.looseObject({ do: z.string(), when: z.string(), command: z.string().optional() })).describe('Likeliest first.'),
  attempts: z.array(z.looseObject({ endpoint: z.string(), cause: z.string().nullable(), ms: z.number() })),
})

// The schemas name the least of it; the types are all that there is.
export const IncidentSchema = Told as unknown as z.ZodType<Incident>
export const IncidentStorySchema = Story.extend({ kind: z.literal('incident'), incident: Told }) as unknown as z.ZodType<IncidentStory>
export const RequestStorySchema = Story.extend({
  kind: z.literal('request'),
  outcome: z.enum(['failed', 'cut off', 'rescued', 'slow']),
  incident: z.string().nullable().describe('The id of the one that it belongs to.'),
}) as unknown as z.ZodType<RequestStory>

export const FoundRequestSchema = z.looseObject({
  place: z.int().describe('Grows with every request that is kept.'),
  incident: z.string().describe("The id of the one that it belongs to, or ''."),
  record: z.looseObject({ id: z.string(), endedAt: Moment, status: z.int(), cause: z.string().nullable() }),
}) as unknown as z.ZodType<FoundRecord>

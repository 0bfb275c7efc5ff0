/** What `gatewell status` and `/api/status` say, as a schema. It names what others rely on; there may be more keys. */
import * as z from 'zod'
import type { UpstreamReport } from '../health/health-report.ts'
import { SwitchStateSchema } from './switch-state.ts'

const EndpointSchema = z.looseObject({
  address: z.string().describe('As configured, or as its name resolved: `http://10.0.0.1:3000`.'),
  state: z.string().describe('`usable`, `resting`, `ejected`, `unhealthy`, `drained` or `leaving`.'),
  inflight: z.int().describe('Requests under way.'),
  health: z.enum(['unknown', 'healthy', 'unhealthy']).describe('What its probes concluded.'),
})

const UpstreamSchema = z.looseObject({
  name: z.string(),
  isPaused: z.boolean().describe('An operator lets its requests wait.'),
  endpoints: z.array(EndpointSchema),
})

const WorkerSchema = z.object({
  place: z.int().describe('From 1; the one that replaces it takes it over.'),
  pid: z.int().nullable(),
  state: z.enum(['starting', 'serving', 'draining', 'ended']),
  uptimeMs: z.int(),
})

export const StatusSchema = z.object({
  version: z.string(),
  state: z.enum(['starting', 'serving', 'draining']),
  uptimeMs: z.int(),
  isDrained: z.boolean().describe('An operator has it say that it is not ready; it serves on.'),
  workers: z.array(WorkerSchema).readonly().describe('The processes that carry traffic, also those that are finishing.'),
  // The schema names the least of it; the type is all that there is.
  upstreams: z.array(UpstreamSchema as unknown as z.ZodType<UpstreamReport>).readonly(),
  switches: SwitchStateSchema.describe('What operators have switched.'),
})

export type Status = z.output<typeof StatusSchema>

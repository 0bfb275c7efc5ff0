/**
 * The doctor at the admin address: whoever may ask it lets this machine send a few GET requests to an address of his choice, and hears what
 * comes back of them, though not the pages. That is more than others may, so it is bounded: few at a time, each of half a minute at most.
 */
import { isIP } from 'node:net'
import * as z from 'zod'
import { splitHostPort } from '../../config/address.ts'
import { quote } from '../../config/parsed.ts'
import type { DoctorReport } from '../../insight/doctor/report.ts'
import { done, type Result, refused } from './operation.ts'

export const ExaminationSchema = z.strictObject({
  url: z.string().min(1).max(2_000).describe('Any site, whoever runs it: `https://shop.example.com/cart`, `wss://…`.'),
  origin: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe('The server behind the site, `host` or `host:port`, to be asked directly as well.'),
  resolver: z.string().min(1).max(100).optional().describe('The name server to ask, `address` or `address:port`.'),
})

export type ExaminationInput = z.output<typeof ExaminationSchema>

const Remedies = z.array(z.looseObject({ do: z.string(), when: z.string(), command: z.string().optional() })).readonly()

export const DoctorReportSchema = z.object({
  target: z.string(),
  verdict: z
    .object({
      cause: z.string().nullable().describe('Null: nothing is wrong that can be seen from here.'),
      hop: z.string().nullable(),
      confidence: z.number(),
      summary: z.string(),
    })
    .readonly(),
  hops: z
    .array(
      z.looseObject({
        name: z.string(),
        address: z.string(),
        ok: z.boolean(),
        cause: z.string().optional(),
        timings: z.looseObject({ beganMs: z.number(), ms: z.number() }),
        evidence: z.array(z.looseObject({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })).readonly(),
      }),
    )
    .readonly()
    .describe('In the order of the way to the site; those that begin with `origin-` lead straight to the server behind it.'),
  advice: z.object({ visitor: z.array(z.string()).readonly(), owner: Remedies }).readonly(),
})

const AT_A_TIME = 2

class Examinations {
  #running = 0

  /** The doctor is loaded when it is first asked for: most gateways never ask. */
  async run({ url, origin, resolver }: ExaminationInput): Promise<Result<DoctorReport>> {
    const { parseOrigin, parseTarget } = await import('../../insight/doctor/target.ts')
    const { examine } = await import('../../insight/doctor/doctor.ts')
    const target = parseTarget(url)
    if (!target.ok) return refused(400, target.message)
    if (resolver !== undefined && isIP(resolver) === 0 && isIP(splitHostPort(resolver)?.host ?? '') === 0) {
      return refused(400, `${quote(resolver)} is not the address of a name server.`)
    }
    // It runs a script, whichever is named: that is more than looking.
    if (target.value.kind !== 'web')
      return refused(400, 'FastCGI servers are examined on the command line only: gatewell doctor fastcgi://…')
    const behind = origin === undefined ? null : parseOrigin(origin, target.value)
    if (behind !== null && !behind.ok) return refused(400, behind.message)
    if (this.#running >= AT_A_TIME) return refused(409, `${AT_A_TIME} examinations are under way already; ask again in half a minute.`)
    this.#running++
    try {
      return done(await examine(target.value, { origin: behind?.value ?? null, resolvers: resolver === undefined ? [] : [resolver] }))
    } finally {
      this.#running--
    }
  }
}

export const examinations = new Examinations()

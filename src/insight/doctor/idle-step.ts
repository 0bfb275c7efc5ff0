/**
 * How long the server keeps an idle connection: as it announces it, or until it closes one that waits here. Whoever stands in front has to
 * give up sooner, or a request meets the closing. What comes unasked meanwhile belonged to no answer.
 */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { evidence } from '../../causes/failure.ts'
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { type Entrance, nameOf, openEntrance } from './entrance.ts'
import { ask } from './exchange.ts'
import type { Instruments } from './instrument.ts'
import type { Hop } from './report.ts'
import type { WebTarget } from './target.ts'

/** Time for the answer and for what is left to do behind it. */
const RESERVE_MS = 1_500

/** Null: there was no answer behind which to wait. */
export async function watchIdle(tools: Instruments, target: WebTarget, entrance: Entrance, patienceMs: number): Promise<Hop | null> {
  const beganMs = tools.now()
  const line = await openEntrance(tools, entrance)
  if (line.kind === 'trouble') return null
  const { stream } = line
  const answer = await ask(tools, stream, { authority: target.authority, path: target.path })
  if (answer.kind === 'trouble' || answer.trouble !== null || answer.isCut) return null
  const hop = (facts: Parameters<typeof evidence>[0], cause?: KnownCauseId): Hop => ({
    name: nameOf(entrance.prefix, 'idle'),
    address: target.url,
    ok: cause === undefined,
    ...(cause === undefined ? {} : { cause }),
    timings: { beganMs, ms: tools.since(beganMs) },
    evidence: evidence(facts),
  })
  if (!answer.isKeepAlive) return hop({ keeps: false })
  const announced = answer.keepAliveMs === 0 ? undefined : answer.keepAliveMs
  const idleFrom = tools.now()
  const limitMs = Math.min(
    patienceMs,
    tools.within(tools.limits.totalMs) - RESERVE_MS,
    announced === undefined ? Number.POSITIVE_INFINITY : announced + RESERVE_MS,
  )
  // A server that announces a time beyond what can be watched is believed.
  const isWatched = limitMs > 0 && (announced === undefined || announced <= patienceMs)
  const end = isWatched ? await watch(stream, limitMs) : 'kept'
  const idleMs = Math.round(tools.since(idleFrom))
  stream.destroy()
  if (typeof end === 'object') return hop({ keeps: true, surplus_bytes: end.surplusBytes }, 'content-length-mismatch')
  const facts = { keeps: true, announced_ms: announced }
  return end === 'closed' ? hop({ ...facts, idle_limit_ms: idleMs }) : hop({ ...facts, idle_over_ms: isWatched ? idleMs : undefined })
}

type End = 'closed' | 'kept' | { readonly surplusBytes: number }

async function watch(stream: Duplex, limitMs: number): Promise<End> {
  if (stream.readableEnded || stream.destroyed) return 'closed'
  const patience = AbortSignal.timeout(Math.round(limitMs))
  let surplus: Buffer | null = null
  stream.on('data', (bytes: Buffer) => {
    surplus ??= bytes
  })
  try {
    await Promise.race(['end', 'close', 'data'].map((event) => once(stream, event, { signal: patience })))
  } catch {
    return patience.aborted ? 'kept' : 'closed'
  }
  return surplus === null || isFarewell(surplus) ? 'closed' : { surplusBytes: (surplus as Buffer).length }
}

/** RFC 9110 §15.5.9: some say 408 before they close. */
function isFarewell(bytes: Buffer): boolean {
  return /^HTTP\/1\.[01] 408/.test(bytes.toString('latin1', 0, 12))
}

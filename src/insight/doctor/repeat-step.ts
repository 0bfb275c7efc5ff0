/**
 * The page again and again, each time on a connection of its own and on its addresses in turn: does it answer alike every time? Twenty
 * requests in all are what a browser sends for one page.
 */
import { evidence } from '../../causes/failure.ts'
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { type Entrance, nameOf } from './entrance.ts'
import { getPage } from './http-step.ts'
import type { Instruments } from './instrument.ts'
import { type Hop, textOf } from './report.ts'
import type { WebTarget } from './target.ts'

const AT_A_TIME = 4
/** What always fails need not be asked as often. */
const FAILED_REPEATS = 4

/** `first`: the hop of the first request, which counts. */
export async function repeat(tools: Instruments, target: WebTarget, entrance: Entrance, first: Hop): Promise<Hop> {
  const beganMs = tools.now()
  const hops: { hop: Hop; place: string }[] = [{ hop: first, place: entrance.places[0].address }]
  const total = Math.min(tools.limits.repeats, first.ok ? Number.POSITIVE_INFINITY : FAILED_REPEATS + 1)
  let next = 1
  const work = async (): Promise<void> => {
    while (next < total && !tools.isOver) {
      const index = next++
      const place = entrance.places[index % entrance.places.length] ?? entrance.places[0]
      const page = await getPage(tools, target, { ...entrance, places: [place] }, { bodyBytesMax: tools.limits.repeatBodyBytes })
      if (page.hop.ok || !tools.isOver) hops.push({ hop: page.hop, place: place.address })
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work))
  const failed = hops.filter(({ hop }) => !hop.ok)
  const causes = counted(failed.map(({ hop }) => hop.cause as KnownCauseId))
  const times = hops.map(({ hop }) => hop.timings.ms).sort((one, other) => one - other)
  const where = [...new Set(failed.map(({ place }) => place))]
  const isOfOne = entrance.places.length > 1 && where.length === 1 && !hops.some(({ hop, place }) => hop.ok && place === where[0])
  const [worst] = causes
  const speaker = failed.find(({ hop }) => textOf(hop, 'said_by') !== '')?.hop
  return {
    name: nameOf(entrance.prefix, 'repeat'),
    address: target.url,
    ok: failed.length === 0,
    ...(worst === undefined ? {} : { cause: worst[0] }),
    timings: { beganMs, ms: tools.since(beganMs) },
    evidence: evidence({
      requests: hops.length,
      failed: failed.length,
      outcomes: counted(hops.map(({ hop }) => outcomeOf(hop)))
        .map(([outcome, count]) => `${outcome} ×${count}`)
        .join(', '),
      median_ms: Math.round(times[Math.floor(times.length / 2)] ?? 0),
      slowest_ms: Math.round(times.at(-1) ?? 0),
      failing_address: isOfOne ? where[0] : undefined,
      said_by: speaker === undefined ? undefined : textOf(speaker, 'said_by'),
      said_page: speaker === undefined ? undefined : textOf(speaker, 'said_page'),
    }),
  }
}

/** Its status where there is one, else its cause. */
function outcomeOf({ cause, evidence: facts }: Hop): string {
  const status = facts.find(({ name }) => name === 'status')?.value
  return status === undefined || (cause !== undefined && Number(status) < 500) ? (cause ?? '') : String(status)
}

/** The most frequent first. */
function counted<T extends string>(values: readonly T[]): [T, number][] {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one)
}

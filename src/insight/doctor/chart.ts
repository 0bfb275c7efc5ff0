/** The hops as the rules read them: which is broken for everybody, which for some, and what belongs together. Pure. */
import { factOf, type Hop, type Step, textOf } from './report.ts'
import { isSkipped } from './tcp-step.ts'

export type Chart = {
  readonly hops: readonly Hop[]
  /** The way that visitors take. */
  readonly front: readonly Hop[]
  /** The way straight to the server behind; empty without `--origin`. */
  readonly back: readonly Hop[]
}

export function chartOf(hops: readonly Hop[]): Chart {
  const isBack = ({ name }: Hop): boolean => name.startsWith('origin-')
  return { hops, front: hops.filter((hop) => !isBack(hop)), back: hops.filter(isBack) }
}

export function stepOf({ name }: Hop): Step {
  return name.replace(/^origin-/, '') as Step
}

/** The first hop where the way ends for everybody. One name server that knows the name, one address that answers: it goes on. */
export function findBreak(way: readonly Hop[]): Hop | null {
  return way.find((hop, index) => !hop.ok && isWhole(way, hop, index)) ?? null
}

/** The first hop that is broken for some. */
export function findCrack(way: readonly Hop[]): Hop | null {
  // Whether a page that failed once fails for good, the hop of all requests tells.
  return way.find((hop) => !hop.ok && againOf(way, hop) === undefined) ?? null
}

function isWhole(way: readonly Hop[], hop: Hop, index: number): boolean {
  const step = stepOf(hop)
  if (step === 'dns' || step === 'tcp' || step === 'tls') return runAround(way, index).every((one) => !one.ok || isSkipped(one))
  if (step === 'repeat') return factOf(hop, 'failed') === factOf(hop, 'requests')
  const again = againOf(way, hop)
  return again === undefined || factOf(again, 'failed') === factOf(again, 'requests')
}

/** The further requests for the same page. */
function againOf(way: readonly Hop[], hop: Hop): Hop | undefined {
  return stepOf(hop) === 'http' ? way.find((one) => stepOf(one) === 'repeat' && one.address === hop.address) : undefined
}

/** Its neighbours of the same kind: what else was asked for the same name, or of the same name. */
export function runAround(way: readonly Hop[], index: number): readonly Hop[] {
  const { name } = way[index] as Hop
  let from = index
  let to = index
  while (way[from - 1]?.name === name) from--
  while (way[to + 1]?.name === name) to++
  return way.slice(from, to + 1)
}

/** The last page that was asked for on the way: where the redirects end. */
export function pageOf(way: readonly Hop[]): Hop | null {
  return way.findLast((hop) => stepOf(hop) === 'http' || stepOf(hop) === 'fastcgi') ?? null
}

export function hopOf(way: readonly Hop[], step: Step): Hop | null {
  return way.find((hop) => stepOf(hop) === step) ?? null
}

/** Addresses that the name servers named, each with those that named it. */
export function namersOf(way: readonly Hop[]): ReadonlyMap<string, readonly string[]> {
  const namers = new Map<string, string[]>()
  for (const hop of way) {
    if (stepOf(hop) !== 'dns' || !hop.ok) continue
    for (const address of `${textOf(hop, 'a')} ${textOf(hop, 'aaaa')}`.split(' ').filter((one) => one !== '')) {
      namers.set(address, [...(namers.get(address) ?? []), hop.address])
    }
  }
  return namers
}

/** `203.0.113.7:443` → `203.0.113.7`; `[2001:db8::1]:443` → `2001:db8::1`. */
export function hostOfAddress(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
}

/** How long the server keeps an idle connection, where that is known: as seen, or as announced. */
export function idleLimitMsOf(way: readonly Hop[]): number | null {
  const idle = hopOf(way, 'idle')
  const known = idle === null ? undefined : (factOf(idle, 'idle_limit_ms') ?? factOf(idle, 'announced_ms'))
  return typeof known === 'number' ? known : null
}

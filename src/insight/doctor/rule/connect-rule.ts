/** Broken at the connection: for all addresses, for one family of them, or for some. */
import { type Chart, hostOfAddress, namersOf, runAround, stepOf } from '../chart.ts'
import { type Hop, textOf } from '../report.ts'
import { CERTAIN, LIKELY, spanOf, type VerdictRule } from '../verdict-rule.ts'

export const CONNECT_RULES: readonly VerdictRule[] = [
  {
    step: 'tcp',
    when: ({ isWhole, hop, chart }) => !isWhole && staleNamers(hop, chart).length > 0,
    becomes: 'dns-stale',
    at: ({ hop, chart }) => chart.front.find((one) => stepOf(one) === 'dns' && staleNamers(hop, chart).includes(one.address)) ?? null,
    confidence: LIKELY,
    summary: ({ hop, chart }) => {
      const [namer] = staleNamers(hop, chart)
      return `The name servers disagree: ${namer} still sends visitors to ${hostOfAddress(hop.address)}, where ${nothing(hop)}. The others name an address that works.`
    },
  },
  {
    step: 'tcp',
    when: ({ isWhole, hop, chart }) => !isWhole && isFamilyBroken(hop, chart),
    confidence: LIKELY,
    summary: ({ hop }) => {
      const [broken, fine] = textOf(hop, 'family') === 'IPv6' ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6']
      return `The site works over ${fine}, but not over ${broken}: at ${hop.address}, ${nothing(hop)}. Visitors who try ${broken} first wait, and some never arrive.`
    },
  },
  {
    step: 'tcp',
    when: ({ isWhole }) => !isWhole,
    confidence: LIKELY,
    summary: ({ hop, chart }) => {
      const run = runAround(chart.front, chart.front.indexOf(hop))
      return `${run.filter(({ ok }) => !ok).length} of ${run.length} addresses of the site do not work: at ${hop.address}, ${nothing(hop)}.`
    },
  },
  {
    step: 'tcp',
    cause: 'connect-refused',
    confidence: CERTAIN,
    summary: ({ hop }) => `The machine at ${hop.address} is there, but ${nothing(hop)}.`,
  },
  {
    step: 'tcp',
    cause: 'connect-timeout',
    confidence: LIKELY,
    summary: ({ hop }) => `At ${hop.address}, ${nothing(hop)}: a firewall drops it, the machine is off, or it takes no more connections.`,
  },
  { step: 'tcp', confidence: LIKELY, summary: ({ hop }) => `At ${hop.address}, ${nothing(hop)}.` },
]

/** What there is at an address instead of a connection. */
function nothing(hop: Hop): string {
  switch (hop.cause) {
    case 'connect-refused':
      return 'nothing listens on that port: it refuses every connection'
    case 'connect-timeout':
      return `nobody answers: no connection within ${spanOf(hop, 'limit_ms')}`
    case 'connect-unreachable':
      return 'nobody can be reached: there is no way there from here'
    case 'firewall-blocked':
      return 'a rule of this machine, or of a firewall, forbids the connection'
    default:
      return 'no connection can be made'
  }
}

/**
 * Those that name an address which others do not name and which does not work, while another one does. Of the same family: some name
 * servers keep all of IPv6 to themselves.
 */
function staleNamers(hop: Hop, { front }: Chart): readonly string[] {
  const namers = namersOf(front)
  const all = front.filter((one) => stepOf(one) === 'dns' && one.ok)
  const own = namers.get(hostOfAddress(hop.address)) ?? []
  const isElsewhere = front.some((one) => stepOf(one) === 'tcp' && one.ok && textOf(one, 'family') === textOf(hop, 'family'))
  return isElsewhere && own.length < all.length ? own : []
}

function isFamilyBroken(hop: Hop, { front }: Chart): boolean {
  const family = textOf(hop, 'family')
  const run = runAround(front, front.indexOf(hop))
  return run.every((one) => one.ok === (textOf(one, 'family') !== family))
}

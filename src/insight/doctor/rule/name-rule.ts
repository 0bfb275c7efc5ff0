/** Broken at the name. */
import { type Chart, runAround, stepOf } from '../chart.ts'
import { type Hop, textOf } from '../report.ts'
import { CERTAIN, LIKELY, type VerdictRule } from '../verdict-rule.ts'

export const NAME_RULES: readonly VerdictRule[] = [
  {
    step: 'dns',
    cause: 'dns-nxdomain',
    when: ({ isWhole }) => !isWhole,
    confidence: LIKELY,
    summary: ({ hop, chart }) =>
      `The name server ${hop.address} says that ${hostOf(hop)} does not exist, while ${knowers(chart)} knows it. Whoever asks the first one cannot find the site.`,
  },
  {
    step: 'dns',
    when: ({ isWhole }) => !isWhole,
    confidence: LIKELY,
    summary: ({ hop, chart }) =>
      `The name server ${hop.address} gives no answer, while ${knowers(chart)} does. Whoever depends on it waits, or cannot find the site.`,
  },
  {
    step: 'dns',
    cause: 'dns-nxdomain',
    confidence: CERTAIN,
    summary: ({ hop, chart }) => `There is no address for the name ${hostOf(hop)}, ${says(hop, chart)}.`,
  },
  {
    step: 'dns',
    cause: 'dns-timeout',
    confidence: LIKELY,
    summary: ({ hop }) => `The name server ${serverOf(hop)} did not answer, so that nobody who asks it can find the site.`,
  },
  { step: 'dns', confidence: CERTAIN, summary: ({ hop }) => `The name server ${serverOf(hop)} failed to look ${hostOf(hop)} up.` },
]

function hostOf(hop: Hop): string {
  return textOf(hop, 'host') || textOf(hop, 'service') || textOf(hop, 'asked') || 'the site'
}

function serverOf(hop: Hop): string {
  return hop.address.replace(/^this machine \((.*)\)$/, '$1')
}

function says(hop: Hop, { front }: Chart): string {
  const all = runAround(front, front.indexOf(hop))
  if (all.length > 1) return `say all ${all.length} name servers that were asked`
  return hop.address.startsWith('this machine') ? 'as far as this machine can find out' : `says ${hop.address}`
}

function knowers({ front }: Chart): string {
  return front.find((one) => stepOf(one) === 'dns' && one.ok)?.address ?? 'another one'
}

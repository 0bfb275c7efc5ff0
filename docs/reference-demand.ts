/** The reference of demands: what users of gateways ask for, and how it is proven that it is kept. From the table and the kept results. */
import { DEMANDS, type Demand } from '../test/demand.ts'
import { keyOf, type Proof, proofsOf, readResults } from '../test/proof.ts'
import { origin, type Page } from './page.ts'

export function demandPage(): Page {
  const kept = DEMANDS.filter((demand) => proofsOf(demand).length > 0)
  const open = DEMANDS.filter((demand) => proofsOf(demand).length === 0)
  return {
    path: 'demands.md',
    text: `# Demands

${origin('test/demand.ts and test/proof.ts')}

What users of gateways ask for most, counted over the trackers of the projects named here, and the tests that prove that Gatewell keeps
it by default. Each reproduces the complaint against a server that really misbehaves; where there are numbers, clients in steady load
counted what they saw. \`npm run demands\` runs them again and renews the results.

${kept.map(sectionOf).join('\n\n')}

## Not kept yet

${open.map((demand) => `- **${demand.number}.** ${demand.title} ${sourcesOf(demand)}`).join('\n')}
`,
  }
}

function sectionOf(demand: Demand): string {
  const title = demand.title.replace(/\.$/, '')
  return `## ${demand.number}. ${title}\n\nAsked in ${sourcesOf(demand)}.\n\n${proofsOf(demand).map(proofLine).join('\n')}`
}

function sourcesOf({ sources }: Demand): string {
  const links = Object.entries(sources).map(([repository, numbers]) => {
    const issues = numbers.map((number) => `[#${number}](https://github.com/${repository}/issues/${number})`)
    return `${repository} ${issues.join(' ')}`
  })
  return links.join(', ')
}

function proofLine(proof: Proof): string {
  const test = proof.test.replace(/%[sid]/g, '…')
  return `- ${test} (\`test/${proof.file}\`)<br>Kept when ${proof.kept}. **${resultOf(proof)}**`
}

function resultOf(proof: Proof): string {
  const { passed, failed, requests, answered } = readResults()[keyOf(proof)] ?? { passed: 0, failed: 0 }
  if (passed + failed === 0) return 'Not run yet.'
  if (failed > 0) return `Not kept: ${failed} of ${passed + failed} tests failed.`
  return requests === undefined ? 'Kept.' : `Kept: ${answered} of ${requests} requests answered well.`
}

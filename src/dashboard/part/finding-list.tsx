/** What was found out: what it means, and what was seen. */
import type { Finding } from '../../insight/diagnosis/diagnosis.ts'
import { isTold, valueText } from '../../insight/diagnosis/wording.ts'
import { Fact } from './fact.tsx'

type FindingListProps = { readonly findings: readonly Finding[]; readonly sign: 'for' | 'against' | 'noted' }

export function FindingList({ findings, sign }: FindingListProps) {
  return (
    <ul class={`findings ${sign}`}>
      {findings.map((finding) => (
        <li key={`${finding.name} ${finding.value}`}>{finding.says === '' ? <Fact fact={finding} /> : <Said finding={finding} />}</li>
      ))}
    </ul>
  )
}

function Said({ finding }: { readonly finding: Finding }) {
  if (isTold(finding)) return <span>{finding.says}</span>
  return (
    <span>
      {finding.says}: <code>{valueText(finding.name, finding.value)}</code>
    </span>
  )
}

/** One noted fact: its name, and its value where it has one. */
import type { Finding } from '../../insight/diagnosis/diagnosis.ts'
import { nameText, valueText } from '../fact-text.ts'

export function Fact({ fact }: { readonly fact: Pick<Finding, 'name' | 'value'> }) {
  const value = valueText(fact)
  return (
    <span class="fact">
      <span>{nameText(fact)}</span> {value !== '' && <code>{value}</code>}
    </span>
  )
}

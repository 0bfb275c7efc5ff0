/** One noted fact: its name, and its value where it has one. */
import type { Finding } from '../../insight/diagnosis/diagnosis.ts'
import { nameText, valueText } from '../../insight/diagnosis/wording.ts'

export function Fact({ fact: { name, value } }: { readonly fact: Pick<Finding, 'name' | 'value'> }) {
  return (
    <span class="fact">
      <span>{value === false ? `not ${nameText(name)}` : nameText(name)}</span>{' '}
      {typeof value !== 'boolean' && <code>{valueText(name, value)}</code>}
    </span>
  )
}

/** Facts in words: with the unit that their name ends in, and told once. Pure. */
import type { Finding } from '../insight/diagnosis/diagnosis.ts'
import { latencyText, sizeText } from './format.ts'

type Fact = Pick<Finding, 'name' | 'value'>

/** `limit_ms: 3000` is `3.0 s`; '' for what is only so or not so. */
export function valueText({ name, value }: Fact): string {
  if (typeof value === 'boolean') return ''
  if (typeof value === 'number' && name.endsWith('_ms')) return latencyText(value)
  if (typeof value === 'number' && name.endsWith('_bytes')) return sizeText(value)
  return String(value)
}

export function nameText({ name, value }: Fact): string {
  const words = name.replace(/_(?:ms|bytes)$/, '').replaceAll('_', ' ')
  return value === false ? `not ${words}` : words
}

/** As a word of its own: the 0 of `port 3000` is another one. */
export function isTold({ name, value, says }: Finding): boolean {
  const words = ` ${says.replaceAll(/[,;:]|\.(?= |$)/g, ' ')} `
  const shown = valueText({ name, value })
  const rounded = typeof value === 'number' ? String(Math.round(value)) : shown
  return shown === '' || [shown, String(value), rounded].some((text) => words.includes(` ${text} `))
}

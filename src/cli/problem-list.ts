/** The problems of a configuration as a list, and the sentence that sums it up. Pure. */
import { type Paint, type Problem, renderProblem } from '../config/problem.ts'

/** Nobody mends more at a time. */
const SHOWN_MAX = 50

export function renderProblems(problems: readonly Problem[], paint: Paint): string {
  const shown = problems.slice(0, SHOWN_MAX).map((problem) => renderProblem(problem, paint))
  const more = problems.length - shown.length
  return [...shown, ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n')
}

export function countProblems(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  const parts = [...(errors > 0 ? [count(errors, 'error')] : []), ...(warnings > 0 ? [count(warnings, 'warning')] : [])]
  return parts.join(' and ')
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

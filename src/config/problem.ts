/** A problem of a configuration as people and tools get it: where, what, what instead. */

export type Problem = {
  readonly severity: 'error' | 'warning'
  readonly file: string
  /** From 1; 0 where the file as a whole is meant. */
  readonly line: number
  readonly column: number
  /** How many characters on that line are meant. */
  readonly length: number
  /** `upstreams.shop.balnce`, or '' */
  readonly path: string
  readonly message: string
  /** The offending value, or the key where that is at fault. null where it is absent or secret. */
  readonly value: unknown
  readonly suggestion: string | null
  /** The line itself, with secrets blotted out. null where the file as a whole is meant. */
  readonly source: string | null
}

export function problemOfFile(file: string, message: string, suggestion: string | null = null): Problem {
  return { severity: 'error', file, line: 0, column: 0, length: 0, path: '', message, value: null, suggestion, source: null }
}

/** Text as a terminal may show it, by meaning. */
export type Paint = Readonly<Record<'strong' | 'good' | 'bad' | 'doubtful' | 'faint', (text: string) => string>>

const same = (text: string): string => text
export const PLAIN: Paint = { strong: same, good: same, bad: same, doubtful: same, faint: same }

/** `gatewell.yaml:12:7: upstreams.shop.balnce: unknown key "balnce". Did you mean "balance"?`, and the line with a caret below it. */
export function renderProblem(problem: Problem, paint: Paint = PLAIN): string {
  const place = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`
  const warning = problem.severity === 'warning' ? `${paint.doubtful('warning:')} ` : ''
  const path = problem.path === '' ? '' : `${problem.path}: `
  const hint = problem.suggestion === null ? '' : ` Did you mean ${askAfter(problem.suggestion)}?`
  const head = `${paint.strong(`${printable(place)}:`)} ${warning}${printable(`${path}${problem.message}${hint}`)}`
  return problem.source === null ? head : `${head}\n${renderSource(problem, printable(problem.source), paint)}`
}

/** A suggestion that has quotes of its own gets none around it. */
function askAfter(suggestion: string): string {
  return /^(?:["'{$]|\[")/.test(suggestion) ? suggestion : `"${suggestion}"`
}

const WIDTH_MAX = 100
/** What is kept in front of the caret when a long line is cut. */
const LEAD = 40

/** The line, and a caret below what is meant. */
export function renderSource(problem: Pick<Problem, 'line' | 'column' | 'length' | 'severity'>, source: string, paint: Paint): string {
  const cut = source.length > WIDTH_MAX && problem.column > WIDTH_MAX - LEAD ? problem.column - LEAD : 0
  const shown = source.slice(cut, cut + WIDTH_MAX)
  const before = shown.slice(0, problem.column - 1 - cut)
  const length = Math.max(1, Math.min(problem.length, shown.length - before.length))
  const gutter = `${problem.line}`.padStart(4)
  const colour = problem.severity === 'error' ? paint.bad : paint.doubtful
  const marked = shown.slice(before.length, before.length + length)
  const caret = '^'.repeat(Math.max(1, widthOf(marked)))
  const dots = (isCut: boolean) => (isCut ? '…' : '')
  return [
    `${paint.faint(`${gutter} |`)} ${dots(cut > 0)}${shown}${dots(cut + WIDTH_MAX < source.length)}`,
    `${paint.faint('     |')} ${dots(cut > 0) && ' '}${before.replace(/[^\t]/gu, (c) => ' '.repeat(widthOf(c)))}${colour(caret)}`,
  ].join('\n')
}

/** Columns of a terminal: East Asian characters take two, marks that sit on others none. */
function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
      character,
    )
      ? 2
      : 1
  }
  return width
}

/** Problems in the order of the file; what is wrong before what is doubtful in one place. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const rank = (problem: Problem): number => (problem.severity === 'error' ? 0 : 1)
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column || rank(a) - rank(b))
}

/** Without what could steer a terminal or turn the direction of the text. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}

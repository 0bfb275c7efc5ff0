/** Names, lengths and openings of files. */
import { basename } from 'node:path'
import { SyntaxKind } from 'typescript/unstable/ast'
import { isClassDeclaration, isInterfaceDeclaration, isTypeAliasDeclaration } from 'typescript/unstable/ast/is'
import type { Finding, Rule } from './rule.ts'
import type { Source } from './source.ts'
import { lineOf, walk } from './source.ts'

const FILE_LINES_MAX = 400
const FILE_LINES_MEDIAN_MAX = 80
const FUNCTION_LINES_MAX = 70
const COLUMNS_MAX = 140
const HEADER_LINES_MAX = 5

/** Drawers: whatever lies in them has a better name. */
const DRAWERS = /(^|[-/])(util|utils|helper|helpers|common|misc|manager|shared|index)([-./]|$)/

const FUNCTIONS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
])

const TEXTS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateHead,
  SyntaxKind.TemplateMiddle,
  SyntaxKind.TemplateTail,
])

export const fileNames: Rule = (sources) =>
  sources.flatMap(({ path }) => {
    const drawer = DRAWERS.exec(path)
    if (drawer) return [{ path, line: 1, message: `"${drawer[2]}" says nothing; name the file for its main export, a singular noun` }]
    const stem = basename(path).replace(/(\.test|\.config|\.d)?\.tsx?$/, '')
    if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(stem)) return []
    return [{ path, line: 1, message: 'file names are kebab-case: lower case, words joined by "-"' }]
  })

export const typeNames: Rule = (sources) =>
  sources.flatMap((source) => {
    const findings: Finding[] = []
    walk(source.tree, (node) => {
      if (!isInterfaceDeclaration(node) && !isTypeAliasDeclaration(node) && !isClassDeclaration(node)) return
      const name = node.name?.text ?? ''
      if (!/^I[A-Z][a-z]|Impl$/.test(name)) return
      findings.push({
        path: source.path,
        line: lineOf(source, node),
        message: `${name}: no I… and no …Impl; say what tells it from others`,
      })
    })
    return findings
  })

export const barrels: Rule = (sources) =>
  sources.filter(isProduct).flatMap(({ path, tree }) => {
    const passes = tree.statements.filter((statement) => statement.kind === SyntaxKind.ExportDeclaration)
    if (passes.length === 0 || passes.length < tree.statements.length) return []
    return [{ path, line: 1, message: 'only passes on what other files export; import from those' }]
  })

export const fileLength: Rule = (sources) =>
  sources.flatMap((source) => {
    const lines = lengthOf(source)
    if (lines <= FILE_LINES_MAX) return []
    return [{ path: source.path, line: FILE_LINES_MAX + 1, message: `${lines} lines, at most ${FILE_LINES_MAX}; split it by nouns` }]
  })

export const median: Rule = (sources) => {
  const lengths = sources.filter(isProduct).map(lengthOf)
  const middle = lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 0
  if (middle <= FILE_LINES_MEDIAN_MAX) return []
  return [
    {
      path: 'src',
      line: 1,
      message: `the median file has ${middle} lines, at most ${FILE_LINES_MEDIAN_MAX}; split the files that do two things`,
    },
  ]
}

/** Texts do not count: a sentence that is cut in two is harder to find and to translate. */
export const columns: Rule = (sources) =>
  sources.flatMap((source) => {
    const tooLong = source.lines.flatMap((line, index) => ([...line].length > COLUMNS_MAX ? [index] : []))
    if (tooLong.length === 0) return []
    const texts = textColumns(source)
    return tooLong
      .filter((index) => (source.lines[index]?.length ?? 0) - (texts.get(index) ?? 0) > COLUMNS_MAX)
      .map((index) => ({ path: source.path, line: index + 1, message: `more than ${COLUMNS_MAX} columns; break the line` }))
  })

/** How much of each line, counted from 0, is in strings and templates. */
function textColumns(source: Source): Map<number, number> {
  const columnsOf = new Map<number, number>()
  walk(source.tree, (node) => {
    if (!TEXTS.has(node.kind)) return
    const first = source.tree.getLineAndCharacterOfPosition(node.getStart()).line
    for (const [index, text] of node.getText().split('\n').entries())
      columnsOf.set(first + index, (columnsOf.get(first + index) ?? 0) + text.length)
  })
  return columnsOf
}

/** Tests are told apart by their callbacks, and a suite may be long. */
export const functionLength: Rule = (sources) =>
  sources
    .filter((source) => !source.path.endsWith('.test.ts'))
    .flatMap((source) => {
      const findings: Finding[] = []
      walk(source.tree, (node) => {
        if (!FUNCTIONS.has(node.kind)) return
        const line = lineOf(source, node)
        const lines = source.tree.getLineAndCharacterOfPosition(node.getEnd()).line + 2 - line
        if (lines <= FUNCTION_LINES_MAX) return
        findings.push({
          path: source.path,
          line,
          message: `a function of ${lines} lines, at most ${FUNCTION_LINES_MAX}; give its parts names`,
        })
      })
      return findings
    })

export const headers: Rule = (sources) =>
  sources.filter(isProduct).flatMap(({ path, tree }) => {
    const comment = /^(?:#!.*\n)?(\/\*\*?[\s\S]*?\*\/|(?:\/\/.*\n)+)/.exec(tree.text)?.[1]
    if (!comment) return [{ path, line: 1, message: 'open the file with one to five lines: what it is, which RFC section, what it is not' }]
    const lines = comment.split('\n').filter((line) => /[A-Za-z]/.test(line)).length
    if (lines <= HEADER_LINES_MAX) return []
    return [
      {
        path,
        line: 1,
        message: `an opening of ${lines} lines, at most ${HEADER_LINES_MAX}; the rest belongs beside the code or into docs/`,
      },
    ]
  })

function lengthOf({ lines }: Source): number {
  return lines.at(-1) === '' ? lines.length - 1 : lines.length
}

function isProduct(source: Source): boolean {
  return source.path.startsWith('src/')
}

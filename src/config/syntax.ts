/** Errors of YAML's own grammar in plain words: what is usually wrong where the parser stumbles. */
import { type Document, Scalar, visit, type YAMLError } from 'yaml'
import { quote } from './parsed.ts'

export type SyntaxFinding = { readonly start: number; readonly end: number; readonly message: string; readonly suggestion: string | null }

/** Nobody mends more at a time. */
const SHOWN_MAX = 20

/** The first error of each line. What the parser says after it has lost the thread is left out. */
export function explainSyntax(document: Document.Parsed, text: string): SyntaxFinding[] {
  const findings: SyntaxFinding[] = []
  const lines = new Set<number>()
  for (const error of [...document.errors, ...document.warnings]) {
    const lineStart = text.lastIndexOf('\n', error.pos[0] - 1)
    const isEcho = lines.has(lineStart) || (findings.length > 0 && / in YAML stream/.test(error.message))
    if (!isEcho) findings.push(explain(error, document, text))
    lines.add(lineStart)
    if (findings.length === SHOWN_MAX) break
  }
  return findings
}

function explain(error: YAMLError, document: Document.Parsed, text: string): SyntaxFinding {
  const [start, end] = error.pos
  const at = { start, end, suggestion: null }
  const line = lineAround(text, start)
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { ...at, message: 'a tab in the indentation. YAML takes only spaces there.' }
    case 'MISSING_CHAR':
      return explainUnclosed(error, document, text)
    case 'BAD_INDENT':
      if (error.message.startsWith('Flow')) return explainOpen(error, document, text)
      return { ...at, start: firstInk(text, start), message: 'this line begins in another column than the keys it belongs to.' }
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return explainColons(at, line, text)
    case 'BAD_SCALAR_START':
    case 'BAD_ALIAS':
      return { ...at, ...suggestQuotes(text, start, `a value cannot begin with ${text[start]} unless it stands in quotes.`) }
    case 'UNEXPECTED_TOKEN':
      return explainUnexpected(at, line, text)
    case 'MULTIPLE_DOCS':
      return { ...at, message: 'a second document begins here ("---"). A configuration is one document.' }
    case 'TAG_RESOLVE_FAILED':
      return { ...at, message: `the tag ${quote(text.slice(start, end))} means nothing here. Leave it out.` }
    case 'NON_STRING_KEY':
      return { ...at, message: 'a key has to be a single word.' }
    case 'RESOURCE_EXHAUSTION':
      return { ...at, message: 'nested too deeply.' }
    default:
      return { ...at, message: `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}.` }
  }
}

/** The parser notices a missing quote only at the end of the file; people need to know where it was opened. */
function explainUnclosed(error: YAMLError, document: Document.Parsed, text: string): SyntaxFinding {
  let [start, end] = error.pos
  visit(document, {
    Scalar(_, node) {
      const isQuoted = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE
      if (isQuoted && node.range != null && node.range[0] < start && node.range[1] >= start)
        [start, end] = [node.range[0], node.range[0] + 1]
    },
  })
  const opened = text[start]
  const isQuote = opened === '"' || opened === "'"
  const message = isQuote ? `this ${opened} is never closed.` : `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}.`
  return { start, end, message, suggestion: null }
}

/** Brackets and braces, too, are missed only where the next key begins. */
function explainOpen(error: YAMLError, document: Document.Parsed, text: string): SyntaxFinding {
  let [start, end] = error.pos
  visit(document, {
    Collection(_, node) {
      if (node.flow === true && node.range != null && node.range[0] < error.pos[0] && node.range[2] >= error.pos[0])
        [start, end] = [node.range[0], node.range[0] + 1]
    },
  })
  return { start, end, message: `this ${text[start]} is never closed.`, suggestion: null }
}

type At = { readonly start: number; readonly end: number; readonly suggestion: null }

function explainColons(at: At, line: string, text: string): SyntaxFinding {
  const end = text.indexOf('\n', at.start)
  const isOnOneLine = (line.match(/:(?=\s|$)/g) ?? []).length > 1
  if (isOnOneLine) return { ...at, ...suggestQuotes(text, at.start, 'a value that contains ": " has to stand in quotes.') }
  if (!line.includes(':')) return { ...at, end, message: `there is no colon after ${quote(line.trim())}.`, suggestion: `${line.trim()}:` }
  return { ...at, message: 'the line below is indented further than this one, which already has its value.' }
}

function explainUnexpected(at: At, line: string, text: string): SyntaxFinding {
  const value = /^\s*(?:- )?(?:[^\s:#]+:\s+)?(\[[^\]]*\]:\d+)\s*$/.exec(line)?.[1]
  if (value !== undefined) return { ...at, message: 'an address with brackets has to stand in quotes.', suggestion: `"${value}"` }
  const variable = /(?<!["'])\$\{[^}]*\}(?!["'])/.exec(line)?.[0]
  if (variable !== undefined)
    return { ...at, message: 'within braces or brackets, a variable has to stand in quotes.', suggestion: `"${variable}"` }
  return {
    ...at,
    message: `${quote(text.slice(at.start, at.end).trim() || text[at.start] || '')} is not expected here. A value with any of [ ] { } , : # in it has to stand in quotes.`,
  }
}

function suggestQuotes(text: string, start: number, message: string): { message: string; suggestion: string | null } {
  const rest = /^[^\n\r]*/
    .exec(text.slice(start))![0]
    .replace(/\s+#.*$/, '')
    .trim()
  const isPlain = rest !== '' && !/["'\\[\]{},]/.test(rest)
  return { message, suggestion: isPlain ? `"${rest}"` : null }
}

function lineAround(text: string, offset: number): string {
  const end = text.indexOf('\n', offset)
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, end === -1 ? text.length : end).replace(/\r$/, '')
}

function firstInk(text: string, offset: number): number {
  return offset + /^[ \t]*/.exec(text.slice(offset))![0].length
}

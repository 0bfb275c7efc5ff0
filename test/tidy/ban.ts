/** What may not be written, each with what to write instead. */
import type { Node } from 'typescript/unstable/ast'
import { SyntaxKind } from 'typescript/unstable/ast'
import { isCallExpression, isHeritageClause, isIdentifier, isNewExpression, isPropertyAccessExpression } from 'typescript/unstable/ast/is'
import type { Finding, Rule } from './rule.ts'
import type { Source } from './source.ts'
import { folderOf, lineOf, walk } from './source.ts'

/** The folders that every request runs through. */
const HOT = ['std', 'http', 'causes', 'wire', 'net', 'gateway']

const CLOCK = 'ask the clock you were handed (std/clock.ts), so that tests can move it'
const WHEEL = 'arm a Timer on the wheel (std/wheel.ts): one Node timer serves all, and tests can move it'
const JSON_TEXT = 'write the text by hand, or do it in a cold file and list that in ALLOWED in test/tidy/ban.ts'

const BANNED: Readonly<Record<string, string>> = {
  setTimeout: WHEEL,
  setInterval: WHEEL,
  'Date.now': CLOCK,
  'performance.now': CLOCK,
  'new Date()': CLOCK,
  'new URL': 'cut the target by indexOf and slice; a URL object costs more than the rest of the request',
  'JSON.parse': JSON_TEXT,
  'JSON.stringify': JSON_TEXT,
}

/** Where a banned thing is right, and why. */
const ALLOWED: readonly { readonly path: string; readonly name: string; readonly why: string }[] = [
  { path: 'src/std/clock.ts', name: 'Date.now', why: 'it is the clock' },
  { path: 'src/std/clock.ts', name: 'performance.now', why: 'it is the clock' },
  { path: 'src/std/wheel.ts', name: 'setInterval', why: 'it is the wheel' },
  { path: 'src/gateway/respond/problem.ts', name: 'JSON.stringify', why: 'an error answer; failure may be rich' },
  { path: 'src/gateway/gateway.ts', name: 'JSON.stringify', why: 'compares plans, only when the plan changes' },
]

export const bannedCalls: Rule = (sources) =>
  uses(sources).flatMap(({ source, node, name }) => {
    if (ALLOWED.some((entry) => entry.path === source.path && entry.name === name)) return []
    return [{ path: source.path, line: lineOf(source, node), message: `${name} in a hot folder: ${BANNED[name]}` }]
  })

export const staleAllowances: Rule = (sources) =>
  ALLOWED.filter(({ path, name }) => !uses(sources).some((use) => use.source.path === path && use.name === name)).map(({ path, name }) => ({
    path,
    line: 1,
    message: `does not use ${name} any more; take it out of ALLOWED in test/tidy/ban.ts`,
  }))

export const consoles: Rule = (sources) =>
  look(sources, (node, source) => {
    if (!source.path.startsWith('src/') || folderOf(source.path) === 'cli' || !isPropertyAccessExpression(node)) return null
    return node.expression.getText() === 'console' ? 'only src/cli prints; log, or return what there is to say' : null
  })

export const environment: Rule = (sources) =>
  look(sources, (node, source) => {
    if (!source.path.startsWith('src/') || ['config', 'cli'].includes(folderOf(source.path)) || !isPropertyAccessExpression(node))
      return null
    if (/^process\.env\b.*NO_COLOR/.test(node.parent.getText())) return null
    return node.getText() === 'process.env' ? 'only the configuration reads the environment; make it a key of gatewell.yaml' : null
  })

export const inheritance: Rule = (sources) =>
  look(sources, (node, source) => {
    if (!source.path.startsWith('src/') || !isHeritageClause(node) || node.token !== SyntaxKind.ExtendsKeyword) return null
    if (node.parent.kind === SyntaxKind.InterfaceDeclaration) return null
    return /^extends \w*Error$/.test(node.getText()) ? null : 'classes do not inherit, except from Error; hold the other as a field'
  })

export const privacy: Rule = (sources) =>
  look(sources, (node, source) => {
    if (!source.path.startsWith('src/')) return null
    if (node.parent.kind === SyntaxKind.Constructor) return null
    const isHidden = node.kind === SyntaxKind.PrivateKeyword || node.kind === SyntaxKind.ProtectedKeyword
    return isHidden ? 'private is a #name: hidden at run time too' : null
  })

const MARKER = new RegExp(`(//|\\*).*\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`)

export const markers: Rule = (sources) =>
  sources.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) =>
      MARKER.test(line) ? [{ path, line: index + 1, message: 'do it now, or file an issue and take the note out' }] : [],
    ),
  )

function uses(sources: readonly Source[]): { source: Source; node: Node; name: string }[] {
  return sources
    .filter((source) => HOT.includes(folderOf(source.path)))
    .flatMap((source) => {
      const found: { source: Source; node: Node; name: string }[] = []
      walk(source.tree, (node) => {
        const name = banned(node)
        if (name !== null) found.push({ source, node, name })
      })
      return found
    })
}

function banned(node: Node): string | null {
  if (isPropertyAccessExpression(node)) return known(node.getText().replace(/^globalThis\./, ''))
  if (isCallExpression(node) && isIdentifier(node.expression)) return known(node.expression.text)
  if (!isNewExpression(node)) return null
  const name = `new ${node.expression.getText()}`
  return name === 'new Date' && (node.arguments?.length ?? 0) === 0 ? 'new Date()' : known(name)
}

function known(name: string): string | null {
  return Object.hasOwn(BANNED, name) ? name : null
}

/** One finding for each node that `judge` has something to say about. */
function look(sources: readonly Source[], judge: (node: Node, source: Source) => string | null): Finding[] {
  return sources.flatMap((source) => {
    const findings: Finding[] = []
    walk(source.tree, (node) => {
      const message = judge(node, source)
      if (message !== null) findings.push({ path: source.path, line: lineOf(source, node), message })
    })
    return findings
  })
}

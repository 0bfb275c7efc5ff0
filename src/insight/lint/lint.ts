/**
 * Reads configurations of servers that stand one behind the other, and finds what leads to an error of a gateway: a cause, the two settings
 * that disagree, and the change to make. Pure: texts in, findings out. The rules are in `rule-table.ts`.
 */

import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { hideCredentials } from '../../config/parsed.ts'
import type { Place } from '../dialect/directive.ts'
import type { ServerName } from '../dialect/setting-default.ts'
import { isAtLeast } from '../dialect/version.ts'
import { type Chain, forgeChain, type LintFacts } from './chain.ts'
import { growTrees, type SourceFile } from './config-tree.ts'
import type { Hit, Rule, Severity } from './rule.ts'
import { RULES } from './rule-table.ts'

export type FindingPlace = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly length: number
  /** The line itself. */
  readonly source: string
}

export type LintFinding = FindingPlace & {
  readonly rule: string
  readonly cause: KnownCauseId
  readonly severity: Severity
  readonly message: string
  /** The setting that disagrees. */
  readonly other: FindingPlace | null
  readonly fix: string
  /** Lines to take out at a place and to put in there; where none is taken out, they go below it. */
  readonly change: {
    readonly file: string
    readonly line: number
    readonly remove: readonly string[]
    readonly add: readonly string[]
  } | null
}

export type LintReport = {
  readonly files: readonly {
    readonly path: string
    readonly format: ServerName | null
    /** What could not be read there. */
    readonly unread: readonly { readonly line: number; readonly message: string }[]
  }[]
  readonly findings: readonly LintFinding[]
}

/** A file that is of no use is known as such by then. */
const UNREAD_MAX = 50
/** The same thing again and again says no more. */
const FINDINGS_MAX = 200

const NO_FACTS: LintFacts = { versions: {}, memoryBytes: null, somaxconn: null, isConnectForbidden: false, edge: null }

export function lint(sources: readonly SourceFile[], facts: Partial<LintFacts> = {}): LintReport {
  const { files, trees } = growTrees(sources)
  const chain = forgeChain(trees, { ...NO_FACTS, ...facts })
  const lines = new Map(files.map(({ path, text }) => [path, text.split(/\r?\n/)]))
  const findings = RULES.flatMap((rule) =>
    [...rule.find(chainFor(rule, chain))].slice(0, FINDINGS_MAX).map((hit) => findingOf(rule, hit, lines)),
  )
  const order = new Map(files.map(({ path }, index) => [path, index]))
  return {
    files: files.map(({ path, format, misreads }) => ({
      path,
      format,
      unread: misreads.slice(0, UNREAD_MAX).map(({ place, message }) => ({ line: place.line, message })),
    })),
    findings: unique(findings).sort((a, b) => order.get(a.file)! - order.get(b.file)! || a.line - b.line || a.column - b.column),
  }
}

/** Servers of a version that the rule is not about are left out. */
function chainFor({ server, since, until }: Rule, chain: Chain): Chain {
  if (since === undefined && until === undefined) return chain
  const fits = ({ version }: { readonly version: string | null }): boolean =>
    (since === undefined || isAtLeast(version, since)) && (until === undefined || !isAtLeast(version, until))
  return server === 'chain' || !(server in chain) ? chain : { ...chain, [server]: chain[server as 'nginx'].filter(fits) }
}

type Lines = ReadonlyMap<string, readonly string[]>

function findingOf({ id, cause, severity }: Rule, { place, other, message, fix, change }: Hit, lines: Lines): LintFinding {
  return {
    rule: id,
    cause,
    severity,
    ...locate(place, lines),
    message: message.replace(/^the /, 'The '),
    other: other === undefined ? null : locate(other, lines),
    fix,
    change:
      change === undefined
        ? null
        : {
            file: change.place.file,
            line: change.place.line,
            remove: change.isReplacing ? [sourceOf(change.place, lines).trim()] : [],
            add: change.lines,
          },
  }
}

function locate(place: Place, lines: Lines): FindingPlace {
  const { file, line, column, length } = place
  return { file, line, column, length, source: sourceOf(place, lines) }
}

function sourceOf({ file, line }: Place, lines: Lines): string {
  return hideCredentials(lines.get(file)?.[line - 1] ?? '')
}

/** A file that is included twice is told of once. */
function unique(findings: readonly LintFinding[]): LintFinding[] {
  const seen = new Set<string>()
  return findings.filter((finding) => {
    const key = JSON.stringify([finding.rule, finding.file, finding.line, finding.column, finding.message])
    return !seen.has(key) && seen.add(key)
  })
}

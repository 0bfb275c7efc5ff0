/** Every rule finds its bad configuration, and is content with the good one, in which nothing else is wrong either. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { KNOWN_CAUSES } from '../../src/causes/foreign-catalogue.ts'
import { type LintFinding, lint } from '../../src/insight/lint/lint.ts'
import { RULES } from '../../src/insight/lint/rule-table.ts'
import { GOLDEN, readGolden } from './golden-config.ts'

function findingsOf(folder: string): readonly LintFinding[] {
  const { files, facts } = readGolden(folder)
  const report = lint(files, facts)
  expect(report.files.filter(({ unread }) => unread.length > 0)).toEqual([])
  return report.findings
}

const say = ({ rule, file, line, message, other, fix, change }: LintFinding): string =>
  [
    `${rule} ${file}:${line} ${message}`,
    ...(other === null ? [] : [`  with ${other.file}:${other.line} ${other.source.trim()}`]),
    `  ${fix}`,
    ...(change === null
      ? []
      : [`  at ${change.file}:${change.line}`, ...change.remove.map((l) => `  - ${l}`), ...change.add.map((l) => `  + ${l}`)]),
  ].join('\n')

describe('a rule', () => {
  test.each(RULES.map(({ id }) => id))('%s finds what is bad, and nothing in what is good', (id) => {
    const bad = findingsOf(`rule/${id}/bad`)
    expect(bad.map(({ rule }) => rule)).toContain(id)
    expect(bad.filter(({ rule }) => rule !== id).map(say)).toEqual([])
    expect(findingsOf(`rule/${id}/good`).map(say)).toEqual([])
    expect(bad.map(say).join('\n')).toMatchSnapshot()
  })

  test('has a golden folder, and each folder has a rule', () => {
    expect(readdirSync(join(GOLDEN, 'rule')).sort()).toEqual(RULES.map(({ id }) => id).sort())
  })

  test.each(RULES)('$id names a cause that there is, and says everything in sentences', ({ id, cause, compares, because }) => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/)
    expect(Object.keys(KNOWN_CAUSES)).toContain(cause)
    expect(compares).toMatch(/^[^A-Z].*[^.]$|^[A-Z].*[^.]$/)
    expect(because).toMatch(/\.$/)
  })
})

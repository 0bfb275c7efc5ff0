/** The linter as an operation of the admin address: what it takes, what it refuses, and that its answer is what its schema says. */
import { expect, test } from 'vitest'
import { LintInputSchema, LintReportSchema, lintInput } from '../../src/control/admin/lint-report.ts'
import { OPERATIONS } from '../../src/control/admin/operation-table.ts'
import { readGolden } from './golden-config.ts'

const { files } = readGolden('rule/nginx-localhost/bad')

test('its answer keeps its schema, and notes come only when asked for', async () => {
  const report = await lintInput(LintInputSchema.parse({ files, notes: true }))
  expect(LintReportSchema.parse(report)).toEqual(report)
  expect(report.findings.map(({ rule }) => rule)).toEqual(['nginx-localhost'])
  expect((await lintInput(LintInputSchema.parse({ files }))).findings).toEqual([])
})

test('it is told of versions, memory and what is in front', async () => {
  const golden = readGolden('rule/edge-keeps-longer/bad')
  const input = LintInputSchema.parse({ files: golden.files, behind: 'alb', versions: { nginx: '1.29.8' }, memoryBytes: 2 ** 30 })
  expect((await lintInput(input)).findings.map(({ rule }) => rule)).toEqual(['edge-keeps-longer'])
})

test.each([[{ files: [] }], [{ files: [{ path: '', text: '' }] }], [{ files, behind: 'nobody' }], [{ files, memoryBytes: -1 }]])(
  'it refuses %j',
  (input) => {
    expect(LintInputSchema.safeParse(input).success).toBe(false)
  },
)

test('it needs no gateway, and its input is bounded', () => {
  expect(OPERATIONS.lint).toMatchObject({ effect: 'read', isApart: true, bodyBytesMax: 2 * 1024 * 1024 })
})

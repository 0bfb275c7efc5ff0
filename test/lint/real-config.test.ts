/** Configurations of the real world: all of them are read, and what the linter says of them has been looked through, each line. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lint } from '../../src/insight/lint/lint.ts'
import { GOLDEN, readGolden } from './golden-config.ts'

/** The files in a folder belong together, but Caddy's and HAProxy's examples are each by itself. */
function* groups(): Generator<{ name: string; files: ReturnType<typeof readGolden>['files'] }> {
  for (const folder of readdirSync(join(GOLDEN, 'real')).filter((name) => name !== 'README.md')) {
    const files = readGolden(`real/${folder}`).files
    const single = files.filter(({ path }) => /^(?:adapt|examples)\//.test(path))
    yield { name: folder, files: files.filter((file) => !single.includes(file)) }
    for (const file of single) yield { name: `${folder}/${file.path}`, files: [file] }
  }
}

const reports = [...groups()].map(({ name, files }) => ({ name, report: lint(files) }))

test('are all recognised, and read to the last line', () => {
  const strange = reports.flatMap(({ name, report }) =>
    report.files
      .filter(({ format, unread }) => format === null || unread.length > 0)
      .map(({ path, format, unread }) => `${name} ${path} ${format} ${unread.map(({ line, message }) => `${line}: ${message}`)}`),
  )
  expect(reports.length).toBeGreaterThan(90)
  expect(strange).toEqual([])
})

test('have these findings, each of them true', () => {
  const said = reports.flatMap(({ name, report }) =>
    report.findings
      .filter(({ severity }) => severity !== 'note')
      .map(({ rule, severity, file, line, message }) => `${name} ${file}:${line} ${severity} ${rule}: ${message}`),
  )
  expect(said).toMatchInlineSnapshot(`
    [
      "haproxy/examples/basic-config-edge.cfg examples/basic-config-edge.cfg:103 warning haproxy-no-redispatch: Visitors belong to one server (cookie app1), and retries stay with it.",
      "haproxy/examples/option-http_proxy.cfg examples/option-http_proxy.cfg:7 warning haproxy-descriptors: HAProxy may open 16384 descriptors, and is to have 20000 connections with two each.",
    ]
  `)
})

test('have these notes', () => {
  const notes = reports.flatMap(({ name, report }) =>
    report.findings.filter(({ severity }) => severity === 'note').map(({ rule, file, line }) => `${name} ${file}:${line} ${rule}`),
  )
  expect(notes).toMatchSnapshot()
})

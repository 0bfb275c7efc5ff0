/** Writes docs/reference/ from the tables of the code: `npm run docs`. Each generator gives pages; a test fails when one is stale. */
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeConfigPage, makeJsonSchema } from '../src/config/reference.ts'
import { makeAlertSchema } from '../src/control/alert/form/json-form.ts'
import { makeMetricsPage, makeRecordPage } from '../src/gateway/observe/reference.ts'
import type { Page } from './page.ts'
import { causePages } from './reference-cause.ts'
import { demandPage } from './reference-demand.ts'
import { diagnosisPage } from './reference-diagnosis.ts'
import { lintPages } from './reference-lint.ts'

export const FOLDER = join(import.meta.dirname, 'reference')

/** All of docs/reference/. Whoever owns a table adds its pages here. */
export function allPages(): Page[] {
  return [
    ...causePages(),
    demandPage(),
    diagnosisPage(),
    ...lintPages(),
    { path: 'config.md', text: makeConfigPage() },
    { path: 'metrics.md', text: makeMetricsPage() },
    { path: 'record.md', text: makeRecordPage() },
    { path: 'alert.schema.json', text: `${JSON.stringify(makeAlertSchema(), null, 2)}\n` },
    { path: 'gatewell.schema.json', text: `${JSON.stringify(makeJsonSchema(), null, 2)}\n` },
  ]
}

/** The files that are there, by path from docs/reference/. */
export function presentPaths(): string[] {
  return globSync('**/*.*', { cwd: FOLDER })
}

if (import.meta.main) {
  const pages = allPages()
  for (const path of presentPaths()) if (!pages.some((page) => page.path === path)) rmSync(join(FOLDER, path))
  for (const { path, text } of pages) {
    mkdirSync(dirname(join(FOLDER, path)), { recursive: true })
    writeFileSync(join(FOLDER, path), text)
  }
}

/** The configurations of test/golden/lint: for each rule a bad and a good one, with what no file says in options.json. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LintFacts } from '../../src/insight/lint/chain.ts'
import type { SourceFile } from '../../src/insight/lint/config-tree.ts'

export const GOLDEN = join(import.meta.dirname, '../golden/lint')

export type Golden = { readonly files: readonly SourceFile[]; readonly facts: Partial<LintFacts> }

export function readGolden(folder: string): Golden {
  const paths = globSync('**/*', { cwd: join(GOLDEN, folder), withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(GOLDEN, folder).length + 1))
    .sort()
  const files = paths
    .filter((path) => path !== 'options.json')
    .map((path) => ({ path, text: readFileSync(join(GOLDEN, folder, path), 'utf8') }))
  const facts = paths.includes('options.json')
    ? (JSON.parse(readFileSync(join(GOLDEN, folder, 'options.json'), 'utf8')) as Partial<LintFacts>)
    : {}
  return { files, facts }
}

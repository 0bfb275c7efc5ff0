/** `npm run demands`: runs the tests that the table of demands names, keeps what their clients saw, and renews docs/reference/. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { DEMANDS } from './demand.ts'
import { proofsOf } from './proof.ts'

const root = join(import.meta.dirname, '..')
const files = new Set(DEMANDS.flatMap((demand) => proofsOf(demand).map(({ file }) => `test/${file}`)))
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const options = ['--reporter=default', '--reporter=./test/setup/demand-reporter.ts', '--no-file-parallelism']

for (const words of [[vitest, 'run', ...files, ...options], ['docs/generate.ts']]) {
  const { status } = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit', timeout: 600_000 })
  if (status !== 0) process.exitCode = 1
}

/** Counts the tests for `test/run`, which prints the line. A file that does not load and an error outside of any test count as failed. */
import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

export default class Counter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state !== 'skipped') failed++
      }
    }
    const path = process.env.GATEWELL_TEST_COUNT
    if (path) writeFileSync(path, `${passed} passed, ${failed} failed\n`)
  }
}

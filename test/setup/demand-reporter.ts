/**
 * Writes test/results.json, from which docs/reference/demands.md says how well each demand is kept. Only on demand: `npm run demands`,
 * which runs no more than the files that the table of demands names.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { DEMANDS } from '../demand.ts'
import { keyOf, type Proof, proofsOf, RESULTS, type Results, TESTS, type Verdict } from '../proof.ts'

export default class DemandReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const results: Results = {}
    for (const proof of DEMANDS.flatMap(proofsOf)) {
      const module = modules.find(({ moduleId }) => moduleId === join(TESTS, proof.file))
      results[keyOf(proof)] = verdictOf([...(module?.children.allTests() ?? [])].filter((test) => isNamed(test, proof)))
    }
    writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`)
  }
}

/** By its own title or that of its group, in which `%s` stands for anything. */
function isNamed({ fullName }: TestCase, { test }: Proof): boolean {
  return new RegExp(test.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&').replace(/%[sid]/g, '.+')).test(fullName)
}

/** A test that this machine cannot run counts neither way. */
function verdictOf(tests: readonly TestCase[]): Verdict {
  const count = (state: string): number => tests.filter((test) => test.result().state === state).length
  const seen = tests.flatMap((test) => test.meta().seen ?? [])
  const verdict = { passed: count('passed'), failed: count('failed') + count('pending') }
  if (seen.length === 0) return verdict
  const sum = (key: 'requests' | 'answered'): number => seen.reduce((total, one) => total + one[key], 0)
  return { ...verdict, requests: sum('requests'), answered: sum('answered') }
}

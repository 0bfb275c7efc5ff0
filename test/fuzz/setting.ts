/**
 * How long the fuzzers run and from where. By default a fixed seed and few runs, so that CI is short and its verdict repeatable:
 *   FUZZ_RUNS=200000 npx vitest run test/fuzz          for longer
 *   FUZZ_SEED=… FUZZ_PATH=… npx vitest run test/fuzz   for the case that a failure printed
 */
import type { Parameters } from 'fast-check'

const SEED = 9_112

/** `runs`: how many by default; FUZZ_RUNS scales all properties alike, where 1,000 is the default. */
export function setting<T>(runs: number): Parameters<T> {
  const { FUZZ_RUNS, FUZZ_SEED, FUZZ_PATH } = process.env
  const numRuns = FUZZ_RUNS === undefined ? runs : Math.ceil((runs * Number(FUZZ_RUNS)) / 1_000)
  const seed = FUZZ_SEED === undefined ? SEED : Number(FUZZ_SEED)
  return { numRuns, seed, endOnFailure: false, ...(FUZZ_PATH === undefined ? {} : { path: FUZZ_PATH }) }
}

/** For vitest: as long as it takes when a run was asked for. */
export const TIMEOUT_MS = process.env.FUZZ_RUNS === undefined ? 15_000 : 3_600_000

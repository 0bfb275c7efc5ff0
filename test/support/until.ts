/** Waits for what other processes and the kernel do, in their own time. */
import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 8_000

/** Resolves to the first value that is not false, null or undefined; fails loudly when none comes. */
export async function until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>> {
  const end = performance.now() + PATIENCE_MS
  while (performance.now() < end) {
    const seen = await look()
    if (seen !== null && seen !== undefined && seen !== false) return seen
    await sleep(5)
  }
  throw new Error(`waited ${PATIENCE_MS / 1000} s in vain until ${what}`)
}

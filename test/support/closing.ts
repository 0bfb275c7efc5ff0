/** Closes at the end of a test what it has opened, the last first. */
import { afterEach } from 'vitest'

const open: { close(): unknown }[] = []

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

export function closing<T extends { close(): unknown }>(one: T): T {
  open.push(one)
  return one
}

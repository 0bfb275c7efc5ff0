/** How the tests run: as plain Node programs, one process a file, so that no test sees another's sockets or timers. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 10_000,
    setupFiles: ['./test/setup/seen.ts'],
    // A test left alone by accident would hide all others.
    allowOnly: false,
    reporters: ['default', './test/setup/reporter.ts'],
  },
})

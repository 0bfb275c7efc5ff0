/** How the tests run: as plain Node programs, one process a file, so that no test sees another's sockets or timers. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    pool: 'forks',
    // More than two cores' worth: most of what a scenario does is wait.
    maxWorkers: 3,
    testTimeout: 10_000,
    setupFiles: ['./test/setup/seen.ts'],
    // A test left alone by accident would hide all others.
    allowOnly: false,
    reporters: ['default', './test/setup/reporter.ts'],
  },
})

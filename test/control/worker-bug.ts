/** Preloaded into a worker by a test: SIGUSR2 is a bug. */
process.on('SIGUSR2', () => {
  throw new TypeError('a bug on purpose')
})

/** Preloaded into a worker by a test: SIGUSR2 is a bug, SIGWINCH takes all its memory. */
process.on('SIGUSR2', () => {
  throw new TypeError('a bug on purpose')
})

process.on('SIGWINCH', () => {
  const kept: string[][] = []
  for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => `${index} ${kept.length}`))
})

/** Waits for a server that was just started. */
import { connect } from 'node:net'
import type { Child } from './child.ts'

/** Resolves when the port of loopback takes connections; throws what the program said if it ends before that. */
export async function answering(port: number, child: Child): Promise<void> {
  let problem: Error | null = null
  const ended = child.ended.then(({ stdout, stderr }) => {
    problem = new Error(`ended before it listened:\n${stderr}${stdout}`)
  })
  while (!(await isOpen(port))) {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10))])
    if (problem !== null) throw problem
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

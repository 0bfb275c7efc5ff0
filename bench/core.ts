/** Which two cores the bench uses: load and origin on one, the proxy alone on the other. And that no other bench does. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type Cores = { readonly load: number; readonly proxy: number }

/** The first two that this process may use, and the bench itself moved to the first. Throws when there is only one. */
export function takeCores(): Cores {
  const list = /^Cpus_allowed_list:\s+(\S+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? ''
  const [load, proxy] = list.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.split('-').map(Number)
    return Array.from({ length: Math.min(to - from + 1, 2) }, (_, index) => from + index)
  })
  if (load === undefined || proxy === undefined) throw new Error('The bench needs two cores: one for the proxy, one for origin and load.')
  execFileSync('taskset', ['-a', '-c', '-p', `${load}`, `${process.pid}`], { stdio: 'pipe' })
  return { load, proxy }
}

/** A name that lasts as long as its process (unix(7), abstract sockets). */
const TURN = '\0gatewell-bench'

/** Two benches at once would measure each other, so a second one waits for the first to end. */
export async function takeTurn(onWait: () => void): Promise<void> {
  for (let isFirst = true; !(await holds(TURN)); isFirst = false) {
    if (isFirst) onWait()
    await sleep(1_000)
  }
}

async function holds(name: string): Promise<boolean> {
  const server = createServer().listen(name).unref()
  return once(server, 'listening').then(
    () => true,
    () => false,
  )
}

import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Child } from '../../test/support/child.ts'
import { Gatewell } from '../../test/support/gatewell.ts'
import { answerTo } from '../../test/support/http-request.ts'
import { unusedPort } from '../../test/support/raw-origin.ts'

const LIMIT_MS = 30_000
const VISITORS = 10

const stops: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

test(
  'both servers are killed and started again under traffic, and no visitor notices',
  async () => {
    const [one, two] = [String(await unusedPort()), String(await unusedPort())]
    const servers = [await start(one), await start(two)]
    const gatewell = await Gatewell.start(['run', '-c', join(import.meta.dirname, 'gatewell.yaml')], {
      env: { PORT_ONE: one, PORT_TWO: two },
    })
    stops.push(() => gatewell.stop())

    const seen: string[] = []
    let isOver = false
    const visitors = Array.from({ length: VISITORS }, async () => {
      while (!isOver) {
        const { status, body } = await answerTo(gatewell.port)
        seen.push(`${status} ${body}`)
      }
    })
    for (const [index, port] of [one, two, one, two].entries()) {
      const from = seen.length
      const server = servers[index % 2] as Child
      server.kill('SIGKILL')
      await server.ended
      await happens(() => seen.length > from + 100)
      servers[index % 2] = await start(port)
      // The other one may be killed only when the gateway has found this one again.
      const [pid] = [servers[index % 2]?.process.pid]
      await happens(() => seen.slice(from).some((line) => line.endsWith(`process ${pid}\n`)))
    }
    isOver = true
    await Promise.all(visitors)
    expect(seen.filter((line) => !line.startsWith('200 served by port'))).toEqual([])
    expect(seen.length).toBeGreaterThan(400)
  },
  LIMIT_MS,
)

async function start(port: string): Promise<Child> {
  const server = new Child([process.execPath, join(import.meta.dirname, 'server.js')], { env: { PORT: port } })
  stops.push(() => server.stop())
  await server.says(/the shop listens/)
  return server
}

async function happens(look: () => boolean): Promise<void> {
  while (!look()) await new Promise((resolve) => setTimeout(resolve, 10))
}

import { expect, test } from 'vitest'
import { RESOLVER } from '../../../src/config/defaults.ts'
import { SelfCheck } from '../../../src/control/health/self-check.ts'
import { createLog } from '../../../src/control/log.ts'
import { Dialer } from '../../../src/net/dial.ts'
import { Resolver } from '../../../src/net/resolver.ts'
import { ManualClock } from '../../../src/std/clock.ts'
import { Wheel } from '../../../src/std/wheel.ts'
import { closing } from '../../support/closing.ts'
import { startGateway } from '../../support/gateway.ts'
import { startOrigin, unusedPort } from '../../support/raw-origin.ts'
import { until } from '../../support/until.ts'

function startCheck() {
  const clock = new ManualClock()
  const wheel = new Wheel({ clock, isDriven: false })
  const said: string[] = []
  const log = createLog({ isTerminal: false, destination: { write: (line) => said.push(JSON.parse(line).msg) } })
  const dialer = new Dialer({ clock, wheel, resolver: new Resolver(RESOLVER, clock, wheel) })
  const check = new SelfCheck({ clock, tools: () => ({ clock, wheel, dialer }), log })
  closing({ close: () => check.stop() })
  const pass = (ms: number): void => {
    clock.advance(ms)
    wheel.advance()
  }
  return { check, said, pass }
}

test('a gateway that serves answers by itself, without an upstream and without a route', async () => {
  const gateway = closing(await startGateway({ endpoints: [await unusedPort()], routes: [] }))
  const { check, said, pass } = startCheck()
  check.watch([{ kind: 'tcp', host: '', port: gateway.port }])
  await until('it was asked twice', () => {
    pass(50)
    return gateway.finished.length === 2
  })
  for (const exchange of gateway.finished) expect(exchange).toMatchObject({ status: 204, cause: null, attempts: 0 })
  expect([check.problems, said]).toEqual([[], []])
})

test('a listener that takes connections and answers none is told of, until it answers again', async () => {
  let isStuck = true
  const listener = closing(
    await startOrigin(async (connection) => {
      if ((await connection.head()) !== null && !isStuck) connection.send('HTTP/1.1 204 No Content\r\n\r\n')
    }),
  )
  const { check, said, pass } = startCheck()
  check.watch([{ kind: 'tcp', host: '127.0.0.1', port: listener.port }])
  const sentence = `listener 127.0.0.1:${listener.port} does not serve: no answer within 3s.`
  await until('it is told of', () => {
    pass(500)
    return check.problems.length > 0
  })
  expect(check.problems).toEqual([`Its own ${sentence}`])
  isStuck = false
  await until('it serves', () => {
    pass(500)
    return check.problems.length === 0
  })
  expect(said).toEqual([`Gatewell's own ${sentence}`, `Gatewell's own listener 127.0.0.1:${listener.port} serves again.`])
})

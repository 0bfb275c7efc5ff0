import { describe, expect, test } from 'vitest'
import { closing } from '../../support/closing.ts'
import { type OriginConnection, startOrigin, unusedPort } from '../../support/raw-origin.ts'
import { until } from '../../support/until.ts'
import { endpointStatus, INTERVAL_MS, Monitored, upstreamStatus } from './monitored.ts'

/** An endpoint whose answer to `/up` can be switched. */
async function startApp() {
  const app = { status: 200, asked: 0 }
  const origin = closing(
    await startOrigin(async (connection: OriginConnection) => {
      if ((await connection.head()) === null) return
      app.asked++
      connection.send(`HTTP/1.1 ${app.status} -\r\nContent-Length: 0\r\n\r\n`)
    }),
  )
  return Object.assign(app, { port: origin.port })
}

/** How many probes have begun since. */
function countBegun({ monitor: { queue } }: Monitored): () => number {
  let begun = 0
  const enter = queue.enter.bind(queue)
  queue.enter = (one) => {
    begun++
    enter(one)
  }
  return () => begun
}

const HTTP = { kind: 'http', path: '/up' } as const

function workersSee(monitored: Monitored, ports: readonly number[], workers: readonly number[] = [1]): void {
  for (const worker of workers) monitored.monitor.see(worker, [upstreamStatus(ports.map((port) => endpointStatus(port)))])
}

describe('the monitor', () => {
  test('probes nothing before a worker has told its endpoints, then each once, however many workers there are', async () => {
    const app = await startApp()
    const monitored = closing(new Monitored([app.port], HTTP))
    monitored.advance(10 * INTERVAL_MS)
    expect(monitored.health(app.port)).toBe('gone')
    workersSee(monitored, [app.port], [1, 2, 3])
    await monitored.probed(app.port, 4)
    expect(app.asked).toBe(4)
  })

  test('spaces the probes by the interval, a tenth more or less', async () => {
    const app = await startApp()
    const monitored = closing(new Monitored([app.port], HTTP))
    const begun = countBegun(monitored)
    workersSee(monitored, [app.port])
    const gaps: number[] = []
    for (let ended = 1; ended <= 12; ended++) {
      await until('it has ended', () => monitored.probe(app.port)?.history.length === ended)
      const from = monitored.clock.now()
      while (begun() === ended) monitored.advance(20)
      gaps.push(monitored.clock.now() - from)
    }
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(INTERVAL_MS * 0.9)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(INTERVAL_MS * 1.1 + 20)
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(INTERVAL_MS * 0.1)
  })

  test('never has two probes of one endpoint under way', async () => {
    let open = 0
    let most = 0
    const origin = closing(
      await startOrigin(({ socket }) => {
        most = Math.max(most, ++open)
        socket.on('end', () => open--)
      }),
    )
    const monitored = closing(new Monitored([origin.port], { ...HTTP, intervalMs: 100, timeoutMs: 1_000 }))
    const begun = countBegun(monitored)
    workersSee(monitored, [origin.port])
    for (let ended = 1; ended <= 3; ended++) {
      while (begun() < ended) monitored.advance(20)
      await until('it is under way', () => open === 1)
      // Ten intervals long: nothing else begins.
      while ((monitored.probe(origin.port)?.history.length ?? 0) < ended) {
        expect(begun()).toBe(ended)
        monitored.advance(20)
      }
      await until('it is over', () => open === 0)
    }
    expect(most).toBe(1)
    expect(monitored.probe(origin.port)?.history[0]?.saw).toBe('no answer within 1s')
  })

  test('tells the workers when it changes its mind, and nothing else', async () => {
    const app = await startApp()
    const other = await startApp()
    const monitored = closing(new Monitored([app.port, other.port], HTTP))
    workersSee(monitored, [app.port, other.port])
    await monitored.probed(app.port, 2)
    await monitored.probed(other.port, 2)
    expect(monitored.told.map(({ health }) => health)).toEqual(['healthy', 'healthy'])
    app.status = 500
    await until('it is unhealthy', () => {
      monitored.advance(500)
      return monitored.health(app.port) === 'unhealthy'
    })
    const failed = monitored.probe(app.port)?.history.filter(({ ok }) => ok === false)
    expect(failed).toHaveLength(3)
    app.status = 200
    await until('it is healthy', () => {
      monitored.advance(500)
      return monitored.health(app.port) === 'healthy'
    })
    expect(monitored.told.slice(2)).toEqual([
      { upstream: 'app', endpoint: `http://127.0.0.1:${app.port}`, health: 'unhealthy' },
      { upstream: 'app', endpoint: `http://127.0.0.1:${app.port}`, health: 'healthy' },
    ])
    expect(monitored.said).toEqual([
      `app: http://127.0.0.1:${app.port} is unhealthy: 500 on /up; wanted 200-299. 1 of 2 endpoints is left.`,
      expect.stringMatching(/is healthy again after \d+(\.\d)? s: 200 on \/up\.$/),
    ])
  })

  test('counts probes by what came of them, and shows what it holds endpoints to be', async () => {
    const app = await startApp()
    const dead = await unusedPort()
    const monitored = closing(new Monitored([app.port, dead], HTTP))
    workersSee(monitored, [app.port, dead])
    await monitored.probed(dead, 3)
    const values = (metric: 'gatewell.probes' | 'gatewell.endpoint.health') =>
      Object.fromEntries((monitored.ledger.read().get(metric) ?? []).map(({ labels, values }) => [labels.join(' '), values[0]]))
    expect(values('gatewell.probes')['app connect-refused']).toBe(monitored.probe(dead)?.history.length)
    expect(values('gatewell.probes')['app passed']).toBeGreaterThan(0)
    expect(values('gatewell.endpoint.health')).toEqual({ [`app http://127.0.0.1:${app.port}`]: 1, [`app http://127.0.0.1:${dead}`]: 0 })
  })

  test('names the host that an endpoint was found by, unless the check names another', async () => {
    const hosts: string[] = []
    const origin = closing(
      await startOrigin(async (connection) => {
        hosts.push(/\r\nHost: (.*)\r\n/.exec((await connection.head()) ?? '')?.[1] ?? '')
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      }),
    )
    for (const [foundBy, host] of [
      ['shop.internal:3000', null],
      ['_http._tcp.shop.internal', null],
      ['shop.internal:3000', 'shop.test'],
    ] as const) {
      const monitored = closing(new Monitored([origin.port], { ...HTTP, host }))
      monitored.monitor.see(1, [upstreamStatus([endpointStatus(origin.port, { foundBy })])])
      await monitored.probed(origin.port, 1)
      monitored.close()
    }
    expect(hosts).toEqual(['shop.internal:3000', `127.0.0.1:${origin.port}`, 'shop.test'])
  })

  test('keeps the last 64 probes, and the last failure beyond them', async () => {
    const app = await startApp()
    app.status = 500
    const monitored = closing(new Monitored([app.port], HTTP))
    workersSee(monitored, [app.port])
    await monitored.probed(app.port, 1)
    app.status = 200
    await until('70 probes', () => {
      monitored.advance(INTERVAL_MS)
      return app.asked >= 70
    })
    const probe = monitored.probe(app.port)
    expect(probe?.history).toHaveLength(64)
    expect(probe?.history.every(({ ok }) => ok)).toBe(true)
    expect(probe?.lastFailure?.saw).toBe('500 on /up; wanted 200-299')
    expect(probe?.p50Ms).not.toBeNull()
  })

  test('looks more often, and believes one good probe, where no endpoint is healthy', async () => {
    const app = await startApp()
    app.status = 500
    const monitored = closing(new Monitored([app.port], HTTP))
    const begun = countBegun(monitored)
    workersSee(monitored, [app.port])
    await monitored.probed(app.port, 3)
    expect(monitored.health(app.port)).toBe('unhealthy')
    app.status = 200
    const before = begun()
    monitored.advance(INTERVAL_MS * 0.25 * 1.1 + 40)
    expect(begun()).toBe(before + 1)
    await until('it is healthy', () => monitored.health(app.port) === 'healthy')
  })
})

describe('when the set of endpoints or the plan changes, the monitor', () => {
  test('probes what has come, and forgets what no worker has any more', async () => {
    const [one, other] = [await startApp(), await startApp()]
    const monitored = closing(new Monitored([one.port], HTTP))
    workersSee(monitored, [one.port], [1, 2])
    await monitored.probed(one.port, 1)
    workersSee(monitored, [other.port], [1])
    await monitored.probed(other.port, 1)
    expect(monitored.health(one.port)).toBe('healthy')
    workersSee(monitored, [other.port], [2])
    expect(monitored.health(one.port)).toBe('gone')
  })

  test('keeps the history of an upstream whose check is the same', async () => {
    const app = await startApp()
    const monitored = closing(new Monitored([app.port], HTTP))
    workersSee(monitored, [app.port])
    await monitored.probed(app.port, 3)
    monitored.monitor.apply(monitored.plan([app.port], HTTP))
    expect(monitored.probe(app.port)?.history.length).toBeGreaterThanOrEqual(3)
    expect(monitored.health(app.port)).toBe('healthy')
  })

  test('begins anew with another check, and takes its verdict back', async () => {
    const app = await startApp()
    const monitored = closing(new Monitored([app.port], HTTP))
    workersSee(monitored, [app.port])
    await monitored.probed(app.port, 1)
    monitored.monitor.apply(monitored.plan([app.port], { ...HTTP, path: '/other' }))
    expect(monitored.told.at(-1)?.health).toBe('unknown')
    expect(monitored.probe(app.port)).toMatchObject({ asks: 'GET /other', history: [] })
    monitored.monitor.apply(monitored.plan([app.port], { kind: 'off' }))
    expect(monitored.probe(app.port)).toBeNull()
  })

  test('probes nothing without workers, and goes on with what it knows when one is back', async () => {
    const app = await startApp()
    const monitored = closing(new Monitored([app.port], HTTP))
    workersSee(monitored, [app.port])
    await monitored.probed(app.port, 2)
    const asked = app.asked
    monitored.monitor.forget(1)
    monitored.advance(10 * INTERVAL_MS)
    expect(monitored.wheel.armed).toBe(0)
    expect(monitored.health(app.port)).toBe('healthy')
    workersSee(monitored, [app.port], [2])
    await until('it is asked again', () => app.asked > asked)
    monitored.monitor.stop()
    workersSee(monitored, [app.port], [3])
    expect(monitored.wheel.armed).toBe(0)
  })
})

/** One endpoint is in trouble, another one is not: the visitor gets the answer of the other. */
import { describe, expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { type GatewaySetup, startGateway } from '../support/gateway.ts'
import { ask } from '../support/raw-client.ts'
import { type Script, serving, startOrigin, unusedPort } from '../support/raw-origin.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

/** Of two endpoints round robin takes the first one first. */
async function askBoth(bad: Script, setup: Partial<GatewaySetup> = {}) {
  const first = closing(await startOrigin(bad))
  const second = closing(await startOrigin(serving('good')))
  const upstream = { balance: 'round-robin' } as const
  const gateway = closing(
    await startGateway({ endpoints: [first.port, second.port], ...setup, upstream: { ...upstream, ...setup.upstream } }),
  )
  const answer = await ask(gateway.port, GET)
  const [finished] = await gateway.finishedCount(1)
  return { answer, finished, first, second }
}

const onRequest =
  (act: (connection: Parameters<Script>[0]) => void): Script =>
  async (connection) => {
    if ((await connection.head()) !== null) act(connection)
  }

describe('the visitor of a site gets a good answer although one endpoint', () => {
  const troubles: [string, Script, string][] = [
    ['resets the connection', onRequest((connection) => connection.reset()), 'reset-before-response'],
    ['closes the connection', onRequest((connection) => connection.end()), 'closed-before-response'],
    ['answers 502', onRequest((connection) => connection.send('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad')), 'upstream-5xx'],
    ['answers 503', onRequest((connection) => connection.send('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n')), 'upstream-overloaded'],
    ['answers 504 without end', onRequest((connection) => connection.send('HTTP/1.1 504 Slow\r\n\r\nbad')), 'upstream-5xx'],
  ]
  test.each(troubles)('%s', async (_, script, cause) => {
    const { answer, finished } = await askBoth(script)
    expect(answer).toMatchObject({ status: 200, body: Buffer.from('good') })
    expect(finished).toMatchObject({ status: 200, cause: null, attempts: 2, earlier: [cause] })
  })

  test('does not listen', async () => {
    const good = closing(await startOrigin(serving('good')))
    const endpoints = [await unusedPort(), good.port]
    const gateway = closing(await startGateway({ endpoints, upstream: { balance: 'round-robin' } }))
    expect((await ask(gateway.port, GET))?.status).toBe(200)
    expect(gateway.finished[0]).toMatchObject({ attempts: 2, earlier: ['connect-refused'] })
  })

  test('takes too long', async () => {
    const { answer, finished } = await askBoth(() => {}, { timeouts: { responseMs: 50 } })
    expect(answer?.status).toBe(200)
    expect(finished).toMatchObject({ attempts: 2, earlier: ['response-timeout'] })
  })
})

describe('an answer is no reason to ask elsewhere', () => {
  test.each([500, 501, 404, 429])('with status %i', async (status) => {
    const said = `HTTP/1.1 ${status} Something\r\nContent-Length: 4\r\n\r\nmine`
    const { answer, finished, second } = await askBoth(onRequest((connection) => connection.send(said)))
    expect(answer).toMatchObject({ status, body: Buffer.from('mine') })
    expect(finished?.attempts).toBe(1)
    expect(second.connections.length).toBe(0)
  })

  test('if the plan says so', async () => {
    const said = 'HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nmine'
    const { answer, finished } = await askBoth(
      onRequest((connection) => connection.send(said)),
      { retry: { on: ['connect'] } },
    )
    expect(answer).toMatchObject({ status: 503, body: Buffer.from('mine') })
    expect(finished).toMatchObject({ attempts: 1, cause: 'upstream-overloaded' })
  })
})

describe('when all endpoints are in trouble', () => {
  const reset = onRequest((connection) => connection.reset())

  test('there are two more attempts and no third, each at another endpoint', async () => {
    const origins = await Promise.all([1, 2, 3, 4, 5].map(async () => closing(await startOrigin(reset))))
    const gateway = closing(await startGateway({ endpoints: origins.map(({ port }) => port) }))
    const answer = await ask(gateway.port, GET)
    expect(answer?.status).toBe(502)
    expect(answer?.fields.get('proxy-status')).toContain('reset-before-response')
    expect(gateway.finished[0]).toMatchObject({ attempts: 3, cause: 'reset-before-response' })
    expect(origins.map(({ connections }) => connections.length).sort()).toEqual([0, 0, 1, 1, 1])
  })

  test('the answer with an error is passed on by the last one', async () => {
    const busy: Script = async (connection) => {
      while ((await connection.head()) !== null) connection.send('HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nRetry-After: 7\r\n\r\nbusy')
    }
    const origins = await Promise.all([1, 2].map(async () => closing(await startOrigin(busy))))
    const gateway = closing(await startGateway({ endpoints: origins.map(({ port }) => port) }))
    const answer = await ask(gateway.port, GET)
    expect(answer).toMatchObject({ status: 503, body: Buffer.from('busy') })
    expect(answer?.fields.get('retry-after')).toBe('7')
    // And no endpoint is asked twice: it has said that it has too much to do.
    expect(gateway.finished[0]).toMatchObject({ attempts: 2, cause: 'upstream-overloaded' })
  })

  test('one that is alone is not asked again while it is overloaded or slow', async () => {
    const busy = closing(
      await startOrigin(onRequest((connection) => connection.send('HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy'))),
    )
    const slow = closing(await startOrigin(() => {}))
    for (const { port } of [busy, slow]) {
      const gateway = closing(await startGateway({ endpoints: [port], timeouts: { responseMs: 50 } }))
      expect((await ask(gateway.port, GET))?.status).toBe(port === busy.port ? 503 : 504)
      expect(gateway.finished[0]?.attempts).toBe(1)
    }
  })

  test('the answer with an error is passed on, not replaced, when the budget for retries is spent', async () => {
    const said = 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\nmine'
    const { answer, finished } = await askBoth(
      onRequest((connection) => connection.send(said)),
      { retry: { budgetShare: 0, budgetMinPerSecond: 0 } },
    )
    expect(answer).toMatchObject({ status: 502, body: Buffer.from('mine') })
    expect(finished).toMatchObject({ attempts: 1, cause: 'upstream-5xx' })
  })

  test('retries switched off are off', async () => {
    const { answer, finished, second } = await askBoth(reset, { retry: { attempts: 1 } })
    expect(answer?.status).toBe(502)
    expect(finished?.attempts).toBe(1)
    expect(second.connections.length).toBe(0)
  })
})

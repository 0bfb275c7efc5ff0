/** The keep-alive race: a server closes idle connections without a word, just when they might be used again. */
import { Agent } from 'node:http'
import { expect, test } from 'vitest'
import { Random } from '../../src/std/random.ts'
import { closing } from '../support/closing.ts'
import { EarlyClosingOrigin } from '../support/early-closing-origin.ts'
import { startGateway } from '../support/gateway.ts'
import { answerTo } from '../support/http-request.ts'

const VISITORS = 32
const REQUESTS = 50

test.each([
  ['20 to 50 ms', 20, 50],
  ['0 to 3 ms', 0, 3],
])(
  'thousands of GETs and POSTs to a server that closes %s after each answer: none fails, no body is lost or sent twice',
  {
    timeout: 30_000,
  },
  async (_, minMs, maxMs) => {
    const origin = closing(await EarlyClosingOrigin.open(minMs, maxMs))
    const gateway = closing(await startGateway({ endpoints: [origin.port] }))
    const agent = new Agent({ keepAlive: true, maxSockets: VISITORS })
    closing({ close: () => agent.destroy() })
    const sent = new Map<string, { method: string; bodyBytes: number }>()
    const problems: string[] = []

    const visit = async (visitor: number): Promise<void> => {
      const random = new Random(1_000 + visitor)
      for (let i = 0; i < REQUESTS; i++) {
        const id = `${visitor}-${i}`
        const method = random.below(2) === 0 ? 'GET' : 'POST'
        const body = method === 'POST' ? 'x'.repeat(1 + random.below(8_000)) : ''
        sent.set(id, { method, bodyBytes: body.length })
        const answer = await answerTo(gateway.port, { method, headers: { 'X-Id': id }, body, agent }).catch((error: Error) => error)
        if (answer instanceof Error) problems.push(`${method} ${id}: ${answer.message}`)
        else if (answer.status !== 200) problems.push(`${method} ${id}: ${answer.status} ${answer.body}`)
        // Bursts, and pauses around the time at which the server closes.
        if (random.below(4) > 0) await new Promise((resolve) => setTimeout(resolve, random.below(60)))
      }
    }
    await Promise.all(Array.from({ length: VISITORS }, (_, visitor) => visit(visitor)))

    expect(problems).toEqual([])
    const served = await origin.served()
    expect(served.length).toBe(VISITORS * REQUESTS)
    for (const { id, method, bodyBytes } of served) expect({ method, bodyBytes }).toEqual(sent.get(id))
    expect(served.filter(({ method, times }) => method === 'POST' && times > 1)).toEqual([])
  },
)

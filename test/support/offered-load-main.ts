/**
 * A process: clients that come at a given rate whatever becomes of those before them, as visitors do. Its only word is a `Load` as
 * JSON; it says `{ [stream]: Outcome }` in the end. Time is counted from the first request.
 */
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Load, Outcome, Stream } from './offered-load.ts'

const load = JSON.parse(process.argv[2] as string) as Load
const agent = new Agent({ keepAlive: true })

const beganAt = performance.now()
const outcomes = await Promise.all(Object.entries(load.streams).map(async ([name, stream]) => [name, await offer(stream)] as const))
agent.destroy()
console.log(JSON.stringify(Object.fromEntries(outcomes)))

async function offer(stream: Stream): Promise<Outcome> {
  const outcome: Outcome = { sent: 0, answers: {}, causes: {}, ms: [], retryAfterS: [], broken: 0 }
  const open: Promise<void>[] = []
  while (performance.now() - beganAt < load.forMs) {
    const due = ((performance.now() - beganAt) * stream.perSecond) / 1_000
    for (; outcome.sent < due; outcome.sent++) open.push(ask(stream, outcome))
    await sleep(5)
  }
  await Promise.all(open)
  outcome.ms.sort((one, other) => one - other)
  return outcome
}

function ask({ method = 'GET', agent: userAgent = 'Mozilla/5.0', clients = ['192.0.2.1'] }: Stream, outcome: Outcome): Promise<void> {
  const began = performance.now()
  const client = clients[outcome.sent % clients.length] as string
  const headers = { 'User-Agent': userAgent, 'X-Forwarded-For': client, ...(method === 'POST' ? { 'Content-Length': '2' } : {}) }
  return new Promise((resolve) => {
    const one = request({ host: '127.0.0.1', port: load.port, method, headers, agent, path: '/work' }, (answer) => {
      const status = answer.statusCode ?? 0
      answer.resume()
      answer.on('close', resolve)
      answer.on('end', () => {
        outcome.answers[status] = (outcome.answers[status] ?? 0) + 1
        const cause = /details="([^"]+)"/.exec(String(answer.headers['proxy-status'] ?? ''))?.[1]
        if (cause !== undefined) outcome.causes[cause] = (outcome.causes[cause] ?? 0) + 1
        if (status === 200) outcome.ms.push(performance.now() - began)
        const { 'retry-after': retryAfter } = answer.headers
        if (retryAfter !== undefined) outcome.retryAfterS.push(Number(retryAfter))
      })
    })
    one.on('error', () => {
      outcome.broken++
      resolve()
    })
    one.end(method === 'POST' ? 'ok' : undefined)
  })
}

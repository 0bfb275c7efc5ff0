/** A visitor says that it was slow, and gives the request id: nothing had failed, and yet it can be told where the time went. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { renderRequest } from '../../src/cli/story-request.ts'
import { PLAIN } from '../../src/config/problem.ts'
import { controlPlan, RunningControl } from '../control/running.ts'
import { closing } from '../support/closing.ts'
import { answerTo } from '../support/http-request.ts'
import { until } from '../support/until.ts'

test('a success that took unusually long is kept, with what is usual on its route', async () => {
  const app = createServer((request, response) => {
    setTimeout(() => response.end('ok'), request.url === '/slow' ? 400 : 0)
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  closing({ close: () => app.close() })
  const running = await RunningControl.start(controlPlan((app.address() as AddressInfo).port, { workers: 0 }))
  closing({ close: () => running.control.kill() })

  for (let count = 0; count < 250; count++) await running.get()
  // What is usual is learnt with a report.
  await until('the requests are counted', async () => /_count\{[^}]*\} 250/.test((await running.admin('/metrics')).body))
  const { headers } = await answerTo(running.port, { path: '/slow' })
  const id = String(headers['x-request-id'])
  const story = await until('it is known', async () => {
    const { status, body } = await running.admin(`/api/request?id=${id}`)
    return status === 200 ? JSON.parse(body) : undefined
  })
  expect(story).toMatchObject({ outcome: 'slow', cause: null, incident: null, record: { status: 200, target: '/slow' } })
  expect(story.record.usualMs).toBeLessThan(400)
  const page = renderRequest({ story, paint: PLAIN, columns: 100, now: Date.now() })
  expect(page).toMatch(/^GET \/slow → 200 OK, unusually slow after \d+ ms/)
  expect(page).toMatch(/usual +99 of 100 on this route take less than \d/)
  expect(JSON.parse((await running.admin('/api/incidents')).body)).toEqual([])
})

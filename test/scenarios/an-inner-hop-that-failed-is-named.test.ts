/** An error that an inner proxy made is passed on as it is, and whoever asks why is told which hop made it and what it said. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { renderRequest } from '../../src/cli/story-request.ts'
import { PLAIN } from '../../src/config/problem.ts'
import { Gatewell } from '../support/gatewell.ts'
import { answerTo } from '../support/http-request.ts'
import { startOrigin } from '../support/origin-server.ts'
import { until } from '../support/until.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatewell-hop-'))
let gatewell: Gatewell | null = null

afterEach(async () => {
  await gatewell?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a 503 of HAProxy behind the gateway is told to be that of HAProxy', { timeout: 30_000 }, async () => {
  const origin = `http://127.0.0.1:${await startOrigin('haproxy')}`
  const started = await Gatewell.start([origin, '--workers', '0', '--data', folder])
  gatewell = started
  const { status, body, headers } = await answerTo(started.port, { path: '/behind' })
  expect([status, String(body)]).toEqual([503, expect.stringContaining('No server is available to handle this request.')])

  const id = String(headers['x-request-id'])
  const story = await until('the request is kept', async () => {
    const answer = await answerTo(started.adminPort, { path: `/api/request?id=${id}` })
    return answer.status === 200 ? JSON.parse(String(answer.body)) : null
  })
  expect(story).toMatchObject({ cause: 'upstream-overloaded', saidBy: 'HAProxy' })
  expect(story.evidence).toContainEqual({ name: 'said_by', value: 'HAProxy', says: 'this hop made the error itself' })
  expect(renderRequest({ story, paint: PLAIN, columns: 100, now: story.record.endedAt })).toMatch(/said by +HAProxy/)

  const summary = await until('the incident is diagnosed', async () => {
    const list = JSON.parse(String((await answerTo(started.adminPort, { path: '/api/incidents' })).body))
    return list[0]?.diagnosis?.summary ?? null
  })
  expect(summary).toContain('HAProxy made this error itself, not the app behind it: no endpoint of the upstream is healthy.')
})

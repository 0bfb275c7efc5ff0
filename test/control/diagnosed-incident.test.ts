/** From a visitor's error to a diagnosis at the admin address, through a whole control process. */
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import type { Plan } from '../../src/config/plan.ts'
import type { Incident } from '../../src/control/incident/incident.ts'
import type { Diagnosis } from '../../src/insight/diagnosis/diagnosis.ts'
import { closing } from '../support/closing.ts'
import { answerTo } from '../support/http-request.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'
import { controlPlan, RunningControl } from './running.ts'

/** A visitor asks once; what is said of the incident then. */
async function diagnosisOf(plan: Plan): Promise<Diagnosis> {
  const running = await RunningControl.start(plan)
  closing({ close: () => running.control.kill() })
  await answerTo(running.port, { path: '/cart' })
  return until('the incident is diagnosed', async () => {
    const { body } = await running.admin('/api/incidents')
    return (JSON.parse(body) as Incident[])[0]?.diagnosis ?? null
  })
}

test('a site is down because its database is', async () => {
  const app = createServer((_, response) => response.writeHead(500).end('oops'))
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  closing(app)
  const database = await unusedPort()
  const plan = controlPlan((app.address() as { port: number }).port, { workers: 0 })
  const dependencies = [{ url: `postgres://127.0.0.1:${database}`, kind: 'postgres', host: '127.0.0.1', port: database }] as const
  const upstreams = plan.upstreams.map((upstream) => ({ ...upstream, dependencies }))
  const diagnosis = await diagnosisOf({ ...plan, upstreams })
  expect(diagnosis).toMatchObject({ cause: 'upstream-5xx', saidBy: null })
  expect(diagnosis.summary).toContain(`depends on postgres://127.0.0.1:${database}, and that does not answer (connection refused)`)
  expect(diagnosis.evidence.map(({ name }) => name)).toEqual(expect.arrayContaining(['status', 'process', 'dependency-down']))
  expect(diagnosis.remedies[0]?.command).toBe(`pg_isready -h 127.0.0.1 -p ${database}; journalctl -u postgresql -n 50`)
  expect(diagnosis.confidence).toBeGreaterThan(0.95)
})

test('a site is down because nothing listens', async () => {
  const port = await unusedPort()
  const diagnosis = await diagnosisOf(controlPlan(port, { workers: 0 }))
  expect(diagnosis.cause).toBe('connect-refused')
  expect(diagnosis.summary).toContain(`No program listens on port ${port} of this machine`)
  expect(diagnosis.remedies[0]?.command).toContain(`:${port}`)
})

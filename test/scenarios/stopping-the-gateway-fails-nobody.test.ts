/**
 * The load balancer in front of a gateway sees resets and 502 whenever the gateway is stopped, and WebSockets are cut without a word
 * (haproxy/haproxy#1506, kubernetes/ingress-nginx#7097). Here a gateway is stopped under load: readiness fails first, each visitor gets
 * one more answer, each WebSocket is told to connect again.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { Gatewell } from '../support/gatewell.ts'
import { answerTo } from '../support/http-request.ts'
import { KeptVisitors, TalkingSite } from '../support/kept-visitors.ts'
import { until } from '../support/until.ts'

const WEB_SOCKETS = 12
/** From those who hammer to those who come once in a while. */
const PAUSES_MS = [...Array(12).fill(3), ...Array(6).fill(60), ...Array(6).fill(500)]

test('on SIGTERM readiness fails first, then all are served to their end', { timeout: 30_000 }, async () => {
  const site = closing(await TalkingSite.open())
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-stop-'))
  closing({ close: () => rmSync(folder, { recursive: true }) })
  const file = join(folder, 'gatewell.yaml')
  writeFileSync(
    file,
    `upstreams: { site: { endpoints: ["http://127.0.0.1:${site.port}"] } }
routes: [{ to: site }]
accessLog: { what: off }
workers: 2
drain: { delay: 400ms }
`,
  )
  const gatewell = await Gatewell.start(['run', '-c', file, '--data', join(folder, 'data')])
  const visitors = closing(await KeptVisitors.come({ port: gatewell.port, pausesMs: PAUSES_MS, webSockets: WEB_SOCKETS }))
  await new Promise((resolve) => setTimeout(resolve, 1_000))

  gatewell.child.kill()
  await until('it says that it is not ready', async () => (await answerTo(gatewell.adminPort, { path: '/readyz' })).status === 503)
  expect((await answerTo(gatewell.port)).status).toBe(200)

  const seen = await visitors.gone()
  const { code, stderr } = await gatewell.child.ended
  expect(seen.failed).toEqual([])
  expect(seen.closes).toEqual({ 1012: WEB_SOCKETS })
  expect(seen.lastAnswers + seen.quietEnds).toBe(PAUSES_MS.length)
  expect(seen.lastAnswers).toBeGreaterThan(PAUSES_MS.length / 2)
  expect(seen.messages).toBeGreaterThan(WEB_SOCKETS * 50)
  expect(code).toBe(0)
  expect(stderr).not.toMatch(/unasked|gateway-draining/)
  // The site was told by its clients, and in order.
  expect(site.closes).toEqual(Array(WEB_SOCKETS).fill(1012))
})

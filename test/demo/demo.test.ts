/** `gatewell demo` as a newcomer runs it: through the launcher, with a real gateway, real endpoints, and a real kill. */
import type { Browser } from 'playwright-core'
import { afterEach, expect, test } from 'vitest'
import { audit } from '../support/audit.ts'
import { Child } from '../support/child.ts'
import { startChromium } from '../support/chromium.ts'
import { answerTo } from '../support/http-request.ts'

const LIMIT_MS = 40_000
const COMMAND = ['./gatewell', 'demo', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'] as const

const running: Child[] = []
let browser: Browser | null = null

afterEach(async () => {
  await browser?.close()
  browser = null
  await Promise.all(running.splice(0).map((child) => child.stop()))
})

test(
  'an endpoint is killed at work, started again, and nobody sees an error',
  async () => {
    const demo = start([...COMMAND, '--for', '30s'])
    await demo.says(/ s {2}[1-9]\d* requests\/s, .* failed 0; endpoint 1 [1-9]\d*\/s serving/)
    demo.send('1\n')
    await demo.says(/Endpoint 1 killed \(kill -9\)\.\n[\s\S]*Visitors\s+saw\s+0\s+errors\.\s+gatewell\swhy\sconnect-refused/)
    await demo.says(/endpoint 1 0\/s stopped, endpoint 2 [1-9]\d*\/s serving/)
    demo.send('1\n')
    await demo.says(/Endpoint 1 started\.\n[\s\S]*requests? went to it since\. Visitors\s+saw\s+0\s+errors\./)
    demo.send('q\n')
    const { code, stdout, stderr } = await demo.ended
    expect(String(stdout)).toMatch(/In \d+ s visitors got [\d,]+ answers and 0 errors\. \d+ of them needed a second\s+attempt/)
    expect([code, stderr]).toEqual([0, ''])
  },
  LIMIT_MS,
)

test(
  'with both stopped visitors get the cause, and with one started again the site; nothing is left behind',
  async () => {
    const demo = start(COMMAND)
    const site = await portOf(demo, 'open')
    const admin = await portOf(demo, 'look')
    demo.send('12')
    await demo.says(/Both endpoints are stopped\.[\s\S]*the log says: GET \/work → 502/)
    await demo.says(/Visitors saw \d+ errors\s+\(502\s+connect-refused\)/)
    const page = await answerTo(site, { headers: { accept: 'text/html' } })
    expect(page.status).toBe(502)
    expect(String(page.body)).toContain('connect-refused')
    demo.send('2')
    await demo.says(/Endpoint 2 started\./)
    await demo.says(/went to it since\./)
    expect(String((await answerTo(site)).body)).toContain('endpoint 2')
    const { upstreams } = JSON.parse(String((await answerTo(admin, { path: '/api/status' })).body))
    const endpoints: string[] = upstreams[0].endpoints.map(({ address }: { address: string }) => address)
    expect(endpoints.length).toBe(2)
    demo.kill('SIGTERM')
    expect((await demo.ended).code).toBe(0)
    for (const port of [site, admin, ...endpoints.map((url) => Number(new URL(url).port))]) await expect(answerTo(port)).rejects.toThrow()
  },
  LIMIT_MS,
)

test(
  'on a terminal keys work at once, live lines are drawn, and q leaves the terminal as it was',
  async () => {
    const demo = start(['script', '-qec', `stty cols 80 rows 24; ${COMMAND.join(' ')}; stty -a`, '/dev/null'])
    await demo.says(/\u001b\[\?25l[\s\S]*endpoint 1 {2}\S*serving/)
    demo.send('x1')
    await demo.says(/There is no switch "x"\.[\s\S]*Endpoint 1 killed[\s\S]*endpoint 1 {2}\S*stopped/)
    demo.send('q')
    const { code, stdout } = await demo.ended
    expect(String(stdout)).toMatch(/\u001b\[J[\s\S]*answers and 0 errors\.[\s\S]*\u001b\[\?25h[\s\S]*[^-]icanon/)
    expect(code).toBe(0)
    const lines = String(stdout).split(/\r?\n/)
    const widths = lines.filter((line) => !line.includes('speed')).map((line) => line.replace(/\u001b\[[\d;?]*[a-zA-Z]/g, '').length)
    expect(Math.max(...widths)).toBeLessThan(80)
  },
  LIMIT_MS,
)

test(
  'its page counts who answered, everyone can read it, and an endpoint dies without a mark on it',
  async () => {
    const demo = start(COMMAND)
    const site = await portOf(demo, 'open')
    browser = await startChromium()
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${site}/`)
    await page.waitForFunction('document.querySelectorAll("#marks .e1, #marks .e2").length > 3')
    expect(await audit(page)).toEqual([])
    demo.send('1')
    await demo.says(/Endpoint 1 killed/)
    const before = Number(await page.textContent('#e2'))
    await page.waitForFunction(`Number(document.getElementById('e2').textContent) > ${before + 4}`)
    expect(await page.textContent('#bad')).toBe('0')
    expect(await page.textContent('#note')).toBe('No error so far.')
  },
  LIMIT_MS,
)

function start(command: readonly string[]): Child {
  const child = new Child(command as [string, ...string[]], { limitMs: LIMIT_MS })
  running.push(child)
  return child
}

async function portOf(demo: Child, label: string): Promise<number> {
  const [, port] = await demo.says(new RegExp(`${label} +http://127\\.0\\.0\\.1:(\\d+)/`))
  return Number(port)
}

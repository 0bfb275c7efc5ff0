/** The HTML report in a real browser: nothing is fetched, nothing in it is run, and everybody can read it. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderHtml } from '../../src/insight/log/html/log-html.ts'
import type { LogReport } from '../../src/insight/log/log-report.ts'
import { audit } from '../support/audit.ts'
import { startChromium } from '../support/chromium.ts'
import { access, NOW, nginx, REFUSED, read, TIMED_OUT } from './made.ts'

const EVIL = '<script>document.title="evil"</script>"\'><img src=http://evil.example/ onerror=alert(1)>'

let browser: Browser

beforeAll(async () => {
  browser = await startChromium()
}, 60_000)

afterAll(() => browser?.close())

function full(): Promise<LogReport> {
  const seconds = Array.from({ length: 40 }, (_, i) => 10 + i * 17)
  return read({
    'access.log': [
      ...seconds.map((second, i) =>
        access(second, i % 3 === 0 ? 504 : 502, { path: `/${i % 5}${i === 7 ? EVIL.replaceAll(' ', '') : ''}` }),
      ),
      access(800, 503, { agent: `Googlebot ${EVIL.replaceAll('"', '')}` }),
      EVIL,
    ],
    'error.log': seconds.map((second, i) => nginx(second, i % 3 === 0 ? TIMED_OUT : REFUSED, { path: `/${i % 5}`, connection: i })),
  })
}

test.each([
  ['light', 1_200],
  ['dark', 1_200],
  ['dark', 360],
] as const)('%s, %d pixels wide', async (colorScheme, width) => {
  const report = await full()
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } })
  const asked: string[] = []
  page.on('request', (request) => void asked.push(request.url()))
  const html = renderHtml(report, { version: '1.2.3', nowMs: NOW })
  await page.setContent(html)
  expect(await page.title()).toBe('41 requests failed – Gatewell')
  expect(await page.locator('h2').allInnerTexts()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^Nothing listens on that port\s+25/)]),
  )
  expect(await page.locator('img, script, link').count()).toBe(0)
  expect(asked).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true)
  expect(await audit(page)).toEqual([])
  await page.close()
})

test('of logs without an error says so', async () => {
  const html = renderHtml(await read({ 'access.log': [access(10, 200)] }), { version: '1.2.3', nowMs: NOW })
  expect(html).toContain('<h1 class="well">No error of a gateway')
})

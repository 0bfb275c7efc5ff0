/** The dashboard in Chromium, in front of a real gateway: what it shows, that everyone can use it, and that it trusts nobody. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { controlPlan, RunningControl } from '../control/running.ts'
import { audit } from '../support/audit.ts'
import { startChromium } from '../support/chromium.ts'
import { until } from '../support/until.ts'
import { buildDashboard, Origin, show, startRunning, type Watched, watch } from './watched.ts'

/** As nginx writes it. */
const LOG =
  '2026/11/22 06:00:01 [error] 12#12: *34 connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.7, ' +
  'server: shop, request: "GET /a HTTP/1.1", upstream: "http://127.0.0.1:3000/a", host: "shop"\n'

const origin = new Origin()
let browser: Browser
let running: RunningControl
let watched: Watched
let page: Page
/** Of the incident that the first test makes. */
let incident = ''
let request = ''

beforeAll(async () => {
  await origin.start()
  const [started] = await Promise.all([startRunning(origin), buildDashboard()])
  running = started
  browser = await startChromium()
  watched = await watch(browser, running)
  page = watched.page
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await running?.control.kill()
  origin.stop()
})

test('an injected fault is on the page with its cause within three seconds', async () => {
  await page.getByRole('heading', { name: 'All is well.' }).waitFor()
  await running.get()
  origin.stop()
  const [answer] = await Promise.all([
    running.get('/shop?item=1'),
    page.getByRole('heading', { level: 1, name: 'Nothing listens on that port.' }).waitFor({ timeout: 3_000 }),
  ])
  request = /request ([^\s)]+)/.exec(answer)?.[1] ?? ''
  expect(request).not.toBe('')
  await page.getByRole('link', { name: 'Why, and what to do' }).click()
  await page.getByRole('heading', { name: 'What speaks for it' }).waitFor()
  incident = page.url().split('/').at(-1) ?? ''
  expect(incident).toMatch(/^i-/)
  await page.getByText('Start the app, or find out in its log why it ended.').waitFor()
  expect(await page.getByText('Errors seen').locator('xpath=following-sibling::dd').textContent()).toBe('1')
})

test('the id on an error page leads to the waterfall of that request', async () => {
  await show(page, '#/requests', 'Requests')
  await page.getByLabel('Id on the error page').fill(request)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'GET /shop?item=1' }).waitFor()
  await page.getByText('connect ECONNREFUSED').waitFor()
  await page.getByRole('link', { name: `incident ${incident}` }).waitFor()
})

test('an endpoint is drained and taken back with its buttons, after a question', async () => {
  const state = async (): Promise<string | undefined> => (await running.control.status()).upstreams[0]?.endpoints[0]?.state
  await show(page, '#/upstreams', 'Upstreams')
  await page.getByRole('button', { name: /^Drain http/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  expect(await state()).not.toBe('drained')
  await page.getByRole('button', { name: /^Drain http/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click()
  await until('it is drained', async () => (await state()) === 'drained')
  await page.getByRole('button', { name: /^Undrain http/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Undrain' }).click()
  await until('it is in use', async () => (await state()) !== 'drained')
})

test('maintenance is switched with words for visitors', async () => {
  await show(page, '#/upstreams', 'Upstreams')
  await page.getByRole('button', { name: 'Maintenance of app' }).click()
  await page.getByLabel('Your words for visitors').fill('Back at noon.')
  await page.getByRole('dialog').getByRole('button', { name: 'Begin' }).click()
  await page.getByRole('button', { name: 'End maintenance of app' }).waitFor()
  expect(await running.get()).toContain('Back at noon.')
  await page.getByRole('button', { name: 'End maintenance of app' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End' }).click()
  await page.getByRole('button', { name: 'Maintenance of app' }).waitFor()
})

test('a reload shows which lines of the configuration it changed', async () => {
  await show(page, '#/config', 'Configuration')
  await page.getByRole('button', { name: 'Reload' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reload' }).click()
  await page.locator('.added').waitFor()
  expect(await page.locator('.removed code').allTextContents()).toEqual(['  app: {}'])
  expect(await page.locator('.added code').allTextContents()).toEqual(['  app: { balance: hash }'])
  expect(await page.locator('.same code').allTextContents()).toEqual(['upstreams:'])
})

test('logs and configurations of other servers are read where they are dropped', async () => {
  await show(page, '#/tools', 'Tools')
  const drop = (label: RegExp, name: string, text: string): Promise<void> =>
    page.getByLabel(label).setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
  await drop(/^Access and error logs/, 'error.log', LOG)
  await page.getByText('1 error in 0 requests').waitFor()
  await drop(
    /^Configurations of/,
    'nginx.conf',
    'http { server { location / { proxy_pass http://a; proxy_set_header Upgrade $http_upgrade; } } }',
  )
  await page.getByText('Upgrade is passed on, but Connection is not set.').waitFor()
})

test('causes are found by what a log said', async () => {
  await show(page, '#/causes', 'Causes')
  await page.getByLabel('Words, a status').fill('refused')
  await page.getByRole('link', { name: /Nothing listens on that port/ }).click()
  await page.getByRole('heading', { level: 1, name: 'Nothing listens on that port' }).waitFor()
  await page.getByText('gatewell rehearse connect-refused').waitFor()
})

test('every button, link and field is reached by the keyboard alone', async () => {
  await page.goto(`http://127.0.0.1:${running.adminPort}/#/upstreams`)
  await page.getByRole('button', { name: /^Drain http/ }).waitFor()
  const wanted = Number(await page.evaluate("document.querySelectorAll('a[href], button, input, select').length"))
  const reached = new Set<unknown>()
  for (let times = 0; times < wanted + 2; times++) {
    await page.keyboard.press('Tab')
    reached.add(
      await page.evaluate(`(() => {
        const all = [...document.querySelectorAll('a[href], button, input, select')]
        return all.indexOf(document.activeElement)
      })()`),
    )
  }
  reached.delete(-1)
  expect(reached.size).toBe(wanted)
  await page.getByRole('button', { name: /^Drain http/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  expect(await page.evaluate("document.activeElement.closest('dialog') !== null")).toBe(true)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await page.evaluate('document.activeElement.textContent')).toMatch(/^Drain http/)
})

describe('everyone can read', () => {
  const views = (): [hash: string, heading: string | RegExp][] => [
    ['#/', /./],
    ['#/map', 'Map'],
    ['#/incidents', 'Incidents'],
    [`#/incidents/${incident}`, /^Nothing listens/],
    ['#/requests', 'Requests'],
    [`#/requests/${request}`, /^GET/],
    ['#/upstreams', 'Upstreams'],
    ['#/config', 'Configuration'],
    ['#/causes', 'Causes'],
    ['#/causes/connect-refused', /^Nothing listens/],
    ['#/tools', 'Tools'],
    ['#/nowhere', 'There is nothing here'],
  ]

  /** Between light and dark only the colours differ. */
  test.for([
    { colorScheme: 'light', rules: null },
    { colorScheme: 'dark', rules: ['color-contrast'] },
  ] as const)('every view, $colorScheme', { timeout: 30_000 }, async ({ colorScheme, rules }) => {
    await page.emulateMedia({ colorScheme })
    const found: string[] = []
    for (const [hash, heading] of views()) {
      await show(page, hash, heading)
      for (const one of await audit(page, rules === null ? {} : { only: rules })) found.push(`${hash} ${one}`)
    }
    expect(found).toEqual([])
  })

  test('nothing is wider than a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    for (const [hash, heading] of views()) {
      await show(page, hash, heading)
      expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'), hash).toBeLessThanOrEqual(
        0,
      )
    }
  })
})

test('the page asked for nothing elsewhere, and its policy stopped nothing of its own', () => {
  const elsewhere = watched.asked.filter((url) => new URL(url).host !== `127.0.0.1:${running.adminPort}`)
  expect(watched.asked.length).toBeGreaterThan(10)
  expect(elsewhere).toEqual([])
  expect(watched.complaints).toEqual([])
})

test('where a token is wanted the page asks for it once, and tells who has another one so', async () => {
  const plan = controlPlan(origin.port, {
    workers: 0,
    admin: { address: { kind: 'tcp', host: '0.0.0.0', port: 0 }, token: 'open-sesame', mcp: 'off' },
  })
  const guarded = await RunningControl.start(plan)
  const stranger = await browser.newPage()
  try {
    await stranger.goto(`http://127.0.0.1:${guarded.adminPort}/#/upstreams`)
    for (const token of ['wrong', 'open-sesame']) {
      await stranger.getByLabel('Admin token').fill(token)
      await stranger.getByRole('button', { name: 'Open' }).click()
      if (token === 'wrong') await stranger.getByText('That is not it.').waitFor()
    }
    await stranger.getByRole('button', { name: /^Drain http/ }).waitFor()
    await stranger.reload()
    await stranger.getByRole('button', { name: /^Drain http/ }).waitFor()
    expect(await stranger.evaluate('localStorage.length + document.cookie.length')).toBe(0)
  } finally {
    await stranger.close()
    await guarded.control.kill()
  }
})

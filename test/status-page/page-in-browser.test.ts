/** The status page in a real browser, with the fields that it is answered with: everybody can read it, and it asks for nothing. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CAUSE_IDS } from '../../src/causes/catalogue.ts'
import { publicIncidents } from '../../src/control/status-page/public-incident.ts'
import { renderFiles } from '../../src/control/status-page/status-file.ts'
import type { StatusReport } from '../../src/control/status-page/status-report.ts'
import { audit } from '../support/audit.ts'
import { startChromium } from '../support/chromium.ts'
import { days, NOW, open, report } from './sample.ts'

const PLACE = 'http://status.example.com/'
const EVIL = 'A & <b>"service"</b>'

const status = {
  host: 'status.example.com',
  title: 'S',
  services: [{ name: 'Shop', parts: [{ upstream: 'shop-internal-1', route: null }] }],
}
const told = { incidents: [open({ upstream: 'shop-internal-1' })], routesOf: () => [] }
const troubled = days(34, { 0: { downMs: 600_000 }, 3: { partialMs: 90_000 }, 9: { downMs: 30_000, partialMs: 4_000_000 } })

/** All that the page can be. */
const REPORTS: Readonly<Record<string, StatusReport>> = {
  up: report({ 'shop.example.com': 'up', Search: 'up' }),
  down: {
    ...report({ Shop: 'down', [EVIL]: 'partial', Blog: 'maintenance', 'A service with a name that is longer than most': 'up' }),
    services: [{ name: 'Shop', state: 'down', days: troubled }, ...report({ [EVIL]: 'partial', Blog: 'maintenance' }).services],
    incidents: publicIncidents(status, told),
  },
  partial: { ...report({ Shop: 'partial' }), incidents: publicIncidents(status, told) },
  maintenance: report({ Shop: 'maintenance' }, { message: 'We are moving.\nBack at <nine>.' }),
  empty: report({}),
}

let browser: Browser

beforeAll(async () => {
  browser = await startChromium()
}, 60_000)

afterAll(() => browser?.close())

type Opened = { readonly requests: string[]; readonly complaints: string[] }

async function show(page: Page, one: StatusReport): Promise<Opened> {
  const requests: string[] = []
  const complaints: string[] = []
  const files = renderFiles(one)
  page.on('console', (message) => complaints.push(message.text()))
  await page.route('**/*', (route) => {
    const path = new URL(route.request().url()).pathname
    requests.push(path)
    const file = files.find((candidate) => candidate.path === path)
    if (file === undefined) return route.fulfill({ status: 404 })
    const headers = Object.fromEntries(file.fields.flatMap((name, i) => (i % 2 === 0 ? [[name, file.fields[i + 1] as string]] : [])))
    return route.fulfill({ status: 200, headers, body: file.body })
  })
  await page.goto(PLACE)
  return { requests, complaints }
}

async function withPage<T>(options: Parameters<Browser['newPage']>[0], use: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage(options)
  try {
    return await use(page)
  } finally {
    await page.close()
  }
}

describe('the status page in Chromium', { timeout: 30_000 }, () => {
  it.each(['up', 'down', 'maintenance'])('can be read by everyone, in light and dark, and asks for nothing: %s', async (name) => {
    await withPage({}, async (page) => {
      const { requests, complaints } = await show(page, REPORTS[name] as StatusReport)
      expect([requests, complaints]).toEqual([['/'], []])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await audit(page), colorScheme).toEqual([])
      }
    })
  })

  it('fits a phone of 320 pixels', async () => {
    await withPage({ viewport: { width: 320, height: 640 } }, async (page) => {
      for (const one of Object.values(REPORTS)) {
        await page.setContent(renderFiles(one)[0]?.body ?? '')
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
      }
    })
  })

  it('says without colour, sight or scripts which service is how, and what was on which day', async () => {
    await withPage({ javaScriptEnabled: false }, async (page) => {
      await show(page, REPORTS.down as StatusReport)
      expect(await page.textContent('h1')).toBe('Shop is down for everyone')
      expect(await page.locator('.services li').first().textContent()).toContain('is down')
      const label = await page.locator('svg.bars').first().getAttribute('aria-label')
      expect(label).toBe(
        'The last 90 days. Trouble on 13 November 2026: down for 30 s, failing in part for 1 h 7 min; 19 November 2026: failing in part for 2 min; 22 November 2026: down for 10 min.',
      )
      expect(await page.locator('.services li').first().textContent()).toContain('99.83 % of the last 34 days without trouble')
      expect(await page.locator('.services h3').nth(1).textContent()).toBe(EVIL)
      await Promise.all([page.waitForResponse(PLACE), page.click('text=Look again')])
    })
  })
})

it('tells visitors nothing of what is behind', () => {
  for (const { body } of renderFiles(REPORTS.down as StatusReport)) {
    expect(body).toContain('Shop is unreachable')
    for (const word of [...CAUSE_IDS, 'internal-1', '10.0.0.1', 'http://', 'i-1'])
      expect(body.replaceAll('http://www.w3.org', '')).not.toContain(word)
  }
})

it('has the same for programs', () => {
  const troubled = days(34, { 0: { downMs: 600_000 }, 3: { partialMs: 90_000 } })
  const [, json, feed] = renderFiles({
    ...report({}),
    services: [{ name: 'Shop', state: 'partial', days: troubled }],
    incidents: [{ id: 'a1', services: ['Shop'], how: 'failing', from: NOW - 120_000, until: NOW }],
  })
  expect(JSON.parse(json?.body ?? '')).toMatchObject({
    state: 'partial',
    madeAt: '2026-11-22T12:00:00.000Z',
    services: [
      {
        name: 'Shop',
        state: 'partial',
        uptime: expect.closeTo(0.9998, 4),
        daysWatched: 34,
        troubles: [
          { date: '2026-11-19', downSeconds: 0, partialSeconds: 90 },
          { date: '2026-11-22', downSeconds: 600, partialSeconds: 0 },
        ],
      },
    ],
    incidents: [{ summary: 'Shop was failing', until: '2026-11-22T12:00:00.000Z' }],
  })
  expect(json?.fields).toContain('Access-Control-Allow-Origin')
  expect([...(feed?.body ?? '').matchAll(/<item><title>(.*?)<.*?<guid[^>]*>(.*?)</g)].map(([, title, id]) => [title, id])).toEqual([
    ['Over: Shop was failing', 'a1-over'],
    ['Shop is failing', 'a1'],
  ])
})

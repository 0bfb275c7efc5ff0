/** The error page in a real browser: it asks for nothing, fits the smallest phone, everyone can read it, and it tries again. */
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CauseId } from '../../src/causes/catalogue.ts'
import { answerFailure } from '../../src/gateway/respond/failure-answer.ts'
import { WORDINGS } from '../../src/gateway/respond/language.ts'
import { audit } from '../support/audit.ts'
import { browserRequest, CONTEXT, failed, fieldsOf } from './request.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const ID = '01JD7Q3M9XK4T2ZB8VWPN5C6RH'
const ORIGIN = 'http://shop.example.com/'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let browser: Browser

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing; run: apt-get install -y chromium`)
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
}, 60_000)

afterAll(async () => {
  await browser?.close()
})

type Situation = {
  readonly statusHost?: string
  readonly cause: CauseId
  readonly language?: string
  readonly method?: string
  readonly retryAfterS?: number
}

/** Serves the answer as a gateway would, with its fields, and notes each request that the browser makes. */
async function open(
  page: Page,
  { cause, language = 'en', method = 'GET', retryAfterS = 30, statusHost = '' }: Situation,
): Promise<string[]> {
  const requests: string[] = []
  const head = browserRequest({ acceptLanguage: language, method })
  const answer = answerFailure(head, failed(cause), { ...CONTEXT, id: ID, retryAfterS, statusHost })
  await page.route('**/*', (route) => {
    requests.push(route.request().url())
    return route.fulfill({ status: answer.status, headers: Object.fromEntries(fieldsOf(answer)), body: answer.body })
  })
  await page.goto(ORIGIN)
  return requests
}

async function withPage<T>(options: Parameters<Browser['newPage']>[0], use: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage(options)
  try {
    return await use(page)
  } finally {
    await page.close()
  }
}

describe('the error page in Chromium', { timeout: 30_000 }, () => {
  it.each<Situation>([
    { cause: 'connect-refused', statusHost: 'status.example.com' },
    { cause: 'response-timeout', language: 'de', method: 'POST' },
    { cause: 'gateway-draining', language: 'ja' },
    { cause: 'route-not-found', language: 'fr' },
  ])('asks for nothing and can be read by everyone, in light and dark: $cause', async (situation) => {
    await withPage({}, async (page) => {
      const requests = await open(page, situation)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        // Trying again is what the page is for, it says when, and nothing is lost by it.
        expect(await audit(page, { without: ['meta-refresh'] }), colorScheme).toEqual([])
      }
      expect(requests).toEqual([ORIGIN])
    })
  })

  it('fits a phone of 320 pixels in every language', async () => {
    await withPage({ viewport: { width: 320, height: 640 } }, async (page) => {
      for (const acceptLanguage of WORDINGS.keys()) {
        for (const cause of ['connect-refused', 'local-resource-exhausted', 'truncated-body', 'gateway-draining'] as const) {
          await page.setContent(answerFailure(browserRequest({ acceptLanguage }), failed(cause), CONTEXT).body.toString())
          expect(await page.evaluate('document.documentElement.scrollWidth'), `${acceptLanguage}, ${cause}`).toBe(320)
        }
      }
    })
  })

  it('selects the whole request number at one click', async () => {
    await withPage({}, async (page) => {
      await open(page, { cause: 'connect-refused' })
      await page.click('code')
      expect(await page.evaluate('getSelection().toString()')).toBe(ID)
    })
  })

  it('stands still for those who want that', async () => {
    await withPage({ reducedMotion: 'reduce' }, async (page) => {
      await open(page, { cause: 'connect-refused' })
      expect(await page.isVisible('.bar')).toBe(false)
      expect(await page.isVisible('text=tries again by itself')).toBe(true)
    })
  })

  it('tries again by itself, without scripts', async () => {
    await withPage({ javaScriptEnabled: false }, async (page) => {
      await open(page, { cause: 'connect-refused', retryAfterS: 1 })
      await page.waitForResponse(ORIGIN)
    })
  })

  it('tries again at the button, without scripts', async () => {
    await withPage({ javaScriptEnabled: false }, async (page) => {
      await open(page, { cause: 'connect-refused' })
      await Promise.all([page.waitForResponse(ORIGIN), page.click('.button')])
    })
  })
})

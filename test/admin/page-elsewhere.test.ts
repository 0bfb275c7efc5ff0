/** Pages of other sites in Chromium try to use the admin address of the machine that they are looked at on: CSRF and DNS rebinding. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startChromium } from '../support/chromium.ts'
import { type NotingGateway, openNotingGateway } from './noting-gateway.ts'

const START_MS = 30_000
/** What a page learns of what it may not read. */
const NOTHING = ['', 'opaque', 'failed']

let gateway: NotingGateway
let site: Server
let sitePort: number
let browser: Browser

beforeAll(async () => {
  gateway = await openNotingGateway()
  site = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<!doctype html><title>A page</title>'))
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  sitePort = (site.address() as AddressInfo).port
  // The browser's own protection is switched off: ours is meant here.
  browser = await startChromium(['--host-resolver-rules=MAP *.test 127.0.0.1', '--disable-features=LocalNetworkAccessChecks'])
}, START_MS)

afterAll(async () => {
  await browser?.close()
  await gateway?.server.close()
  site?.close()
})

/** Each does in the page what its name says to `url`, and resolves to what the page could read of the answer. */
const TRICKS = {
  'a fetch': `fetch(url).then((answer) => answer.text())`,
  'a fetch with cookies': `fetch(url, { credentials: 'include' }).then((answer) => answer.text())`,
  'a fetch that does not mean to read': `fetch(url, { mode: 'no-cors' }).then((answer) => answer.type)`,
  'a POST of JSON': `fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: input }).then((answer) => answer.text())`,
  'a POST of JSON that passes for text': `fetch(url, { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: input }).then((answer) => answer.type)`,
  'a POST of a blob': `fetch(url, { method: 'POST', mode: 'no-cors', body: new Blob([input]) }).then((answer) => answer.type)`,
  'a beacon': `Promise.resolve(navigator.sendBeacon(url, new Blob([input], { type: 'text/plain' }))).then(() => settle()).then(() => '')`,
  'an image': `load(Object.assign(new Image(), { src: url }))`,
  'a script': `load(Object.assign(document.createElement('script'), { src: url }))`,
  'a style sheet': `load(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: url }))`,
  'a frame': `load(Object.assign(document.createElement('iframe'), { src: url })).then((said) => { try { return frames[frames.length - 1].document.body.textContent } catch { return said } })`,
  'an event stream': `new Promise((resolve) => { const source = new EventSource(url); source.onopen = () => resolve('open'); source.onerror = () => { source.close(); resolve('failed') } })`,
  'a WebSocket': `new Promise((resolve) => { const socket = new WebSocket(url.replace('http', 'ws')); socket.onopen = () => resolve('open'); socket.onerror = () => resolve('failed') })`,
  'a form': `post('application/x-www-form-urlencoded')`,
  'a form with a file': `post('multipart/form-data')`,
  'a form whose text is JSON': `post('text/plain')`,
  'a frame without an origin': `load(Object.assign(document.createElement('iframe'), { sandbox: 'allow-scripts', srcdoc: '<script>fetch("' + url + '", { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" })</scr' + 'ipt>' })).then(() => settle()).then(() => '')`,
}

const TOOLS = `
  const settle = () => new Promise((resolve) => setTimeout(resolve, 100))
  const load = (element) => new Promise((resolve) => {
    element.onload = () => resolve('')
    element.onerror = () => resolve('failed')
    document.head.append(element)
  })
  const post = (enctype) => {
    const frame = Object.assign(document.createElement('iframe'), { name: 'into' + frames.length })
    const form = Object.assign(document.createElement('form'), { action: url, method: 'POST', enctype, target: frame.name })
    // As text/plain this reads {"upstream":"shop","x":"="}
    form.append(Object.assign(document.createElement('input'), { name: '{"upstream":"shop","x":"', value: '"}' }))
    document.body.append(frame, form)
    return new Promise((resolve) => {
      frame.onload = () => { try { resolve(frame.contentDocument.body.textContent) } catch { resolve('') } }
      form.submit()
    })
  }`

/** What the page could read of the answer. */
async function play(page: Page, trick: string, url: string): Promise<string> {
  const input = JSON.stringify({ upstream: 'shop' })
  const script = `(async (url, input) => { ${TOOLS}; return await (${trick}).catch(() => 'failed') })(${JSON.stringify(url)}, ${JSON.stringify(input)})`
  return String(await page.evaluate(script))
}

/** The statuses of what the admin address answers it. */
function watch(page: Page): number[] {
  const statuses: number[] = []
  page.on('response', (answer) => {
    if (Number(new URL(answer.url()).port) === gateway.port && !answer.url().endsWith('/before')) statuses.push(answer.status())
  })
  return statuses
}

async function withPage<T>(use: (page: Page) => Promise<T>, options: { bypassCSP?: boolean } = {}): Promise<T> {
  const page = await browser.newPage(options)
  try {
    return await use(page)
  } finally {
    await page.close()
  }
}

describe('a page of another site', { timeout: START_MS }, () => {
  test.each(['evil.test', 'localhost'])('gets nothing, and nothing done, at %s', async (host) => {
    await withPage(async (page) => {
      await page.goto(`http://${host}:${sitePort}`)
      const statuses = watch(page)
      let requests = 0
      page.on('request', () => requests++)
      for (const [name, trick] of Object.entries(TRICKS)) {
        for (const path of ['status', 'pause']) {
          const read = await play(page, trick, `http://localhost:${gateway.port}/api/${path}`)
          expect(NOTHING, `${name} read "${read}"`).toContain(read)
        }
      }
      expect(requests).toBeGreaterThanOrEqual(Object.keys(TRICKS).length)
      expect(new Set(statuses)).toEqual(new Set([403]))
    })
    expect(gateway.asked).toEqual([])
  })

  test('and who follows its link gets no data', async () => {
    await withPage(async (page) => {
      await page.goto(`http://evil.test:${sitePort}`)
      await page.setContent(`<a href="http://localhost:${gateway.port}/api/status">A link</a>`)
      const [answer] = await Promise.all([page.waitForResponse(/api\/status/), page.click('a')])
      expect(answer.status()).toBe(403)
    })
    expect(gateway.asked).toEqual([])
  })

  test('that lets its name stand for this machine gets nothing', async () => {
    await withPage(async (page) => {
      const place = `http://evil.test:${gateway.port}`
      // What the name stood for before.
      await page.route(`${place}/before`, (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>A page</title>' }),
      )
      await page.goto(`${place}/before`)
      const statuses = watch(page)
      for (const trick of [TRICKS['a fetch'], TRICKS['a POST of JSON'], TRICKS['an event stream']]) {
        expect(await play(page, trick, `${place}/api/status`)).not.toContain('secret')
      }
      expect(statuses).toEqual([421, 421, 421])
    })
    expect(gateway.asked).toEqual([])
  })

  test('leaves some lines of audit, not a thousand', async () => {
    const audited = gateway.logged.filter(({ audit }) => audit === true)
    expect(audited[0]).toMatchObject({ peer: '127.0.0.1', what: 'POST /api/status', isDone: false })
    expect(audited.length).toBeLessThan(25)
  })
})

test('a page from the admin address itself may ask, so it is not that nobody can', { timeout: START_MS }, async () => {
  await withPage(
    async (page) => {
      const place = `http://localhost:${gateway.port}`
      await page.goto(`${place}/a-page`)
      const looked = await play(page, TRICKS['a fetch'], `${place}/api/status`)
      const changed = await play(page, TRICKS['a POST of JSON'], `${place}/api/pause`)
      expect([looked, changed].map((text) => JSON.parse(text))).toEqual([expect.anything(), { secret: 'of the gateway' }])
    },
    { bypassCSP: true },
  )
  expect(gateway.asked).toEqual([
    ['status', undefined],
    ['pause', { upstream: 'shop' }],
  ])
})

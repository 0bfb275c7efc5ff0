/** A page with fifty assets, a WebSocket and an event stream in Chromium: through the gateway it is the page that it is without. */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { startChromium } from '../support/chromium.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { digest } from '../support/http-request.ts'

const START_MS = 30_000

type Asset = { readonly path: string; readonly type: string; readonly body: Buffer; readonly isCompressed?: boolean }

const STYLES = Array.from({ length: 10 }, (_, i): Asset => {
  const text = `.s${i} { color: rgb(${i}, 0, 0); width: ${100 + i}px }\n`
  return { path: `/style-${i}.css`, type: 'text/css', body: Buffer.from(text.repeat(1 + i * 40)), isCompressed: i % 2 === 0 }
})
const SCRIPTS = Array.from({ length: 10 }, (_, i): Asset => {
  const text = `document.getElementById('list').append(Object.assign(document.createElement('li'), { textContent: 'script ${i}' }))`
  return {
    path: `/script-${i}.js`,
    type: 'text/javascript',
    body: Buffer.from(`${text}\n//${'x'.repeat(i * 9_000)}`),
    isCompressed: i === 9,
  }
})
const IMAGES = Array.from({ length: 20 }, (_, i): Asset => {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${10 + i}" height="7"><!--${'y'.repeat(i * i * 400)}--></svg>`
  return { path: `/image-${i}.svg`, type: 'image/svg+xml', body: Buffer.from(text) }
})
const DATA = Array.from({ length: 10 }, (_, i): Asset => {
  const body = Buffer.from(JSON.stringify({ number: i, text: '\u00fc\u6f22'.repeat(i * 1_000) }))
  return { path: `/data-${i}.json`, type: 'application/json; charset=utf-8', body, isCompressed: i > 5 }
})
const ASSETS = [...STYLES, ...SCRIPTS, ...IMAGES, ...DATA]

const PAGE = `<!doctype html><html lang="en"><head><title>Fifty assets</title>
${STYLES.map(({ path }) => `<link rel="stylesheet" href="${path}">`).join('\n')}</head><body>
${STYLES.map((_, i) => `<p class="s${i}">paragraph ${i}</p>`).join('\n')}
${IMAGES.map(({ path }) => `<img src="${path}" alt="">`).join('\n')}
<ol id="list"></ol><pre id="log"></pre>
${SCRIPTS.map(({ path }) => `<script src="${path}"></script>`).join('\n')}
<script type="module">
  const note = (text) => { document.getElementById('log').append(text + '\\n') }
  for (const { path } of ${JSON.stringify(DATA.map(({ path }) => ({ path })))}) {
    const answer = await fetch(path)
    const { number, text } = await answer.json()
    note(path + ' ' + answer.status + ' ' + number + ' ' + text.length)
  }
  const missing = await fetch('/missing')
  note('missing ' + missing.status + ' ' + await missing.text())
  const posted = await fetch('/posted', { method: 'POST', body: 'z'.repeat(200000) })
  note('posted ' + await posted.text())
  const socket = new WebSocket('ws://' + location.host + '/socket')
  await new Promise((resolve) => { socket.onopen = resolve })
  socket.send('hello')
  note('socket ' + await new Promise((resolve) => { socket.onmessage = (event) => resolve(event.data) }))
  socket.close(1000)
  const events = new EventSource('/events')
  let seen = 0
  await new Promise((resolve) => { events.onmessage = (event) => { note('event ' + event.data); if (++seen === 3) resolve() } })
  events.close()
  document.title = 'done'
</script></body></html>`

let app: Server
let sockets: WebSocketServer
let gateway: RunningGateway
let browser: Browser

beforeAll(async () => {
  app = createServer((request, answer) => {
    const asset = ASSETS.find(({ path }) => path === request.url)
    if (asset) return send(answer, asset)
    if (request.url === '/')
      return send(answer, { path: '/', type: 'text/html; charset=utf-8', body: Buffer.from(PAGE), isCompressed: true })
    if (request.url === '/events') {
      answer.writeHead(200, { 'content-type': 'text/event-stream' })
      return void answer.write('data: 1\n\ndata: 2\n\ndata: 3\n\n')
    }
    if (request.url !== '/posted') return answer.writeHead(404).end('not here')
    let bytes = 0
    request.on('data', (piece) => {
      bytes += piece.length
    })
    request.on('end', () => answer.end(`${bytes} bytes`))
  })
  sockets = new WebSocketServer({ server: app, path: '/socket' })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`${data} to you`)))
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  gateway = await startGateway({ endpoints: [(app.address() as AddressInfo).port] })
  browser = await startChromium()
}, START_MS)

afterAll(async () => {
  await browser?.close()
  gateway?.close()
  sockets?.close()
  app?.closeAllConnections()
  app?.close()
})

test(
  'a page with fifty assets is the same, byte for byte and in its DOM',
  async () => {
    const direct = await load((app.address() as AddressInfo).port)
    const through = await load(gateway.port)
    expect(through.dom).toBe(direct.dom)
    expect(through.styles).toEqual(direct.styles)
    expect(through.errors).toEqual(direct.errors)
    expect(through.loads).toEqual(direct.loads)
    for (const { path, body } of ASSETS) expect(through.loads.get(path)).toMatchObject({ status: 200, body: digest(body) })
    expect(through.dom).toContain('script 9')
    expect(through.dom).toContain(
      '/data-9.json 200 9 18000\nmissing 404 not here\nposted 200000 bytes\nsocket hello to you\nevent 1\nevent 2',
    )
    expect(gateway.finished.filter(({ cause }) => cause !== null && cause !== 'client-closed')).toEqual([])
  },
  START_MS,
)

/** A page load as a visitor has it: nothing of it comes from a cache. */
async function load(port: number) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const loads = watch(page)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('requestfailed', (request) => {
    if (!request.url().endsWith('/events')) errors.push(`${request.url()}: ${request.failure()?.errorText}`)
  })
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.waitForFunction('document.title === "done"')
  const dom = await page.content()
  const styles = await page.evaluate(
    `[...document.querySelectorAll('p')].map((one) => getComputedStyle(one).color + getComputedStyle(one).width)`,
  )
  const kept = new Map<string, object>()
  for (const [path, one] of loads) kept.set(path, await one)
  await context.close()
  return { dom, styles, errors, loads: new Map([...kept].sort()) }
}

/** Status, fields and bytes of everything that a page loads, by its path. */
function watch(page: Page): Map<string, Promise<object>> {
  const loads = new Map<string, Promise<object>>()
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    // This one is over when the page says so, not when its body is there.
    if (pathname === '/events') return
    const headers = response.headers()
    const { 'content-type': type, 'content-encoding': encoding, 'content-length': length } = headers
    loads.set(
      pathname,
      response.body().then((body) => ({ status: response.status(), type, encoding, length, body: digest(body) })),
    )
  })
  return loads
}

function send(answer: ServerResponse, { type, body, isCompressed = false }: Asset): void {
  const bytes = isCompressed ? gzipSync(body) : body
  answer.writeHead(200, { 'content-type': type, 'content-length': bytes.length, ...(isCompressed && { 'content-encoding': 'gzip' }) })
  answer.end(bytes)
}

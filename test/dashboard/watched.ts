/** A gateway with its dashboard open in Chromium: an origin that can be taken away, and all that the page asked for and complained of. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { AssetStore } from '../../src/control/admin/asset-store.ts'
import { controlPlan, RunningControl } from '../control/running.ts'
import { until } from '../support/until.ts'

/** Builds it where that has not been done yet. */
export async function buildDashboard(): Promise<void> {
  const store = new AssetStore()
  await until('the dashboard is built', async () => {
    const stock = await store.open()
    if (stock.kind === 'failed') throw new Error(stock.reason)
    return stock.kind === 'ready'
  })
}

export class Origin {
  #server: Server | null = null
  port = 0

  async start(): Promise<void> {
    const server = createServer((_, response) => response.end('hello'))
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
    this.#server = server
  }

  stop(): void {
    this.#server?.close()
    this.#server?.closeAllConnections()
  }
}

export type Watched = {
  readonly page: Page
  readonly running: RunningControl
  /** Addresses that the page asked for. */
  readonly asked: readonly string[]
  /** What it said on its console, and what it threw. */
  readonly complaints: readonly string[]
}

export async function watch(
  browser: Browser,
  running: RunningControl,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Watched> {
  const context: BrowserContext = await browser.newContext(options)
  const page = await context.newPage()
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`http://127.0.0.1:${running.adminPort}/`)
  await page.getByText('Serving').waitFor()
  return { page, running, asked, complaints }
}

const CONFIGURATION = { before: 'upstreams:\n  app: {}\n', after: 'upstreams:\n  app: { balance: hash }\n' }

/** It was started with one text, and a reload reads another one. */
export async function startRunning(origin: Origin): Promise<RunningControl> {
  const plan = controlPlan(origin.port, { workers: 0 })
  const reload = async () => ({ plan, problems: [], text: CONFIGURATION.after })
  return RunningControl.start(plan, { file: 'gatewell.yaml', text: CONFIGURATION.before, reload })
}

/** Shows a view, and waits until it is there. */
export async function show(page: Page, hash: string, heading: string | RegExp): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
}

/** An app that says at `/up` how it is, and can be made to misbehave there and in its answers, or to be down. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HEALTH } from '../../src/config/defaults.ts'
import type { HealthPlan, Plan, UpstreamPlan } from '../../src/config/plan.ts'
import { controlPlan } from '../control/running.ts'
import { planOf } from './gateway.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

const INTERVAL_MS = 100

export class CheckedApp {
  answer: Answer = (response) => response.end('hello')
  up: Answer = (response) => response.end('OK')
  /** Requests and probes so far. */
  served = 0
  probed = 0
  port = 0
  #server: Server | null = null

  static async start(): Promise<CheckedApp> {
    const app = new CheckedApp()
    await app.start()
    return app
  }

  /** On the port that it had before. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      if (request.url === '/up') {
        this.probed++
        this.up(response, request)
      } else {
        this.served++
        this.answer(response, request)
      }
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
  }

  close(): void {
    this.#server?.close()
    this.#server?.closeAllConnections()
    this.#server = null
  }
}

/** Apps behind a gateway that asks them at `/up`, ten times a second. */
export function sitePlan(apps: readonly CheckedApp[], health: Partial<HealthPlan> = {}, upstream: Partial<UpstreamPlan> = {}): Plan {
  const check: HealthPlan = { ...HEALTH, kind: 'http', path: '/up', intervalMs: INTERVAL_MS, timeoutMs: 500, ...health }
  const endpoints = apps.map(({ port }) => port)
  return { ...controlPlan(0), workers: 0, upstreams: planOf({ endpoints, upstream: { health: check, ...upstream } }).upstreams }
}

export function answering(status: number, headers: Record<string, string> = {}, body = ''): Answer {
  return (response) => response.writeHead(status, headers).end(body)
}

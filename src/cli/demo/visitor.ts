/** The demo's traffic: visitors who come at a steady pace, and what each of them sees. A client like any other, over HTTP. */
import { Agent, type IncomingMessage, request } from 'node:http'
import type { Address } from '../../net/address.ts'

/** A visitor who gets nothing for so long has seen an error. */
const PATIENCE_MS = 20_000

export type Sight =
  | { readonly kind: 'answered'; readonly endpoint: number; readonly ms: number }
  /** `cause` as Proxy-Status names it, or what the client saw for itself. */
  | { readonly kind: 'failed'; readonly status: number; readonly cause: string }

export type VisitorOptions = {
  readonly address: Extract<Address, { kind: 'tcp' }>
  readonly perSecond: number
  readonly onSight: (sight: Sight) => void
}

export class Visitors {
  readonly #options: VisitorOptions
  readonly #agent = new Agent({ keepAlive: true })
  #timer: NodeJS.Timeout | null = null
  #sent = 0
  #beganAt = 0
  /** One request in four sends something. */
  isPosting = false

  constructor(options: VisitorOptions) {
    this.#options = options
  }

  start(): void {
    const { perSecond } = this.#options
    this.#beganAt = performance.now()
    // A late timer makes up for it, so that the pace holds.
    this.#timer = setInterval(
      () => {
        const due = Math.min(((performance.now() - this.#beganAt) / 1_000) * perSecond, this.#sent + perSecond)
        while (this.#sent < due) this.#visit()
      },
      Math.floor(1_000 / perSecond),
    )
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#agent.destroy()
  }

  #visit(): void {
    const ordinal = this.#sent++
    const method = this.isPosting && ordinal % 4 === 0 ? 'POST' : 'GET'
    const { address, onSight } = this.#options
    const beganAt = performance.now()
    let isOver = false
    const see = (sight: Sight): void => {
      // When it was stopped, what was under way is nobody's error.
      if (!isOver && this.#timer !== null) onSight(sight)
      isOver = true
    }
    const fail = (error: Error): void => see({ kind: 'failed', status: 0, cause: error.message })
    const asked = request({
      ...address,
      host: address.host || '127.0.0.1',
      method,
      path: '/work',
      agent: this.#agent,
      timeout: PATIENCE_MS,
    })
    asked.on('response', (answer) => void look(answer, beganAt).then(see, fail))
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')))
    asked.on('error', fail)
    asked.end(method === 'POST' ? 'an order' : undefined)
  }
}

/** Rejects when the answer breaks off, or is not what the site gives. */
async function look(answer: IncomingMessage, beganAt: number): Promise<Sight> {
  let body = ''
  for await (const piece of answer) body += piece
  const status = answer.statusCode ?? 0
  if (status === 200) {
    const { endpoint } = JSON.parse(body) as { endpoint: number }
    return { kind: 'answered', endpoint, ms: performance.now() - beganAt }
  }
  const cause = /details="([^"]*)"/.exec(String(answer.headers['proxy-status'] ?? ''))?.[1]
  return { kind: 'failed', status, cause: cause ?? `status ${status} of the endpoint` }
}

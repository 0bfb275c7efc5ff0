/** Load from processes of their own: who offers it, and a server of known power that gets it. */
import { join } from 'node:path'
import { Child } from './child.ts'
import { answerTo } from './http-request.ts'
import { saw } from './witness.ts'

export type Stream = {
  readonly perSecond: number
  readonly method?: 'GET' | 'POST'
  /** What it calls itself. */
  readonly agent?: string
  /** Addresses that it comes from, in turn; the gateway must trust loopback. */
  readonly clients?: readonly string[]
}

export type Load = { readonly port: number; readonly forMs: number; readonly streams: Readonly<Record<string, Stream>> }

export type Outcome = {
  sent: number
  /** By status. */
  answers: Record<number, number>
  causes: Record<string, number>
  /** Of answers with 200, ascending. */
  ms: number[]
  retryAfterS: number[]
  broken: number
}

export type Tally = {
  readonly served: number
  readonly inflightMax: number
  /** The share of its power that nobody used, from the first request to the last. */
  readonly idle: number
}

/** Offers the load, and resolves to what came of it when the last answer is here. */
export async function offer<S extends string>(load: {
  port: number
  forMs: number
  streams: Record<S, Stream>
}): Promise<Record<S, Outcome>> {
  const child = new Child([process.execPath, join(import.meta.dirname, 'offered-load-main.ts'), JSON.stringify(load)])
  const { code, stdout, stderr } = await child.ended
  if (code !== 0) throw new Error(`the load ended with ${code}: ${stderr}`)
  const outcomes = JSON.parse(String(stdout)) as Record<S, Outcome>
  for (const { sent, answers } of Object.values<Outcome>(outcomes)) {
    const well = Object.entries(answers).filter(([status]) => Number(status) < 500)
    saw(
      sent,
      well.reduce((sum, [, count]) => sum + count, 0),
    )
  }
  return outcomes
}

export type SlottedOrigin = { readonly port: number; tally(): Promise<Tally>; close(): Promise<unknown> }

/** A server that works on `slots` requests at a time, `serviceMs` each: its power is one divided by the other. */
export async function startSlottedOrigin(slots: number, serviceMs: number): Promise<SlottedOrigin> {
  const child = new Child([process.execPath, join(import.meta.dirname, 'slotted-origin-main.ts'), String(slots), String(serviceMs)])
  const [, port] = await child.says(/port (\d+)/)
  return {
    port: Number(port),
    tally: async () => JSON.parse(String((await answerTo(Number(port), { path: '/tally' })).body)),
    close: () => child.stop(),
  }
}

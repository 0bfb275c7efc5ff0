/** One run of wrk against one port, and what it saw. wrk keeps every connection busy: latency here is latency at full load. */
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { find } from './install.ts'
import type { Stage } from './stage.ts'

export type Load = {
  readonly path: string
  readonly connections: number
  readonly bodyBytes?: number
  readonly headers?: Readonly<Record<string, string>>
}

export type Report = {
  readonly requests: number
  readonly durationUs: number
  readonly bytes: number
  readonly p50Us: number
  readonly p99Us: number
  readonly connect: number
  readonly read: number
  readonly write: number
  readonly timeout: number
  /** Answers of status 400 and above, and requests that got none. */
  readonly status: number
}

const SCRIPT = fileURLToPath(new URL('./wrk.lua', import.meta.url))

export async function runLoad(stage: Stage, core: number, port: number, load: Load, seconds: number): Promise<Report> {
  const headers = Object.entries(load.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const shape = ['-t1', `-c${load.connections}`, `-d${seconds}s`, '--timeout', '5s']
  const started = stage.start({
    name: 'wrk',
    argv: [find('wrk')!, ...shape, '-s', SCRIPT, ...headers, `http://127.0.0.1:${port}${load.path}`],
    core,
    env: { BODY_BYTES: `${load.bodyBytes ?? 0}` },
  })
  await once(started.child, 'close')
  await stage.stop(started)
  const report = /^REPORT (.*)$/m.exec(started.said())?.[1]
  if (report === undefined) throw new Error(`wrk gave no report: ${started.said()}`)
  return JSON.parse(report) as Report
}

export const errorsOf = (report: Report): number => report.connect + report.read + report.write + report.timeout + report.status

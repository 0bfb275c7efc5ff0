/** Where one server's log only has the symptom, that of the server behind it has the cause: both together tell it. Logs of real servers. */
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileSource } from '../../src/insight/log/byte-source.ts'
import type { LogReport } from '../../src/insight/log/log-report.ts'
import { readLogs } from '../../src/insight/log/read-logs.ts'
import { CORPUS, FILES, type LabelledFile } from './corpus.ts'

const NOW_MS = Date.UTC(2026, 10, 23)

function read(paths: readonly string[]): Promise<LogReport> {
  return readLogs(
    paths.map((path) => fileSource(path, null)),
    { nowMs: NOW_MS, zoneMs: 0 },
  )
}

/** Those of several files that know a deeper cause than any line of the front does. */
const stories = [...Map.groupBy(FILES, ({ server, name }) => `${server}: ${name}`)].filter(
  ([, files]) => files.length > 1 && causeOf(files) !== null && hasErrors(files),
)

function causeOf(files: readonly LabelledFile[]): string | null {
  return files[0]?.label.cause ?? null
}

/** Does the front have a line about a request that failed? */
function hasErrors(files: readonly LabelledFile[]): boolean {
  return files.some(
    ({ path, label }) => basename(path).includes('.error.') && Object.keys(label.files[basename(path)]?.lines ?? {}).length > 0,
  )
}

describe('the logs of a front and of what is behind it', () => {
  test('are there in number', () => {
    expect(stories.length).toBeGreaterThanOrEqual(12)
  })

  test.each(stories)('%s', async (_, files) => {
    const report = await read(files.map(({ path }) => path))
    const told = report.causes.filter(({ count }) => count > 0).map(({ cause, count }) => `${cause} ${count}`)
    expect(told[0], told.join(', ')).toMatch(new RegExp(`^${causeOf(files)} `))
  })
})

describe('no live upstreams', () => {
  test('has the cause that took the servers out', async () => {
    const report = await read([join(CORPUS, 'nginx/no-live-upstreams.log')])
    expect(report.causes.filter(({ count }) => count > 0).map(({ cause }) => cause)).toEqual(['connect-refused'])
  })

  test('of HAProxy has the reason of its health check', async () => {
    const report = await read([join(CORPUS, 'haproxy/check-timeout.log')])
    expect(report.causes[0]?.cause).toBe('connect-timeout')
  })
})

describe('logs of servers under attack, of which hardly any line is about a gateway', () => {
  test('have no failure but those that a limit of nginx turned away', async () => {
    const folder = join(CORPUS, 'crowdsec')
    const report = await read(globSync('*.log', { cwd: folder }).map((name) => join(folder, name)))
    expect(report.causes.map(({ cause, count, events }) => [cause, count, events])).toEqual([['overload-shed', 9, 0]])
    expect(report.unattributed.count).toBe(0)
  })
})

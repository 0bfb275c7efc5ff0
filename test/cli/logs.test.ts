/** `gatewell logs` as people call it: what it prints, what it answers with, and what it says when it is used wrongly. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ProgressBar } from '../../src/cli/progress-bar.ts'
import { momentText } from '../../src/cli/story-text.ts'
import type { LogReport } from '../../src/insight/log/log-report.ts'
import { access, nginx, REFUSED } from '../log/made.ts'
import { Child } from '../support/child.ts'
import { until } from '../support/until.ts'
import { gatewell, recordingTerminal } from './recording-terminal.ts'

function files(contents: Readonly<Record<string, readonly string[]>>): { folder: string; paths: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-logs-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const paths = Object.entries(contents).map(([name, lines]) => {
    writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''))
    return join(folder, name)
  })
  return { folder, paths }
}

const SITE = {
  'access.log': [access(10, 200), access(11, 502), access(15, 502, { path: '/other', agent: 'Googlebot/2.1' }), access(16, 200)],
  'error.log': [nginx(11, REFUSED)],
}

test('each cause has when, where, whom it hit, why and what to do; what nothing tells is said to be so', async () => {
  const { folder, paths } = files(SITE)
  const { code, printed } = await gatewell('logs', ...paths)
  expect(code).toBe(1)
  const text = printed.replaceAll(folder, '')
  const at = (second: number): string => momentText(Date.UTC(2026, 10, 22, 6, 0, second), Date.now())
  expect(text.split('\n  What to do')[0]).toBe(`2 requests failed of 4 (50 %).
  read       5 lines of 2 files: access log, combined, nginx error log
  from       ${at(10)} to ${at(15)}
  errors     .█...█

Nothing listens on that port  connect-refused  1 (50 %)
  why        nothing listens at the address of the server
  when       ${at(11)}  .█....
  in         access log, nginx
  status     502
  routes     GET /cart
  servers    127.0.0.1:3000
  visitors   1 client: 203.0.113.9
  /access.log:2
    ${access(11, 502).slice(0, 76)}
    ${access(11, 502).slice(76)}
    /error.log:1
      ${nginx(11, REFUSED).slice(0, 74)}
      ${nginx(11, REFUSED).slice(74, 148)}
      ${nginx(11, REFUSED).slice(148, 221)}…`)
  expect(text).toMatch(/Not attributed {2}1 \(50 %\)\n {2}None of these lines, and none of the other logs, tells why\./)
  expect(text).toContain('crawlers   Googlebot')
})

test('--json has the keys that others read', async () => {
  const { paths } = files(SITE)
  const { code, printed } = await gatewell('logs', '--json', ...paths)
  const report = JSON.parse(printed)
  expect(code).toBe(1)
  expect(report).toMatchObject({
    files: [
      { path: paths[0], format: 'combined', lines: 4, unparsed: 0 },
      { path: paths[1], format: 'nginx-error', lines: 1, unparsed: 0 },
    ],
    requests: 4,
    errors: 2,
    causes: [
      {
        cause: 'connect-refused',
        count: 1,
        share: 0.5,
        first: '2026-11-22T06:00:11.000Z',
        last: '2026-11-22T06:00:11.000Z',
        routes: [{ name: 'GET /cart', count: 1 }],
        upstreams: [{ name: '127.0.0.1:3000', count: 1 }],
        crawlers: [],
        examples: [{ file: paths[0], line: 2, text: access(11, 502) }],
      },
    ],
    unattributed: { count: 1, crawlers: [{ name: 'Googlebot', count: 1 }], examples: [{ line: 3 }] },
  })
})

test('0 says that no gateway failed, also where visitors left by themselves', async () => {
  const { paths } = files({ 'access.log': [access(10, 200), access(11, 404), access(12, 500)] })
  expect(await gatewell('logs', ...paths)).toMatchObject({ code: 0, printed: expect.stringMatching(/^No error of a gateway\./) })
  const { paths: left } = files({ 'access.log': [access(10, 499)] })
  expect((await gatewell('logs', ...left)).code).toBe(0)
})

test('2 says that it was used wrongly, and how to use it', async () => {
  const { folder, paths } = files({ 'access.log': [access(10, 502)], 'picture.log': ['\u0089PNG', 'nothing that is a log'] })
  const [log = '', picture = ''] = paths
  const wrong = async (...words: string[]): Promise<unknown[]> => {
    const { code, said } = await gatewell('logs', ...words)
    return [code, said]
  }
  expect(await wrong(join(folder, 'none'))).toEqual([2, `gatewell: there is no file ${join(folder, 'none')}`])
  expect(await wrong(folder)).toEqual([2, `gatewell: ${folder} is a folder; name the files in it: gatewell logs ${folder}/*`])
  expect(await wrong(log, '--format', 'ngin-error')).toEqual([2, 'gatewell: there is no format "ngin-error". Did you mean "nginx-error"?'])
  expect(await wrong(log, '--since', 'lately')).toEqual([2, expect.stringMatching(/--since "lately" must be how long ago/)])
  expect(await wrong(log, '--html', join(folder, 'no/where.html'))).toEqual([2, expect.stringMatching(/cannot be written/)])
  expect(await gatewell('logs', picture)).toMatchObject({ code: 2, printed: expect.stringMatching(/^Nothing of it was understood\./) })
})

test('--since leaves out what is older', async () => {
  const { paths } = files({ 'access.log': [access(10, 502), access(80, 502)] })
  const { printed } = await gatewell('logs', '--json', '--since', '2026-11-22T06:01:00Z', ...paths)
  expect(JSON.parse(printed)).toMatchObject({ requests: 1, errors: 1 })
})

test('without a file it reads standard input, beside files as -', async () => {
  const launcher = join(import.meta.dirname, '../../gatewell')
  const { paths } = files({ 'error.log': [nginx(11, REFUSED)] })
  const piped = async (...words: string[]): Promise<{ code: number | null; report: LogReport }> => {
    const { code, stdout } = await new Child([launcher, 'logs', '--json', ...words], { input: `${access(11, 502)}\n` }).ended
    return { code, report: JSON.parse(String(stdout)) }
  }
  expect(await piped()).toMatchObject({ code: 1, report: { files: [{ path: 'standard input' }], errors: 1, causes: [] } })
  expect(await piped('-', ...paths)).toMatchObject({ report: { errors: 1, causes: [{ cause: 'connect-refused', count: 1 }] } })
})

test('--html writes a report', async () => {
  const { folder, paths } = files(SITE)
  const path = join(folder, 'report.html')
  const { code, said, printed } = await gatewell('logs', '--html', path, ...paths)
  expect([code, said, printed]).toEqual([1, `The report is in ${path}`, ''])
  expect(readFileSync(path, 'utf8')).toMatch(/^<!doctype html>/i)
})

test('--follow tells of each failure while it is logged, and sums up at the end', async () => {
  const { paths } = files({ 'error.log': [nginx(10, REFUSED)] })
  const { terminal, printed, run } = recordingTerminal()
  const done = run('logs', '--follow', '--json', ...paths)
  await until('it listens', () => terminal.signals.listenerCount('SIGINT') > 0)
  appendFileSync(paths[0] as string, `${nginx(30, REFUSED, { path: '/later' })}\n`)
  terminal.signals.emit('SIGINT')
  expect(await done).toBe(1)
  expect(printed.map((line) => JSON.parse(line)).map(({ target, cause, line }) => [target, cause, line])).toEqual([
    ['/cart', 'connect-refused', 1],
    ['/later', 'connect-refused', 2],
  ])
})

test('what a stranger wrote into a log cannot steer the terminal', async () => {
  const { paths } = files({ 'access.log': [access(10, 502, { path: '/\u001b[2J\u0007', agent: '\u001b]0;x' }), '\u001b[31mbroken'] })
  const { printed } = await gatewell('logs', ...paths)
  expect(printed).not.toMatch(/[\u001b\u0007]/)
})

test('a bar shows how far it has come, only where somebody looks on', () => {
  let now = 0
  const written: string[] = []
  const stream = { isTTY: true, write: (text: string) => void written.push(text) }
  const bar = new ProgressBar({ stream, total: 1 << 30, now: () => now })
  bar.show(1 << 20)
  now = 1_000
  bar.show(1 << 29)
  bar.clear()
  expect(written).toEqual(['\r\u001b[KReading  ████████████░░░░░░░░░░░░  50 %  512MiB/s', '\r\u001b[K'])
  new ProgressBar({ stream: { ...stream, isTTY: false }, total: 1, now: () => 9_999 }).show(1)
  expect(written.length).toBe(2)
})

/** `gatewell check`: problems are data, so they go to standard output; what is said about them is chatter. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { gatewell } from './recording-terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatewell-check-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const GOOD = 'upstreams: { app: { endpoints: ["http://127.0.0.1:3000"] } }\nroutes: [{ to: app }]\n'
const good = file('good.yaml', GOOD)
const doubtful = file('doubtful.yaml', `${GOOD.replace('[{', '[{ path: /*, to: app }, {')}`)
const bad = file('bad.yaml', `${GOOD}nam: x\nworkers: many\n`)

describe('check', () => {
  test('says that a file is fine, on standard error', async () => {
    expect(await gatewell('check', '-c', good)).toEqual({ code: 0, printed: '', said: `${good}: fine (1 upstream, 1 route).` })
  })

  test('prints warnings and still ends with 0', async () => {
    const { code, printed, said } = await gatewell('check', '-c', doubtful)
    expect(code).toBe(0)
    expect(printed).toContain(`${doubtful}:2:33: warning: routes[1]: is never reached`)
    expect(said).toBe(`${doubtful}: fine, with 1 warning (1 upstream, 2 routes).`)
  })

  test('prints all errors and ends with 1', async () => {
    const { code, printed, said } = await gatewell('check', '-c', bad)
    expect(code).toBe(1)
    expect(printed.split('\n').filter((line) => line.startsWith(bad))).toEqual([
      `${bad}:3:1: nam: unknown key "nam". Did you mean "name"?`,
      `${bad}:4:10: workers: must be "auto" or a whole number from 0 to 1024, not "many".`,
    ])
    expect(said).toBe(`${bad}: 2 errors.`)
  })

  test('cuts a list that nobody reads to its end', async () => {
    const { printed } = await gatewell('check', '-c', file('worse.yaml', `routes:\n${'  - {}\n'.repeat(60)}`))
    expect(printed.split('\n').at(-1)).toBe('… and 10 more.')
  })

  test('--quiet leaves only the problems', async () => {
    expect(await gatewell('check', '-c', good, '--quiet')).toEqual({ code: 0, printed: '', said: '' })
  })

  test('--json gives every problem with its place, for tools', async () => {
    const { code, printed, said } = await gatewell('check', '-c', bad, '--json')
    expect({ code, said }).toEqual({ code: 1, said: '' })
    const { ok, problems } = JSON.parse(printed)
    expect(ok).toBe(false)
    expect(problems[0]).toMatchObject({
      severity: 'error',
      file: bad,
      line: 3,
      column: 1,
      path: 'nam',
      message: 'unknown key "nam".',
      value: 'nam',
      suggestion: 'name',
    })
    expect(JSON.parse((await gatewell('check', '-c', good, '--json')).printed)).toEqual({ file: good, ok: true, problems: [] })
  })

  test('--schema prints what docs/reference/ has', async () => {
    const { code, printed } = await gatewell('check', '--schema')
    expect(code).toBe(0)
    const kept = readFileSync(join(import.meta.dirname, '../../docs/reference/gatewell.schema.json'), 'utf8')
    expect(JSON.parse(printed)).toEqual(JSON.parse(kept))
  })
})

test('run never starts with a bad configuration', async () => {
  const { code, printed, said } = await gatewell('run', '-c', bad)
  expect({ code, printed }).toEqual({ code: 1, printed: '' })
  expect(said).toContain('unknown key "nam"')
  expect(said).toContain(`${bad}: 2 errors. Nothing was started.`)
})

import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { SwitchFile } from '../../src/control/switch-file.ts'
import { findEndpoints, type Subjects } from '../../src/control/switch-subject.ts'
import { Switchboard } from '../../src/control/switchboard.ts'
import type { Switches } from '../../src/gateway/switches.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { closing } from '../support/closing.ts'

const A = 'http://10.0.0.1:3000'
const B = 'http://10.0.0.2:3000'
const SUBJECTS: Subjects = {
  upstreams: [
    { name: 'shop', endpoints: [A, B] },
    { name: 'api', endpoints: [A] },
  ],
  routes: ['/api/*', '/*'],
}

let folder: string
let told: Switches[]
let notices: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-switch-'))
  closing({ close: () => rmSync(folder, { recursive: true, force: true }) })
  told = []
  notices = []
})

function board(path = join(folder, 'data')): Switchboard {
  return new Switchboard({
    file: new SwitchFile(path),
    clock: new ManualClock(),
    onChange: (switches) => told.push(switches),
    onNotice: (text) => notices.push(text),
  })
}

describe('an endpoint', () => {
  test.each([A, '10.0.0.1:3000', `${A}/`])('may be named as %s', (text) => {
    const found = findEndpoints(SUBJECTS, text)
    expect(found).toEqual({
      ok: true,
      value: [
        { upstream: 'shop', endpoint: A },
        { upstream: 'api', endpoint: A },
      ],
    })
  })

  test.each([
    ['3000', undefined, /could be any of http:\/\/10\.0\.0\.1:3000, http:\/\/10\.0\.0\.2:3000/],
    ['10.0.0.3:3000', undefined, /There is no endpoint "10\.0\.0\.3:3000"\. There are http/],
    ['1.1.1.1:80', 'api', /no endpoint "1\.1\.1\.1:80" in upstream api\. There is http:\/\/10\.0\.0\.1:3000\./],
    [A, 'shpo', /There is no upstream "shpo"\. Did you mean shop\?/],
  ])('%s in %s is none', (text, upstream, sentence) => {
    expect(findEndpoints(SUBJECTS, text, upstream)).toMatchObject({ ok: false, error: expect.stringMatching(sentence) })
  })

  test('is drained in every upstream that has it, and resumed so', () => {
    const switchboard = board()
    expect(switchboard.drain({ endpoint: A }, SUBJECTS)).toMatchObject({ ok: true, value: { changes: { length: 3 } } })
    expect(told.at(-1)?.drained).toMatchObject([{ upstream: 'shop' }, { upstream: 'api' }])
    expect(switchboard.drain({ endpoint: A }, SUBJECTS)).toMatchObject({ ok: true, value: { changes: [] } })
    expect(switchboard.resume({ what: A, upstream: 'api' }, SUBJECTS)).toMatchObject({ ok: true, value: { length: 1 } })
    expect(told.at(-1)?.drained).toMatchObject([{ upstream: 'shop', endpoint: A }])
  })

  test('that is the last of its upstream is drained with a warning', () => {
    const drained = board().drain({ endpoint: A, upstream: 'api' }, SUBJECTS)
    expect(drained).toMatchObject({ ok: true, value: { changes: [expect.anything(), expect.stringContaining('no other endpoint')] } })
  })

  test('that the configuration has lost can still be resumed', () => {
    const switchboard = board()
    switchboard.drain({ endpoint: B }, SUBJECTS)
    expect(switchboard.resume({ what: B }, { upstreams: [], routes: [] })).toMatchObject({ ok: true, value: { length: 1 } })
    expect(switchboard.state.drained).toEqual([])
  })
})

describe('an upstream', () => {
  test('is paused and resumed', () => {
    const switchboard = board()
    expect(switchboard.pause('shop', SUBJECTS)).toMatchObject({ ok: true, value: ['Upstream shop is paused: its requests wait.'] })
    expect(told.at(-1)?.paused).toEqual(['shop'])
    expect(switchboard.pause('shop', SUBJECTS)).toEqual({ ok: true, value: [] })
    expect(switchboard.resume({ what: 'shop' }, SUBJECTS)).toMatchObject({ ok: true, value: { length: 1 } })
    expect(switchboard.resume({ what: 'shop' }, SUBJECTS)).toEqual({ ok: true, value: [] })
    expect(switchboard.resume({ what: 'shpo' }, SUBJECTS)).toMatchObject({ ok: false, status: 404 })
  })
})

describe('maintenance', () => {
  test('that is switched on again changes and keeps its beginning', () => {
    const switchboard = board()
    switchboard.maintain({ state: 'on' }, SUBJECTS)
    const since = switchboard.state.maintenance[0]?.since
    switchboard.maintain({ state: 'on', message: 'Later.', allow: ['10.0.0.1'] }, SUBJECTS)
    expect(switchboard.state.maintenance).toMatchObject([{ message: 'Later.', allow: ['10.0.0.1/32'], since }])
  })

  test('is switched off part by part, or all at once', () => {
    const switchboard = board()
    switchboard.maintain({ state: 'on', upstream: 'shop' }, SUBJECTS)
    switchboard.maintain({ state: 'on', route: '/api/*' }, SUBJECTS)
    switchboard.maintain({ state: 'off', upstream: 'shop' }, SUBJECTS)
    expect(switchboard.state.maintenance).toMatchObject([{ route: '/api/*' }])
    switchboard.maintain({ state: 'on', upstream: 'shop' }, SUBJECTS)
    expect(switchboard.maintain({ state: 'off' }, SUBJECTS)).toMatchObject({ ok: true, value: { length: 2 } })
    expect(switchboard.state.maintenance).toEqual([])
  })

  test.each([
    [{ state: 'on', upstream: 'shop', route: '/*' }, 400],
    [{ state: 'on', upstream: 'shpo' }, 404],
    [{ state: 'on', route: '/ap/*' }, 404],
    [{ state: 'on', allow: ['10.0.0'] }, 400],
  ] as const)('is not switched by %j', (input, status) => {
    expect(board().maintain({ ...input, allow: [...('allow' in input ? input.allow : [])] }, SUBJECTS)).toMatchObject({ ok: false, status })
    expect(told).toEqual([])
  })

  test('that is on for everything cannot be off for a part', () => {
    const switchboard = board()
    switchboard.maintain({ state: 'on' }, SUBJECTS)
    expect(switchboard.maintain({ state: 'off', upstream: 'shop' }, SUBJECTS)).toMatchObject({ ok: false, status: 409 })
  })
})

describe('what is switched', () => {
  test('is there again after a restart, in words, too', () => {
    const former = board()
    former.drain({ endpoint: B }, SUBJECTS)
    former.pause('api', SUBJECTS)
    former.maintain({ state: 'on', route: '/api/*', message: 'Soon.' }, SUBJECTS)
    const next = board()
    expect(next.state).toEqual(former.state)
    expect(next.describe()).toEqual([
      expect.stringMatching(/^Endpoint http:\/\/10\.0\.0\.2:3000 of upstream shop is drained since 2023-/),
      expect.stringMatching(/^Upstream api is paused since 2023-/),
      expect.stringMatching(/^Maintenance is on for route \/api\/\* since 2023-/),
    ])
  })

  test('makes the folder with the first change, for its owner only, and leaves nothing but the file', () => {
    const switchboard = board()
    expect(existsSync(join(folder, 'data'))).toBe(false)
    switchboard.pause('shop', SUBJECTS)
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(folder, 'data'))).toEqual(['switches.json'])
  })

  test('is in force also where it cannot be kept, and that is said', () => {
    writeFileSync(join(folder, 'data'), 'a file where the folder would be')
    const paused = board().pause('shop', SUBJECTS)
    expect(paused).toMatchObject({ ok: true, value: [expect.anything(), expect.stringContaining('It will be forgotten')] })
    expect(told.at(-1)?.paused).toEqual(['shop'])
  })

  test('is nothing where the file is not ours, and that is said', () => {
    writeFileSync(join(folder, 'switches.json'), '{"drained":"all"}')
    chmodSync(join(folder, 'switches.json'), 0o600)
    expect(board(folder).describe()).toEqual([])
    expect(notices).toEqual([expect.stringContaining('is not what Gatewell wrote')])
  })
})

import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { FileWatch } from '../../src/control/file-watch.ts'
import { closing } from '../support/closing.ts'
import { until } from '../support/until.ts'

let folder: string
let file: string
let changes: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-watch-'))
  closing({ close: () => rmSync(folder, { recursive: true, force: true }) })
  file = join(folder, 'gatewell.yaml')
  changes = 0
  writeFileSync(file, 'one')
})

function watched(path = file): void {
  closing(
    new FileWatch(path, () => {
      changes++
    }),
  )
}

const changed = (count = 1): Promise<unknown> => until(`${count} changes were told`, () => changes === count)

describe('a change of the file is told', () => {
  test('when it is written in place, in several steps, once', async () => {
    watched()
    writeFileSync(file, 'two')
    appendFileSync(file, ' and a half')
    await changed()
    await sleep(300)
    expect(changes).toBe(1)
  })

  test('when another one takes its place, as editors do, again and again', async () => {
    watched()
    for (const [index, text] of ['two', 'three'].entries()) {
      writeFileSync(join(folder, 'draft'), text)
      renameSync(file, `${file}~`)
      renameSync(join(folder, 'draft'), file)
      await changed(index + 1)
    }
  })

  test('when a link on the way to it is turned, as Kubernetes does', async () => {
    for (const name of ['2026_01', '2026_02']) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'config.yaml'), name)
    }
    symlinkSync('2026_01', join(folder, '..data'))
    symlinkSync(join('..data', 'config.yaml'), join(folder, 'config.yaml'))
    watched(join(folder, 'config.yaml'))
    symlinkSync('2026_02', join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    await changed()
  })

  test('when it is a link to a file in another folder, which is written', async () => {
    const elsewhere = join(folder, 'elsewhere')
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'real.yaml'), 'one')
    symlinkSync(join(elsewhere, 'real.yaml'), join(folder, 'link.yaml'))
    watched(join(folder, 'link.yaml'))
    writeFileSync(join(elsewhere, 'real.yaml'), 'two')
    await changed()
  })
})

test('what leaves its text as it was is no change, nor is its absence', async () => {
  watched()
  writeFileSync(file, 'one')
  writeFileSync(join(folder, 'other.yaml'), 'two')
  rmSync(file)
  await sleep(500)
  writeFileSync(file, 'one')
  await sleep(500)
  expect(changes).toBe(0)
})

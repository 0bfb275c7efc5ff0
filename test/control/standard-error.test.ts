import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StandardError } from '../../src/control/standard-error.ts'

let folder: string
let reader: number
let writer: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-stderr-'))
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
})

afterEach(() => {
  closeSync(writer)
  rmSync(folder, { recursive: true })
})

/** 120 bytes. */
function lineOf(count: number): string {
  return `${String(count).padEnd(119, '.')}\n`
}

function read(): string {
  const buffer = Buffer.alloc(1024 * 1024)
  let text = ''
  try {
    for (let bytes = readSync(reader, buffer); bytes > 0; bytes = readSync(reader, buffer)) text += buffer.toString('utf8', 0, bytes)
  } catch {}
  return text
}

test('a line is written at once', () => {
  new StandardError(writer).write('line\n')
  expect(read()).toBe('line\n')
})

test('a reader that does not read holds nobody up; what it gets later are whole lines, the first ones', () => {
  const log = new StandardError(writer)
  for (let count = 0; count < 2_000; count++) log.write(lineOf(count))
  let text = read()
  for (const line of ['now it fits\n', 'the end\n']) {
    log.write(line)
    text += read()
  }
  const lines = text.split('\n').slice(0, -1)
  expect(lines.splice(-2)).toEqual(['now it fits', 'the end'])
  // A pipe and a backlog of 64 KiB each.
  expect(lines.length).toBeGreaterThan(1_000)
  expect(lines.length).toBeLessThan(1_100)
  expect(lines.map((line) => `${line}\n`)).toEqual(lines.map((_, index) => lineOf(index)))
})

test('a reader that is gone is no error', () => {
  const log = new StandardError(writer)
  closeSync(reader)
  for (let count = 0; count < 10; count++) log.write('line\n')
})

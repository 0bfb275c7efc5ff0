import { execFileSync } from 'node:child_process'
import { constants, mkdtempSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LogWriter } from '../../src/gateway/observe/log-writer.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { until } from '../support/until.ts'

const FLUSH_MS = 200
const RETRY_MS = 1_500

let folder: string
let clock: ManualClock
let wheel: Wheel
let notices: string[]
let writers: LogWriter[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-log-'))
  clock = new ManualClock()
  wheel = new Wheel({ clock, isDriven: false })
  notices = []
  writers = []
})

afterEach(async () => {
  for (const writer of writers) await writer.close(0)
  rmSync(folder, { recursive: true })
})

function writerOf(path: string): LogWriter {
  const writer = new LogWriter({
    path,
    wheel,
    onTrouble: (code) => notices.push(code),
    onRecovery: (lost) => notices.push(`recovered, ${lost} lost`),
  })
  writers.push(writer)
  return writer
}

function pass(ms: number): void {
  clock.advance(ms)
  wheel.advance()
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1)
}

describe('a log file', () => {
  test('gets its lines together, after a moment', async () => {
    const path = join(folder, 'access.log')
    const writer = writerOf(path)
    expect(await writer.start()).toBe(null)
    writer.append('one\n')
    writer.append('Zoë ☕\n')
    expect(linesOf(path)).toEqual([])
    pass(FLUSH_MS)
    await until('both are written', () => linesOf(path).length === 2)
    expect(linesOf(path)).toEqual(['one', 'Zoë ☕'])
  })

  test('is appended to', async () => {
    const path = join(folder, 'access.log')
    writeFileSync(path, 'before\n')
    const writer = writerOf(path)
    await writer.start()
    writer.append('after\n')
    await writer.close(1_000)
    expect(linesOf(path)).toEqual(['before', 'after'])
  })

  test('gets a line that is larger than any buffer', async () => {
    const path = join(folder, 'access.log')
    const writer = writerOf(path)
    await writer.start()
    writer.append('small\n')
    writer.append(`${'x'.repeat(200_000)}\n`)
    writer.append('small again\n')
    await writer.close(1_000)
    expect(linesOf(path).map(({ length }) => length)).toEqual([5, 200_000, 11])
  })

  test.each([
    ['its folder does not exist', 'nowhere/access.log', 'ENOENT'],
    ['it is a folder', '.', 'EISDIR'],
  ])('is refused at once when %s', async (_, name, code) => {
    expect(await writerOf(join(folder, name)).start()).toBe(code)
  })

  test('loses no line when it is renamed and reopened under load, and the new one gets all that follow', async () => {
    const path = join(folder, 'access.log')
    const writer = writerOf(path)
    await writer.start()
    const rotated: string[] = []
    let count = 0
    for (let round = 0; round < 5; round++) {
      for (let line = 0; line < 4_000; line++) writer.append(`line ${count++} ${'-'.repeat(60)}\n`)
      pass(FLUSH_MS)
      const aside = join(folder, `access.log.${round}`)
      renameSync(path, aside)
      rotated.push(aside)
      writer.reopen()
      await until('the new file exists', () => readFileSync(path, { flag: constants.O_RDONLY | constants.O_CREAT }) !== null)
      for (let line = 0; line < 1_000; line++) writer.append(`line ${count++}\n`)
    }
    await writer.close(5_000)
    const all = [...rotated, path].flatMap(linesOf)
    expect(all.map((line) => Number(line.split(' ')[1]))).toEqual(Array.from({ length: count }, (_, index) => index))
    expect(writer.dropped).toBe(0)
  })

  test('goes on in the old file when the new one cannot be opened, and says so', async () => {
    const path = join(folder, 'inner', 'access.log')
    execFileSync('mkdir', [join(folder, 'inner')])
    const writer = writerOf(path)
    await writer.start()
    writer.append('first\n')
    pass(FLUSH_MS)
    await until('it is written', () => linesOf(path).length === 1)
    renameSync(join(folder, 'inner'), join(folder, 'moved'))
    writer.reopen()
    await until('it complains', () => notices.length > 0)
    writer.append('second\n')
    await writer.close(1_000)
    expect(notices[0]).toBe('ENOENT')
    expect(linesOf(join(folder, 'moved', 'access.log'))).toEqual(['first', 'second'])
  })
})

describe('a disk that is full (/dev/full)', () => {
  test('holds nobody up: lines wait in memory, then the further ones are dropped and counted', async () => {
    const writer = writerOf('/dev/full')
    expect(await writer.start()).toBe(null)
    const line = `${'x'.repeat(999)}\n`
    for (let count = 0; count < 6_000; count++) writer.append(line)
    pass(FLUSH_MS)
    await until('it complains', () => notices.length > 0)
    for (let count = 0; count < 100; count++) writer.append(line)
    // 4 MiB and a chunk are kept.
    expect(writer.dropped).toBeGreaterThan(6_100 - 4_400)
    expect(writer.dropped).toBeLessThan(6_100 - 4_000)
  })

  test('is complained about once, not at every try', async () => {
    const writer = writerOf('/dev/full')
    await writer.start()
    writer.append('line\n')
    for (let round = 0; round < 3; round++) {
      pass(RETRY_MS)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(notices).toEqual(['ENOSPC'])
  })
})

describe('a pipe (a real fifo)', () => {
  test('that nobody reads holds nobody up, and is written from when a reader comes', async () => {
    const path = fifo()
    const writer = writerOf(path)
    expect(await writer.start()).toBe(null)
    expect(notices).toEqual(['ENXIO'])
    writer.append('waiting\n')
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    await until('the line arrives', () => {
      pass(RETRY_MS)
      return read(reader) === 'waiting\n'
    })
    await until('it says so', () => notices.length === 2)
    expect(notices).toEqual(['ENXIO', 'recovered, 0 lost'])
  })

  test('whose reader stops reading fills, then lines are dropped; what the reader gets are whole lines in order', async () => {
    const path = fifo()
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = writerOf(path)
    await writer.start()
    const total = 15_000
    for (let count = 0; count < total; count++) {
      writer.append(`${String(count).padStart(6, '0')} ${'x'.repeat(500)}\n`)
      if (count % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(writer.dropped).toBeGreaterThan(0)
    let text = ''
    await until('all that was kept is read', () => {
      pass(FLUSH_MS)
      for (let piece = read(reader); piece !== ''; piece = read(reader)) text += piece
      return text.split('\n').length - 1 === total - writer.dropped
    })
    const numbers = text.split('\n').slice(0, -1).map(Number.parseFloat)
    expect(text).toMatch(/^(?:\d{6} x{500}\n)+$/)
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index))
    await until('it has caught up', () => notices.length === 2)
    expect(notices).toEqual(['EAGAIN', `recovered, ${writer.dropped} lost`])
  })

  test('that several processes write to gets whole lines from each, also when it is full in between', async () => {
    const path = fifo()
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const both = [writerOf(path), writerOf(path)]
    for (const writer of both) await writer.start()
    // Of a length that does not divide a page, so that pieces do not end with lines by chance.
    const lines = both.map((_, index) => `${String(index).repeat(612)}\n`)
    for (let count = 0; count < 1_500; count++) for (const [index, writer] of both.entries()) writer.append(lines[index] as string)
    let text = ''
    await until('all is read', () => {
      pass(FLUSH_MS)
      text += read(reader, 10_000)
      return text.length === 3_000 * 613
    })
    expect(new Set(text.match(/.*\n/g))).toEqual(new Set(lines))
  })

  test('can be closed while nobody reads, in the time given', async () => {
    const path = fifo()
    openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = writerOf(path)
    await writer.start()
    for (let count = 0; count < 3_000; count++) writer.append(`${'x'.repeat(99)}\n`)
    let isClosed = false
    void writer.close(1_000).then(() => {
      isClosed = true
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(isClosed).toBe(false)
    pass(1_100)
    await until('it is closed', () => isClosed)
  })
})

function fifo(): string {
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  return path
}

/** What is in the pipe now, or as much of it. */
function read(fd: number, bytesMax = 64 * 1024): string {
  const buffer = Buffer.alloc(bytesMax)
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return ''
    throw error
  }
}

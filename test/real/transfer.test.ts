/** A gibibyte through the real command with its worker process: every byte right, and memory that does not grow with it. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Gatewell, residentBytes } from '../support/gatewell.ts'
import { openRequest } from '../support/http-request.ts'
import { readPattern, writePattern } from '../support/pattern.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
const LIMIT_MS = 90_000
const SAMPLE_MS = 20
/** A worker that has done nothing yet takes about 80 MiB. */
const RESIDENT_BYTES_MAX = 200 * MIB
/** By how much the peak of the second half may be above that of the first. */
const GROWTH_BYTES_MAX = 32 * MIB

let app: Server
let gatewell: Gatewell
let workerPid: number
/** Bytes that the app has written into each answer so far. */
const written: number[] = []
/** Uploads that nobody reads until they are told to. */
const stalled: IncomingMessage[] = []

beforeAll(async () => {
  app = createServer(async (asked, answer) => {
    const { pathname, searchParams } = new URL(asked.url ?? '', 'http://app')
    const bytes = Number(searchParams.get('bytes'))
    if (pathname === '/stalled') {
      stalled.push(asked)
      await once(app, 'go')
    }
    if (asked.method !== 'GET') return answer.end(String(await readPattern(asked)))
    if (pathname === '/download') answer.setHeader('Content-Length', bytes)
    const index = written.push(0) - 1
    await writePattern(answer, bytes, (at) => {
      written[index] = at
    })
  })
  app.listen(0, '127.0.0.1')
  await once(app, 'listening')
  gatewell = await Gatewell.start([String((app.address() as AddressInfo).port), '--workers', '1'])
  const { workers } = await gatewell.status()
  workerPid = workers[0]?.pid as number
}, LIMIT_MS)

afterAll(async () => {
  await gatewell?.stop()
  app?.closeAllConnections()
  app?.close()
})

test(
  'an upload of 1 GiB arrives whole, in flat memory',
  async () => {
    const { result, samples } = await sampled(upload(GIB, { 'Content-Length': String(GIB) }))
    expect(result).toBe(GIB)
    expectFlat(samples)
  },
  LIMIT_MS,
)

test(
  'so does one of unknown length',
  async () => {
    const { result, samples } = await sampled(upload(GIB / 4, { 'Transfer-Encoding': 'chunked' }))
    expect(result).toBe(GIB / 4)
    expectFlat(samples)
  },
  LIMIT_MS,
)

test.each([
  ['of known length', 'download', GIB],
  ['in chunks', 'stream', GIB / 4],
])(
  'a download %s arrives whole, in flat memory',
  async (_, path, bytes) => {
    const answer = await openRequest(gatewell.port, { path: `/${path}?bytes=${bytes}` })
    const { result, samples } = await sampled(readPattern(answer))
    expect(result).toBe(bytes)
    expectFlat(samples)
  },
  LIMIT_MS,
)

test(
  'readers that are slow hold their servers back, not the gateway',
  async () => {
    const bytes = 128 * MIB
    written.length = 0
    const answers = await Promise.all(Array.from({ length: 4 }, () => openRequest(gatewell.port, { path: `/download?bytes=${bytes}` })))
    await settled(() => written.join())
    // What the kernel holds for the sockets between has been seen to be up to 36 MiB.
    expect(Math.max(...written)).toBeLessThan(bytes / 2)
    expect(residentBytes(workerPid)).toBeLessThan(RESIDENT_BYTES_MAX)
    const { result, samples } = await sampled(Promise.all(answers.map(readPattern)))
    expect(result).toEqual(answers.map(() => bytes))
    expect(Math.max(...samples)).toBeLessThan(RESIDENT_BYTES_MAX)
  },
  LIMIT_MS,
)

test(
  'a server that does not read holds its clients back, not the gateway',
  async () => {
    const bytes = 128 * MIB
    const sent: number[] = []
    const uploads = Array.from({ length: 4 }, (_, index) =>
      upload(bytes, { 'Content-Length': String(bytes) }, '/stalled', (at) => {
        sent[index] = at
      }),
    )
    await settled(() => sent.join())
    expect(stalled.length).toBe(4)
    expect(Math.max(...sent)).toBeLessThan(bytes / 2)
    expect(residentBytes(workerPid)).toBeLessThan(RESIDENT_BYTES_MAX)
    app.emit('go')
    const { result, samples } = await sampled(Promise.all(uploads))
    expect(result).toEqual(uploads.map(() => bytes))
    expect(Math.max(...samples)).toBeLessThan(RESIDENT_BYTES_MAX)
  },
  LIMIT_MS,
)

/** Resolves to how many bytes the app says it has read. */
function upload(bytes: number, headers: Record<string, string>, path = '/upload', onWritten?: (at: number) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: gatewell.port, method: 'PUT', path, headers, agent: false })
    asked.on('error', reject)
    asked.on('response', async (answer) => {
      let text = ''
      for await (const piece of answer) text += piece
      resolve(Number(text))
    })
    void writePattern(asked, bytes, onWritten)
  })
}

/** The worker's memory again and again while something is done. */
async function sampled<T>(work: Promise<T>): Promise<{ result: T; samples: number[] }> {
  const samples: number[] = []
  let isOver = false
  const end = (): void => {
    isOver = true
  }
  work.then(end, end)
  while (!isOver) {
    samples.push(residentBytes(workerPid))
    await pause(SAMPLE_MS)
  }
  return { result: await work, samples }
}

function expectFlat(samples: readonly number[]): void {
  const half = samples.length >> 1
  const [first, second] = [samples.slice(0, half), samples.slice(half)].map((part) => Math.max(...part)) as [number, number]
  expect(samples.length).toBeGreaterThan(10)
  expect(Math.max(first, second)).toBeLessThan(RESIDENT_BYTES_MAX)
  expect(second - first).toBeLessThan(GROWTH_BYTES_MAX)
}

/** Resolves when what is read has not changed for a while. */
async function settled(read: () => string): Promise<void> {
  let last = read()
  for (let quiet = 0; quiet < 15; quiet++) {
    await pause(SAMPLE_MS)
    if (read() === last) continue
    quiet = 0
    last = read()
  }
}

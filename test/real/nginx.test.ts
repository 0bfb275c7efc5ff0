/** Debian's nginx serving a folder: through the gateway everything is as it is without. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { type Asked, answerTo, digest, essence } from '../support/http-request.ts'
import { type Nginx, startNginx } from '../support/nginx.ts'

const KIB = 1024
/** Around the sizes at which buffers, the holding of answers and the kernel's own limits change their ways. */
const SIZES = [0, 1, 100, 4_095, 4_096, 4_097, 16 * KIB, 65_535, 65_536, 65_537, 200_001, KIB * KIB, 8 * KIB * KIB + 1]

const folder = mkdtempSync(join(tmpdir(), 'gatewell-nginx-'))
let nginx: Nginx
let gateway: RunningGateway

beforeAll(async () => {
  const root = join(folder, 'root')
  mkdirSync(join(root, 'docs'), { recursive: true })
  for (const size of SIZES) writeFileSync(join(root, `${size}.bin`), bytesOf(size))
  writeFileSync(join(root, 'style.css'), 'body { color: black }\n'.repeat(1_000))
  writeFileSync(join(root, 'docs', 'index.html'), '<!doctype html><title>Docs</title>')
  const more =
    'port_in_redirect off; location /moved { return 301 /docs/; } location /gone { return 410; } location = /busy { return 503; }'
  nginx = await startNginx({ root, scratch: join(folder, 'scratch'), more })
  gateway = await startGateway({ endpoints: [nginx.port] })
})

afterAll(async () => {
  gateway?.close()
  await nginx?.close()
  rmSync(folder, { recursive: true })
})

test.each(SIZES)('a file of %i bytes comes through whole', async (size) => {
  const through = await expectSame({ path: `/${size}.bin` })
  expect(through.status).toBe(200)
  expect(through.body.equals(bytesOf(size))).toBe(true)
})

test('all files come through one kept-alive connection', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const bodies = await Promise.all(SIZES.map((size) => answerTo(gateway.port, { path: `/${size}.bin`, agent })))
  expect(bodies.map(({ body }) => body.length)).toEqual(SIZES)
  expect(agent.freeSockets).toMatchObject({ [`127.0.0.1:${gateway.port}:`]: [expect.anything()] })
  agent.destroy()
})

test.each(['bytes=0-0', 'bytes=100-65635', 'bytes=-100', 'bytes=200000-', 'bytes=0-9,100-109', 'bytes=300000-', 'bytes=9-1'])(
  'a request for the range %s gets what nginx says',
  async (range) => {
    const direct = await answerTo(nginx.port, { path: '/200001.bin', headers: { range } })
    const through = await answerTo(gateway.port, { path: '/200001.bin', headers: { range } })
    // The boundary between several ranges is drawn anew for each answer.
    const plain = (answer: typeof direct) => JSON.parse(JSON.stringify(essence(withoutBoundary(answer))))
    expect(plain(through)).toEqual(plain(direct))
    if (range === 'bytes=100-65635') expect(through.body.equals(bytesOf(200_001).subarray(100, 65_636))).toBe(true)
  },
)

test('a client that has the file already is told so', async () => {
  const first = await answerTo(gateway.port, { path: '/1048576.bin' })
  const { etag = '', 'last-modified': modified = '' } = first.headers
  expect((await expectSame({ path: '/1048576.bin', headers: { 'if-none-match': etag } })).status).toBe(304)
  expect((await expectSame({ path: '/1048576.bin', headers: { 'if-modified-since': modified } })).status).toBe(304)
  expect((await expectSame({ path: '/1048576.bin', headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  expect((await expectSame({ path: '/1048576.bin', headers: { 'if-match': '"other"' } })).status).toBe(412)
  expect((await expectSame({ path: '/1048576.bin', headers: { 'if-range': etag, range: 'bytes=0-9' } })).status).toBe(206)
  expect((await expectSame({ path: '/1048576.bin', headers: { 'if-range': '"other"', range: 'bytes=0-9' } })).status).toBe(200)
})

test.each(SIZES)('HEAD of a file of %i bytes has the fields and no body, and the connection goes on', async (size) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const head = await expectSame({ path: `/${size}.bin`, method: 'HEAD', agent })
  expect(head.headers['content-length']).toBe(String(size))
  expect(head.body.length).toBe(0)
  expect((await answerTo(gateway.port, { path: '/100.bin', agent })).body.equals(bytesOf(100))).toBe(true)
  agent.destroy()
})

test('a compressed answer of unknown length stays compressed', async () => {
  const through = await expectSame({ path: '/style.css', headers: { 'accept-encoding': 'gzip' } })
  expect(through.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(through.body).toString()).toBe('body { color: black }\n'.repeat(1_000))
  expect((await expectSame({ path: '/style.css' })).headers['content-encoding']).toBeUndefined()
})

test.each([
  ['/docs/', 200],
  ['/nothing-here', 404],
  ['/gone', 410],
  ['/%2e%2e/%2e%2e/etc/passwd', 400],
])('%s is answered with %i, as nginx does', async (path, status) => {
  expect((await expectSame({ path })).status).toBe(status)
})

test('a redirect names the address that the visitor used', async () => {
  const through = await answerTo(gateway.port, { path: '/moved', headers: { host: 'www.example.com' } })
  expect(through).toMatchObject({ status: 301, headers: { location: 'http://www.example.com/docs/' } })
})

test('a method that nginx refuses is refused by nginx, not by the gateway', async () => {
  expect((await expectSame({ path: '/100.bin', method: 'POST', body: 'x=1' })).status).toBe(405)
  expect((await expectSame({ path: '/100.bin', method: 'DELETE' })).status).toBe(405)
})

test('its own 503 is relayed as it is, and not asked for again where nobody else could be asked', async () => {
  const before = gateway.finished.length
  const through = await expectSame({ path: '/busy' })
  expect(through.status).toBe(503)
  const finished = (await gateway.finishedCount(before + 1)).at(-1)
  expect(finished).toMatchObject({ cause: 'upstream-overloaded', attempts: 1 })
})

test('a hundred clients at once get each their own file', async () => {
  const asked = Array.from({ length: 100 }, (_, index) => SIZES[index % SIZES.length] as number)
  const answers = await Promise.all(asked.map((size) => answerTo(gateway.port, { path: `/${size}.bin` })))
  expect(answers.map(({ body }) => digest(body))).toEqual(asked.map((size) => digest(bytesOf(size))))
})

/** Asks nginx and the gateway the same; the answer through the gateway, which must not differ. */
async function expectSame(asked: Asked) {
  const direct = await answerTo(nginx.port, { ...asked, agent: false })
  const through = await answerTo(gateway.port, asked)
  expect(essence(through)).toEqual(essence(direct))
  return through
}

function withoutBoundary(answer: Awaited<ReturnType<typeof answerTo>>) {
  const boundary = /boundary=(\S+)/.exec(answer.headers['content-type'] ?? '')?.[1]
  if (boundary === undefined) return answer
  const headers = { ...answer.headers, 'content-type': 'multipart/byteranges' }
  return { ...answer, headers, body: Buffer.from(answer.body.toString('latin1').replaceAll(boundary, 'BOUNDARY'), 'latin1') }
}

/** Bytes that differ at every place, so that a piece lost, doubled or moved is noticed. */
function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) * 17 + (i >> 16)) & 0xff
  return bytes
}

/** curl as the client: each way it speaks HTTP/1, and what it says when things go wrong. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { program } from '../setup/program.ts'
import { Child, run } from '../support/child.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { digest } from '../support/http-request.ts'
import { type Nginx, startNginx } from '../support/nginx.ts'
import { unusedPort } from '../support/raw-origin.ts'

const MIB = 1024 * 1024
const STYLE = 'body { color: black }\n'.repeat(1_000)

const folder = mkdtempSync(join(tmpdir(), 'gatewell-curl-'))
const upload = join(folder, 'upload')
let app: Server
let nginx: Nginx
let site: RunningGateway
let uploads: RunningGateway
/** How the app was asked to go on, and when. */
const expectations: string[] = []

beforeAll(async () => {
  writeFileSync(join(folder, 'style.css'), STYLE)
  writeFileSync(join(folder, 'one.txt'), 'one')
  writeFileSync(upload, Buffer.alloc(5 * MIB, 'upload '))
  nginx = await startNginx({ root: folder, scratch: join(folder, 'scratch') })
  app = createServer(receive)
  app.on('checkContinue', (request: IncomingMessage, answer: ServerResponse) => {
    expectations.push(request.headers.expect ?? '')
    if (request.url === '/unwanted') return answer.writeHead(403, { connection: 'close' }).end('no room')
    answer.writeContinue()
    receive(request, answer)
  })
  app.listen(0, '127.0.0.1')
  await once(app, 'listening')
  site = await startGateway({ endpoints: [nginx.port] })
  uploads = await startGateway({ endpoints: [(app.address() as AddressInfo).port] })
})

afterAll(async () => {
  site?.close()
  uploads?.close()
  app?.close()
  await nginx?.close()
  rmSync(folder, { recursive: true })
})

test.each(['--http1.0', '--http1.1'])('curl %s gets the file, and the version it speaks', async (version) => {
  const { stdout } = await curl(version, '-w', '%{http_version} %{http_code}', url(site, '/style.css'))
  // An answer to a 1.0 request is still of this server's version. RFC 9110 §2.5.
  expect(String(stdout)).toBe(`${STYLE}1.1 200`)
})

test('several URLs go over one connection', async () => {
  const urls = Array.from({ length: 20 }, (_, index) => url(site, index % 2 === 0 ? '/one.txt' : '/style.css'))
  const { stdout } = await curl('--http1.1', ...urls.flatMap((one) => ['-o', '/dev/null', one]), '-w', '%{num_connects} ')
  expect(String(stdout).trim().split(' ').map(Number)).toEqual([1, ...Array(19).fill(0)])
})

test('an HTTP/1.0 client that asks for it keeps its connection too', async () => {
  const asked = ['--http1.0', '-H', 'Connection: keep-alive', '-w', '%{num_connects} ']
  const { stdout } = await curl(...asked, '-o', '/dev/null', '-o', '/dev/null', url(site, '/one.txt'), url(site, '/style.css'))
  expect(String(stdout)).toBe('1 0 ')
})

test('a compressed answer is what it was before', async () => {
  const { stdout } = await curl('--compressed', '-w', '%{size_download}', url(site, '/style.css'))
  expect(String(stdout).slice(0, STYLE.length)).toBe(STYLE)
  expect(Number(String(stdout).slice(STYLE.length))).toBeLessThan(1_000)
})

test('-I, -r, -C and -z are answered by the server behind', async () => {
  expect(String((await curl('-I', url(site, '/style.css'))).stdout)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Length: 22000\r\n/)
  expect(String((await curl('-r', '5-9', url(site, '/style.css'))).stdout)).toBe(STYLE.slice(5, 10))
  expect(String((await curl('-C', '21000', url(site, '/style.css'))).stdout)).toBe(STYLE.slice(21_000))
  expect(String((await curl('-z', join(folder, 'one.txt'), '-w', '%{http_code}', url(site, '/one.txt'))).stdout)).toBe('304')
})

test('-T waits for the server to say that it wants the file', async () => {
  // If the server's 100 were lost on the way, curl would wait for longer than the test may take.
  const { stdout, stderr } = await curl(
    '-v',
    '--expect100-timeout',
    '60',
    '-H',
    'Expect: 100-continue',
    '-T',
    upload,
    url(uploads, '/upload'),
  )
  expect(JSON.parse(String(stdout))).toEqual({ method: 'PUT', bytes: 5 * MIB, digest: digest(Buffer.alloc(5 * MIB, 'upload ')) })
  expect(stderr).toContain('< HTTP/1.1 100 Continue')
  expect(expectations.pop()).toBe('100-continue')
})

test('-T of a file that the server does not want sends none of it', async () => {
  const asked = ['--expect100-timeout', '60', '-H', 'Expect: 100-continue', '-w', ' %{http_code} %{size_upload}']
  const { stdout } = await curl(...asked, '-T', upload, url(uploads, '/unwanted'))
  expect(String(stdout)).toBe('no room 403 0')
})

test('an upload of unknown length arrives whole', async () => {
  const body = Buffer.alloc(3 * MIB + 1, 'of unknown length ')
  const { stdout } = await curlWith(body, '-H', 'Expect:', '-T', '-', url(uploads, '/upload'))
  expect(JSON.parse(String(stdout))).toEqual({ method: 'PUT', bytes: body.length, digest: digest(body) })
})

test('a form with a file arrives', async () => {
  const { stdout } = await curl('-F', `file=@${upload}`, '-F', 'name=value', url(uploads, '/upload'))
  const { method, bytes } = JSON.parse(String(stdout))
  expect(method).toBe('POST')
  expect(bytes).toBeGreaterThan(5 * MIB)
})

test('curl that takes it for a forward proxy gets the site it names', async () => {
  const { stdout } = await curl('-x', url(site, ''), 'http://shop.example.com/one.txt')
  expect(String(stdout)).toBe('one')
})

test('curl that is ended in the middle of an upload leaves a record, and nothing else', async () => {
  const child = new Child([program('curl'), '-sS', '-H', 'Expect:', '-T', '-', url(uploads, '/upload')])
  const before = uploads.finished.length
  child.send('x'.repeat(100_000))
  await once(app, 'request')
  child.kill('SIGKILL')
  const finished = (await uploads.finishedCount(before + 1)).at(-1)
  expect(finished).toMatchObject({ status: 499, cause: 'client-closed' })
})

test('with nothing behind it, curl is told why in one line', async () => {
  const gateway = await startGateway({ endpoints: [await unusedPort()] })
  const { stdout } = await curl('-i', url(gateway, '/'))
  const text = String(stdout)
  expect(text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
  expect(text).toContain('Proxy-Status: gatewell; error=connection_refused; details="connect-refused"\r\n')
  const id = /X-Request-Id: (\S+)\r\n/.exec(text)?.[1] as string
  const [body = '', rest] = text.slice(text.indexOf('\r\n\r\n') + 4).split('\n')
  expect(body).toContain(id)
  expect(rest).toBe('')
  const failing = await new Child([program('curl'), '-sS', '--fail', url(gateway, '/')], { input: '' }).ended
  expect(failing.code).toBe(22)
  gateway.close()
})

function receive(request: IncomingMessage, answer: ServerResponse): void {
  const pieces: Buffer[] = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    const body = Buffer.concat(pieces)
    answer.end(JSON.stringify({ method: request.method, bytes: body.length, digest: digest(body) }))
  })
}

function curl(...asked: string[]) {
  return curlWith('', ...asked)
}

function curlWith(input: string | Buffer, ...asked: string[]) {
  return run([program('curl'), '-sS', '--noproxy', '', '--max-time', '20', ...asked], { input })
}

function url({ port }: RunningGateway, path: string): string {
  return `http://127.0.0.1:${port}${path}`
}

/** Delivery to real servers on loopback: those that take a message, and those that hang, refuse, redirect, are full or broken. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { deliver, placeOf } from '../../../src/control/alert/delivery.ts'
import { post } from '../../../src/control/alert/post.ts'
import { runProgram } from '../../../src/control/alert/program.ts'
import { run } from '../../support/child.ts'
import { closing } from '../../support/closing.ts'
import { unusedPort } from '../../support/raw-origin.ts'
import { until } from '../../support/until.ts'
import { sampleMessage } from './sample.ts'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

type Asked = { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: unknown }

async function server(answer: (response: ServerResponse, ordinal: number) => void): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = []
  const one = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    asked.push({ url: request.url ?? '', headers: request.headers, body: JSON.parse(Buffer.concat(pieces).toString()) })
    answer(response, asked.length)
  })
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  closing({
    close: () => {
      one.close()
      one.closeAllConnections()
    },
  })
  return { url: `http://127.0.0.1:${(one.address() as AddressInfo).port}`, asked }
}

test('every kind of webhook gets its form at its address', async () => {
  const { url, asked } = await server((response) => response.writeHead(204).end())
  const message = sampleMessage()
  const secret = `${url}/services/a-long-secret`
  for (const kind of ['slack', 'discord', 'teams'] as const)
    expect(await deliver({ kind, url: secret }, message)).toMatchObject({ isDelivered: true })
  await deliver({ kind: 'webhook', url: secret, token: 'let-me-in' }, message)
  await deliver({ kind: 'ntfy', url: `${url}/ops`, token: null }, message)
  await deliver({ kind: 'pagerduty', url: `${url}/v2/enqueue`, key: 'k'.repeat(32) }, message)
  expect(asked.map((one) => [one.url, one.headers['content-type'], one.headers.authorization])).toEqual([
    ...Array.from({ length: 3 }, () => ['/services/a-long-secret', 'application/json', undefined]),
    ['/services/a-long-secret', 'application/json', 'Bearer let-me-in'],
    ['/', 'application/json', undefined],
    ['/v2/enqueue', 'application/json', undefined],
  ])
  expect(asked.map(({ body }) => Object.keys(body as object)[0])).toEqual(['text', 'content', 'type', 'version', 'topic', 'routing_key'])
})

test.each([
  ['500', 500, {}, { isFinal: false, retryAfterMs: null, says: '500 no good' }],
  ['429', 429, { 'retry-after': '0.3' }, { isFinal: false, retryAfterMs: 300 }],
  ['503', 503, { 'retry-after': '7' }, { isFinal: false, retryAfterMs: 7_000 }],
  ['400', 400, {}, { isFinal: true }],
  ['404', 404, {}, { isFinal: true }],
])('a %s says what it says, and whether to try again', async (_, status, headers, expected) => {
  const { url } = await server((response) => response.writeHead(status, headers).end('no\n good'))
  expect(await post({ url, body: {} })).toMatchObject({ isDelivered: false, ...expected })
})

test('a redirect is not followed', async () => {
  const elsewhere = await server((response) => response.end())
  const { url } = await server((response) => response.writeHead(307, { location: elsewhere.url }).end())
  expect(await post({ url, body: {} })).toMatchObject({ isDelivered: false, isFinal: true, says: '307, a redirect, which is not followed' })
  expect(elsewhere.asked).toEqual([])
})

test('one that hangs, before or within its answer, is left', async () => {
  const silent = await server(() => {})
  const stalling = await server((response) => response.writeHead(200).write('o'))
  expect(await post({ url: silent.url, body: {} }, 50)).toMatchObject({ isDelivered: false, isFinal: false })
  expect(await post({ url: stalling.url, body: {} }, 50)).toMatchObject({ isDelivered: false, isFinal: false })
})

test('where nothing listens, or a name does not exist, is said in words', async () => {
  expect((await post({ url: `http://127.0.0.1:${await unusedPort()}/x`, body: {} })).says).toBe('nothing listens there (ECONNREFUSED)')
})

test('little is read of an endless answer, and nothing secret is repeated', async () => {
  const { url } = await server((response) => {
    response.write('no a-long-secret and let-me-in-now ')
    const fill = (): void => {
      while (response.write('x'.repeat(10_000))) {}
      response.once('drain', fill)
    }
    fill()
  })
  const receipt = await post({ url: `${url}/services/a-long-secret`, body: {}, token: 'let-me-in-now' })
  expect(receipt.says).toMatch(/^200 no \*\*\* and \*\*\* x+…$/)
  expect(receipt.says.length).toBeLessThan(200)
})

test('a certificate that nobody vouches for is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-alert-'))
  folders.push(folder)
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  await run([
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    '-subj',
    '/CN=localhost',
  ])
  let asked = 0
  const one = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
    asked++
    response.end()
  })
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  closing(one)
  const receipt = await post({ url: `https://localhost:${(one.address() as AddressInfo).port}/`, body: {} })
  expect([receipt.isDelivered, asked]).toEqual([false, 0])
  expect(receipt.says).toMatch(/self-signed|DEPTH_ZERO/i)
})

test('only a host is shown of where a message goes', () => {
  const url = 'https://hooks.example.com/services/secret?token=secret'
  expect([
    placeOf({ kind: 'slack', url }),
    placeOf({ kind: 'pagerduty', url: 'https://events.pagerduty.com/v2/enqueue', key: 'secret' }),
    placeOf({ kind: 'email', to: ['ops@example.com'], from: null, smtp: 'smtp://me:secret@mail.example.com:587' }),
    placeOf({ kind: 'command', words: ['/usr/bin/page', '--key', 'secret'] }),
  ]).toEqual(['hooks.example.com', 'events.pagerduty.com', 'ops@example.com by mail.example.com:587', '/usr/bin/page'])
})

test('a program gets the JSON on its standard input, and its exit code counts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-alert-'))
  folders.push(folder)
  const file = join(folder, 'got.json')
  expect(await deliver({ kind: 'command', words: ['tee', file] }, sampleMessage())).toMatchObject({ isDelivered: true, says: 'exit 0' })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 1, subject: 'shop is down: Nothing listens on that port' })
  expect(await runProgram(['false'], '')).toMatchObject({ isDelivered: false, says: 'exit 1' })
  expect(await runProgram(['sh', '-c', 'echo "no \u202e route" >&2; exit 3'], '')).toMatchObject({ says: 'exit 3: no route' })
  expect(await runProgram([join(folder, 'missing')], '')).toMatchObject({ isDelivered: false, says: 'there is no such program (ENOENT)' })
})

test('words of a command are words, whatever is in them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-alert-'))
  folders.push(folder)
  writeFileSync(join(folder, 'a; touch b'), '')
  expect(await runProgram(['ls', join(folder, 'a; touch b')], '')).toMatchObject({ isDelivered: true })
})

test('a program that does not end is ended, with all that it started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-alert-'))
  folders.push(folder)
  const file = join(folder, 'pid')
  const receipt = await runProgram(['sh', '-c', `sleep 60 & echo $! > ${file}; wait`], '', 300)
  expect(receipt).toMatchObject({ isDelivered: false, isFinal: false })
  const pid = readFileSync(file, 'utf8').trim()
  const state = (): string => {
    try {
      return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
    } catch {
      return 'gone'
    }
  }
  await until('it has ended', () => ['gone', 'Z', 'X'].includes(state()))
})

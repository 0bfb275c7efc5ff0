import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HEALTH, RESOLVER } from '../../../src/config/defaults.ts'
import type { HealthPlan } from '../../../src/config/plan.ts'
import { Probe } from '../../../src/control/health/probe.ts'
import type { Sight } from '../../../src/control/health/sight.ts'
import type { EndpointAddress } from '../../../src/net/address.ts'
import { Dialer } from '../../../src/net/dial.ts'
import { Resolver } from '../../../src/net/resolver.ts'
import { systemClock } from '../../../src/std/clock.ts'
import { Wheel } from '../../../src/std/wheel.ts'
import { closing } from '../../support/closing.ts'
import { type OriginConnection, startOrigin, unusedPort } from '../../support/raw-origin.ts'

const clock = systemClock
const wheel = new Wheel({ clock, tickMs: 5 })
const tools = { clock, wheel, dialer: new Dialer({ clock, wheel, resolver: new Resolver(RESOLVER, clock, wheel) }) }
const HTTP: HealthPlan = { ...HEALTH, kind: 'http', path: '/up', timeoutMs: 1_000 }

function look(address: EndpointAddress, check: HealthPlan): Promise<Sight> {
  return new Promise((resolve) => new Probe(tools, { address, check }, resolve).begin())
}

const local = (port: number): EndpointAddress => ({ kind: 'tcp', host: '127.0.0.1', port })

/** An endpoint that answers a probe so, and what it was asked. */
async function seen(answer: string | Buffer | ((connection: OriginConnection) => void), check: Partial<HealthPlan> = {}) {
  let asked = ''
  const origin = closing(
    await startOrigin(async (connection) => {
      asked = (await connection.head()) ?? ''
      if (typeof answer === 'function') answer(connection)
      else {
        connection.send(answer)
        connection.end()
      }
    }),
  )
  const sight = await look(local(origin.port), { ...HTTP, ...check })
  return { sight, asked, place: `127.0.0.1:${origin.port}` }
}

const answered = (status: string, body = '', fields = ''): string =>
  `HTTP/1.1 ${status}\r\n${fields}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

describe('a probe', () => {
  test('asks for the path, says who it is, and wants no connection kept', async () => {
    const { sight, asked, place } = await seen(answered('200 OK'))
    expect(sight).toEqual({ isGood: true, result: 'passed', text: '200 on /up' })
    expect(asked).toBe(`GET /up HTTP/1.1\r\nHost: ${place}\r\nUser-Agent: Gatewell-Probe\r\nAccept: */*\r\nConnection: close\r\n\r\n`)
  })

  test('names the host that it was told to', async () => {
    expect((await seen(answered('200 OK'), { host: 'shop.example.com' })).asked).toContain('\r\nHost: shop.example.com\r\n')
  })

  test('takes a status of the range, and reads over interim answers', async () => {
    expect((await seen(answered('304 Not Modified'), { statusMax: 399 })).sight.isGood).toBe(true)
    expect((await seen(`HTTP/1.1 103 Early Hints\r\n\r\n${answered('200 OK')}`)).sight.isGood).toBe(true)
  })

  test('does not wait for a body that nobody wants', async () => {
    const { sight } = await seen((connection) => connection.send('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n'))
    expect(sight.isGood).toBe(true)
  })

  test.each([
    ['declared', `HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nall is ready`],
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nall is re\r\n3\r\nady\r\n0\r\n\r\n'],
    ['until the end', 'HTTP/1.1 200 OK\r\n\r\nall is ready'],
  ])('finds a text in a body of length %s', async (_, answer) => {
    expect((await seen(answer, { body: 'is ready' })).sight).toMatchObject({ isGood: true })
    expect((await seen(answer, { body: 'OK' })).sight).toEqual({
      isGood: false,
      result: 'body',
      text: '200, but the body does not contain OK',
    })
  })

  test('finds nothing behind the first 64 KiB of a body that does not end', async () => {
    const { sight } = await seen(`HTTP/1.1 200 OK\r\n\r\n${' '.repeat(70_000)}OK`, { body: 'OK' })
    expect(sight.result).toBe('body')
  })

  test('without a path is a connection', async () => {
    const origin = closing(await startOrigin(() => {}))
    const sight = await look(local(origin.port), HEALTH)
    expect(sight).toEqual({ isGood: true, result: 'passed', text: `connected to 127.0.0.1:${origin.port}` })
  })

  test('goes to a unix socket, too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatewell-probe-'))
    const path = join(folder, 'app.sock')
    expect((await look({ kind: 'unix', path }, HTTP)).text).toBe(`there is no socket ${path}`)
    const server = createServer((socket) => socket.end(answered('200 OK'))).listen(path)
    await new Promise((resolve) => server.once('listening', resolve))
    expect((await look({ kind: 'unix', path }, HTTP)).text).toBe('200 on /up')
    server.close()
    rmSync(folder, { recursive: true })
  })

  test('that was cancelled says nothing', async () => {
    const origin = closing(await startOrigin(() => {}))
    let said = 0
    const probe = new Probe(tools, { address: local(origin.port), check: HEALTH }, () => said++)
    probe.begin()
    probe.cancel()
    await look(local(origin.port), HEALTH)
    expect(said).toBe(0)
  })
})

describe('a probe says what it saw:', () => {
  test('nobody there', async () => {
    const port = await unusedPort()
    const sight = await look(local(port), HTTP)
    expect(sight).toEqual({ isGood: false, result: 'connect-refused', text: `connection refused by 127.0.0.1:${port}` })
  })

  test('a redirect, and where it leads', async () => {
    const { sight } = await seen(answered('301 Moved', '', 'Location: https://shop.example.com/up\r\n'))
    expect(sight.text).toBe('301 to https://shop.example.com/up on /up; wanted 200-299')
  })

  test('another status', async () => {
    expect((await seen(answered('404 Not Found'), { statusMin: 204, statusMax: 204 })).sight.text).toBe('404 on /up; wanted 204')
  })

  test.each([
    ['400 Bad Request', 'Invalid HTTP_HOST header'],
    ['403 Forbidden', 'Blocked hosts: 127.0.0.1:3000'],
    ['421 Misdirected Request', ''],
  ])('an app that does not know the host: %s', async (status, body) => {
    const { sight, place } = await seen(answered(status, body))
    expect(sight.text).toBe(`${status.slice(0, 3)}: it does not know the host ${place}; set health.host`)
    const other = await seen(answered(status, body), { host: 'shop.test' })
    expect(other.sight.text).toBe(`${status.slice(0, 3)}: it does not know the host shop.test`)
  })

  test('a 400 that does not say why may be about the host', async () => {
    const { sight, place } = await seen(answered('400 Bad Request', 'no'))
    expect(sight.text).toBe(`400 on /up; wanted 200-299; if it does not know the host ${place}, set health.host`)
    expect((await seen(answered('400 Bad Request', 'no'), { host: 'a.test' })).sight.text).toBe('400 on /up; wanted 200-299')
  })

  test('TLS on the port, by an alert or by a 400 that says so', async () => {
    const alert = await seen(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]))
    expect(alert.sight).toEqual({ isGood: false, result: 'plaintext-to-tls-port', text: 'answered in TLS on a plain port' })
    const said = await seen(answered('400 Bad Request', 'The plain HTTP request was sent to HTTPS port'))
    expect(said.sight).toEqual(alert.sight)
  })

  test('another protocol, and what is none', async () => {
    expect((await seen('SSH-2.0-OpenSSH_9.2\r\n')).sight.text).toBe('answered in ssh, not in HTTP')
    expect((await seen('HTTP/1.1 2x0 OK\r\n\r\n')).sight.text).toBe('the answer is not valid HTTP (status)')
  })

  test('no answer', async () => {
    const { sight } = await seen(() => {}, { timeoutMs: 60 })
    expect(sight).toEqual({ isGood: false, result: 'response-timeout', text: 'no answer within 60ms' })
  })

  test('half an answer', async () => {
    const begun = (connection: OriginConnection): void => connection.send('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nall')
    const { sight } = await seen(begun, { timeoutMs: 60, body: 'ready' })
    expect(sight.text).toBe('200, but the body was not complete within 60ms')
  })

  test('a connection that ends, politely or not', async () => {
    expect((await seen((connection) => connection.end())).sight.text).toBe('it closed the connection without an answer')
    expect((await seen((connection) => connection.reset())).sight.text).toBe('it reset the connection before an answer')
  })

  test('texts of strangers, without what could steer a terminal', async () => {
    const { sight } = await seen(answered('302 Found', '', `Location: /\u009b2J${'x'.repeat(500)}\r\n`))
    expect(sight.text).toMatch(/^302 to \/\ufffd2Jx+… on \/up; wanted 200-299$/)
    expect(sight.text.length).toBeLessThan(180)
  })
})

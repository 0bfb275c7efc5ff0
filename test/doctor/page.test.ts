/** The page itself, and what a closer look finds, against servers that misbehave for real. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { renderDoctor } from '../../src/cli/doctor-page.ts'
import { PLAIN } from '../../src/config/problem.ts'
import { Origin, type OriginConnection } from '../../src/insight/fault/origin.ts'
import { closing } from '../support/closing.ts'
import { startNginx } from '../support/nginx.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { examined, fact, hopCalled, inShort } from './examined.ts'

/** A server that does this with each request. */
async function scripted(answer: (connection: OriginConnection, head: string) => void | Promise<void>): Promise<string> {
  const origin = await Origin.open(async (connection) => {
    for (let head = await connection.head(); head !== null; head = await connection.head()) await answer(connection, head)
  })
  return `http://127.0.0.1:${(closing(origin).address as { port: number }).port}`
}

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function nginx(more: string): Promise<string> {
  const scratch = mkdtempSync(join(tmpdir(), 'gatewell-doctor-nginx-'))
  const { port, close } = await startNginx({ root: scratch, scratch, more })
  closing({ close: () => close().then(() => rmSync(scratch, { recursive: true })) })
  return `http://127.0.0.1:${port}`
}

/** Whether it had waited for TLS is asked, too. */
const HANG_UP = { limits: { handshakeMs: 200 } }
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

describe('the page', () => {
  test('that comes, comes with the parts of its time and a clean bill', async () => {
    const url = await scripted((connection) => connection.send('HTTP/1.1 200 OK\r\nServer: Puma\r\nContent-Length: 2\r\n\r\nok'))
    const report = await examined(`${url}/cart`)
    expect(inShort(report)).toEqual([null, null, 0])
    const { timings } = hopCalled(report, 'http')
    expect(Object.keys(timings)).toEqual(['beganMs', 'ms', 'connectMs', 'tlsMs', 'waitMs', 'receiveMs'])
    expect(fact(report, 'http', 'hops')).toBe('Puma')
    expect(report.hops.map(({ name }) => name)).toEqual(['tcp', 'http', 'repeat', 'websocket', 'idle'])
    expect(report.advice.visitor[0]).toMatch(/^The site works from here/)
  })

  test('that nginx cannot get, because nothing is behind it', async () => {
    const report = await examined(`${await nginx(`location / { proxy_pass http://127.0.0.1:${await unusedPort()}; }`)}/`)
    expect(inShort(report)).toEqual(['upstream-5xx', 'http', 1])
    expect(report.verdict.summary).toMatch(/^nginx answers, but only to say 502 itself/)
    expect(report.advice.owner[0]).toMatchObject({
      do: 'See in the log of nginx what it met behind it.',
      command: expect.stringContaining('error.log'),
    })
    expect(fact(report, 'repeat', 'outcomes')).toBe('502 ×5')
  })

  test('that nginx waited for in vain', async () => {
    const silent = await scripted(() => {})
    const report = await examined(`${await nginx(`location / { proxy_pass ${silent}; proxy_read_timeout 50ms; }`)}/`)
    expect(inShort(report)).toEqual(['response-timeout', 'http', 1])
    expect(report.verdict.summary).toMatch(/^nginx answers, but only to say 504/)
  })

  test('whose error came from behind nginx', async () => {
    const app = await serving((_, response) => response.writeHead(500).end('<h1>Whoops</h1>'))
    const report = await examined(`${await nginx(`location / { proxy_pass ${app}; }`)}/`)
    expect(inShort(report)).toEqual(['upstream-5xx', 'http', 1])
    expect(report.verdict.summary).toContain('what stands behind it said so')
  })

  test('that does not come', async () => {
    const report = await examined(`${await scripted(() => {})}/`, { limits: { answerMs: 120 } })
    expect(inShort(report)).toEqual(['response-timeout', 'http', 1])
    expect(report.verdict.summary).toContain('sent nothing for 120 ms')
  })

  test('instead of which the server closes or resets', async () => {
    expect(inShort(await examined(`${await scripted((connection) => connection.end())}/`, HANG_UP))).toEqual([
      'closed-before-response',
      'http',
      1,
    ])
    expect(inShort(await examined(`${await scripted((connection) => connection.reset())}/`, HANG_UP))).toEqual([
      'reset-before-response',
      'http',
      1,
    ])
  })

  test('that breaks off', async () => {
    const url = await scripted((connection) => {
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf')
      connection.end()
    })
    const report = await examined(`${url}/`)
    expect(inShort(report)).toEqual(['truncated-body', 'http', 1])
    expect(report.verdict.summary).toBe('The answer breaks off: 4 bytes came of the 1000 that were announced.')
  })

  test('that stalls', async () => {
    const report = await examined(
      `${await scripted((connection) => connection.send('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'))}/`,
      { limits: { bodyMs: 80 } },
    )
    expect(inShort(report)).toEqual(['idle-timeout', 'http', 1])
  })

  test('that goes on and on is well, be it a download or a stream of events', async () => {
    const endless = await serving((_, response) => {
      const timer = setInterval(() => response.write('x'.repeat(1_000)), 5)
      response.on('close', () => clearInterval(timer))
    })
    const report = await examined(`${endless}/`, { limits: { bodyMs: 60, repeats: 2 } })
    expect(inShort(report)).toEqual([null, null, 0])
    expect(fact(report, 'http', 'is_cut')).toBe(true)
    const silent = await serving((_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders())
    expect(inShort(await examined(`${silent}/`, { limits: { bodyMs: 60, repeats: 2 } }))).toEqual([null, null, 0])
  })

  test('that is large is not read to its end again and again', async () => {
    let sent = 0
    const url = await serving((_, response) => {
      const piece = Buffer.alloc(100_000)
      const send = (): void => {
        do sent += piece.length
        while (sent < 500_000_000 && response.write(piece))
      }
      response.on('drain', send)
      send()
    })
    const report = await examined(`${url}/`, { limits: { bodyMs: 4_000, repeats: 4, bodyBytes: 300_000, repeatBodyBytes: 1_000 } })
    expect(inShort(report)).toEqual([null, null, 0])
    expect(fact(report, 'http', 'body_bytes')).toBeLessThan(2_000_000)
    expect(sent).toBeLessThan(50_000_000)
  })

  test('that is longer than it says, at once or a moment later', async () => {
    expect(inShort(await examined(`${await scripted((connection) => connection.send(`${OK}more`))}/`))).toEqual([
      'content-length-mismatch',
      'http',
      1,
    ])
    const late = await scripted((connection) => {
      connection.send(OK)
      setTimeout(() => connection.send('more'), 20)
    })
    expect(inShort(await examined(`${late}/`))).toEqual(['content-length-mismatch', 'idle', 1])
  })

  test('whose header is too large', async () => {
    const url = await scripted((connection) =>
      connection.send(`HTTP/1.1 200 OK\r\nX-Debug: ${'x'.repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`),
    )
    expect(inShort(await examined(`${url}/`))).toEqual(['header-too-large', 'http', 1])
  })

  test('that is no HTTP at all, or of another version', async () => {
    expect(inShort(await examined(`${await scripted((connection) => connection.send('SSH-2.0-OpenSSH_9.2\r\n'))}/`))).toEqual([
      'http-protocol-mismatch',
      'http',
      1,
    ])
    const server = createHttp2((_, response) => response.end('ok'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing(server)
    const report = await examined(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    expect(inShort(report)).toEqual(['http-protocol-mismatch', 'http', 1])
    expect(report.verdict.summary).toContain('HTTP/2 without TLS')
  })

  test('that is not there is no fault of the way', async () => {
    const report = await examined(`${await serving((_, response) => response.writeHead(404).end())}/gone`)
    expect(inShort(report)).toEqual([null, null, 0])
    expect(report.verdict.summary).toBe('Every hop works, and the server answers: 404, there is no such page.')
  })
})

describe('redirects', () => {
  test('that lead in a circle', async () => {
    const url = await serving((request, response) => response.writeHead(302, { location: request.url === '/a' ? '/b' : '/a' }).end())
    const report = await examined(`${url}/a`)
    expect(inShort(report)).toEqual(['redirect-loop', 'redirect', 1])
    expect(fact(report, 'redirect', 'way')).toBe(`${url}/a → ${url}/b → ${url}/a`)
  })

  test('that never end', async () => {
    const url = await serving((request, response) => response.writeHead(302, { location: `${request.url}x` }).end())
    expect(inShort(await examined(`${url}/`))).toEqual(['redirect-loop', 'redirect', 1])
  })

  test('to the same page once a cookie is set are no circle', async () => {
    const url = await serving((request, response) => {
      if (request.headers.cookie === 'seen=1') response.end('ok')
      else response.writeHead(302, { location: '/', 'set-cookie': 'seen=1; Path=/' }).end()
    })
    const report = await examined(`${url}/`)
    expect(hopCalled(report, 'http').ok).toBe(true)
    expect(report.hops.filter(({ name }) => name === 'http')).toHaveLength(2)
    expect(report.hops.some(({ name }) => name === 'redirect')).toBe(false)
  })

  test('to a site that is down', async () => {
    const port = await unusedPort()
    const url = await serving((_, response) => response.writeHead(301, { location: `http://127.0.0.1:${port}/` }).end())
    const report = await examined(`${url}/`)
    expect(inShort(report)).toEqual(['connect-refused', 'tcp', 1])
    expect(report.verdict.summary).toContain(`127.0.0.1:${port}`)
  })
})

describe('a closer look', () => {
  test('one of five answers fails', async () => {
    let count = 0
    const url = await serving((_, response) => response.writeHead(++count % 5 === 0 ? 502 : 200).end())
    const report = await examined(`${url}/`, { limits: { repeats: 20 } })
    expect(inShort(report)).toEqual(['upstream-5xx', 'repeat', 1])
    expect(report.verdict.summary).toMatch(/^The site works only now and then: [345] of 20 requests fail/)
  })

  test('the first answer fails and no other', async () => {
    let count = 0
    const url = await serving((_, response) => response.writeHead(++count === 1 ? 503 : 200).end())
    const report = await examined(`${url}/`)
    expect(inShort(report)).toEqual(['upstream-overloaded', 'repeat', 1])
    expect(report.verdict.summary).toContain('1 of 5 requests fail')
  })

  test('time that runs out is no fault of the site', async () => {
    const url = await serving((_, response) => void setTimeout(() => response.end('ok'), 60))
    const report = await examined(`${url}/`, { limits: { totalMs: 400, repeats: 1_000 } })
    expect(inShort(report)).toEqual([null, null, 0])
    const requests = Number(fact(report, 'repeat', 'requests'))
    expect(requests).toBeGreaterThan(1)
    expect(requests).toBeLessThan(100)
  })

  test('a server closes idle connections after a second', async () => {
    const origin = await Origin.open(async (connection) => {
      while ((await connection.head()) !== null) {
        connection.send(OK)
        setTimeout(() => connection.end(), 1_000)
      }
    })
    const { port } = closing(origin).address as { port: number }
    const front = await serving((_, response) => response.writeHead(200, { via: '1.1 Caddy', 'content-length': 2 }).end('ok'))
    const [alone, behind] = await Promise.all([
      examined(`http://127.0.0.1:${port}/`, { limits: { idleMs: 1_400 } }),
      examined(`${front}/`, { origin: `127.0.0.1:${port}`, limits: { originIdleMs: 1_400 } }),
    ])
    expect(inShort(alone)).toEqual([null, null, 0])
    const limit = Number(fact(alone, 'idle', 'idle_limit_ms'))
    expect(limit).toBeGreaterThan(900)
    expect(limit).toBeLessThan(1_390)
    expect(alone.advice.owner[0]?.do).toContain('less than 1 s')
    expect(inShort(behind)).toEqual(['keepalive-race', 'origin-idle', 1])
    expect(behind.verdict.summary).toContain('Caddy in front of it keeps one for 120 s')
  })

  test('a server that announces its idle limit is believed', async () => {
    const url = await scripted((connection) => connection.send('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=75\r\nContent-Length: 2\r\n\r\nok'))
    const report = await examined(`${url}/`)
    expect(fact(report, 'idle', 'announced_ms')).toBe(75_000)
    expect(report.advice.owner).toEqual([])
  })

  test('a WebSocket is granted, or refused', async () => {
    const accepting = await scripted((connection, head) => {
      const key = /sec-websocket-key: (.*)\r/i.exec(head)?.[1]
      if (key === undefined) return connection.send('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n')
      const proof = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
      connection.send(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${proof}\r\n\r\n`,
      )
    })
    const report = await examined(accepting.replace('http:', 'ws:'))
    expect(inShort(report)).toEqual([null, null, 0])
    expect(report.verdict.summary).toBe('All is well: the server switches to WebSocket.')
    const refusing = (await serving((_, response) => response.end('plain'))).replace('http:', 'ws:')
    expect(inShort(await examined(refusing))).toEqual(['upgrade-failed', 'websocket', 1])
  })
})

test('what is sent is GET without a body, by a plain name, and few', async () => {
  const heads: string[] = []
  const url = await scripted((connection, head) => {
    heads.push(head)
    connection.send(OK)
  })
  await examined(`${url}/page?x=1`)
  expect(heads).toHaveLength(7)
  for (const head of heads) {
    expect(head).toMatch(/^GET \/page\?x=1 HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\nUser-Agent: gatewell-doctor\r\n/)
    expect(head).not.toMatch(/content-length|transfer-encoding|cookie|authorization/i)
  }
})

test('the README shows what it prints', async () => {
  const url = await nginx(`location / { proxy_pass http://127.0.0.1:${await unusedPort()}; }`)
  const printed = renderDoctor(await examined(`${url}/cart`), PLAIN, 80)
  const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8')
  const [, shown = ''] = /^\$ \.\/gatewell doctor .*\n([\s\S]*?)^…/m.exec(readme) ?? []
  expect(shown).toContain('said by nginx')
  expect(masked(printed)).toEqual(expect.arrayContaining(masked(shown.trimEnd()).filter((line) => !/^ (?:connect #|▒)/.test(line))))
})

/** Ports, times, versions and the bars that they make differ from run to run. */
function masked(text: string): string[] {
  return text.split('\n').map((line) =>
    line
      .replace(/[▒▓░█]+(?! [a-zT])/g, '')
      .replace(/:\d{4,5}\b|\d+(?:\.\d+)*(?= ms| s\b|,| ·|\b bytes)/g, '#')
      .replace(/ +/g, ' '),
  )
}

/** The way to a site as far as its name and its port: name servers and listeners that misbehave for real. */
import { describe, expect, test } from 'vitest'
import { Origin } from '../../src/insight/fault/origin.ts'
import { StuckListener } from '../../src/insight/fault/stuck-listener.ts'
import { closing } from '../support/closing.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { examined, fact, hopCalled, inShort, nameServer, namesAt } from './examined.ts'

const HOST = 'shop.example.test'

async function site(): Promise<number> {
  const origin = await Origin.open(async (connection) => {
    while ((await connection.head()) !== null) connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })
  return (closing(origin).address as { port: number }).port
}

describe('the name', () => {
  test('that no name server knows', async () => {
    const server = await namesAt({})
    const report = await examined(`http://${HOST}/`, { resolver: [server.address] })
    expect(inShort(report)).toEqual(['dns-nxdomain', 'dns', 1])
    expect(report.verdict.summary).toBe(`There is no address for the name ${HOST}, says ${server.address}.`)
    expect(report.hops).toHaveLength(1)
    expect(report.advice.owner[0]?.command).toContain(HOST)
  })

  test('that none of several name servers knows', async () => {
    const servers = [await namesAt({}), await namesAt({})].map(({ address }) => address)
    const report = await examined(`http://${HOST}/`, { resolver: servers })
    expect(report.verdict.summary).toBe(`There is no address for the name ${HOST}, say all 2 name servers that were asked.`)
  })

  test('that a dead name server is asked for', async () => {
    const server = await nameServer(() => 'silence')
    const report = await examined(`http://${HOST}/`, { resolver: [server.address], limits: { resolveMs: 300 } })
    expect(inShort(report)).toEqual(['dns-timeout', 'dns', 1])
    expect(report.advice.visitor[0]).toMatch(/^It may be you/)
  })

  test('that a name server fails to look up', async () => {
    const server = await nameServer(() => ({ error: 'SERVFAIL' }))
    expect(inShort(await examined(`http://${HOST}/`, { resolver: [server.address] }))).toEqual(['dns-servfail', 'dns', 1])
  })

  test('that only one of two name servers knows', async () => {
    const [knowing, ignorant] = [await namesAt({ [HOST]: ['127.0.0.1'] }), await namesAt({})]
    const report = await examined(`http://${HOST}:${await site()}/`, { resolver: [knowing.address, ignorant.address] })
    expect(inShort(report)).toEqual(['dns-nxdomain', 'dns', 1])
    expect(report.verdict.summary).toContain(`${ignorant.address} says that ${HOST} does not exist, while ${knowing.address} knows it`)
    expect(hopCalled(report, 'http').ok).toBe(true)
  })

  test('that one of two name servers still leads to where nothing is', async () => {
    const [fresh, stale] = [await namesAt({ [HOST]: ['127.0.0.1'] }), await namesAt({ [HOST]: ['127.0.0.9'] })]
    const report = await examined(`http://${HOST}:${await site()}/`, { resolver: [fresh.address, stale.address] })
    expect(inShort(report)).toEqual(['dns-stale', 'dns', 1])
    expect(report.verdict.summary).toContain(`${stale.address} still sends visitors to 127.0.0.9`)
    // Who asks need not run Gatewell.
    expect(report.advice.owner.length).toBeGreaterThan(1)
    expect(JSON.stringify(report.advice.owner)).not.toContain('Gatewell')
  })

  test('that name servers lead elsewhere is well where every place is', async () => {
    const server = await namesAt({ [HOST]: ['127.0.0.1'] })
    const other = await namesAt({ [HOST]: ['127.0.0.1', '127.0.0.1'] })
    const report = await examined(`http://${HOST}:${await site()}/`, { resolver: [server.address, other.address] })
    expect(inShort(report)).toEqual([null, null, 0])
    expect(fact(report, 'dns', 'ttl_s')).toBe(60)
    expect(fact(report, 'dns', 'a')).toBe('127.0.0.1')
  })

  test('is looked up once, however many redirects lead to it', async () => {
    const last = await site()
    const first = await Origin.open(async (connection) => {
      await connection.head()
      connection.send(`HTTP/1.1 301 Moved\r\nLocation: http://${HOST}:${last}/\r\nContent-Length: 0\r\n\r\n`)
    })
    const server = await namesAt({ [HOST]: ['127.0.0.1'] })
    const { port } = closing(first).address as { port: number }
    const report = await examined(`http://${HOST}:${port}/`, { resolver: [server.address] })
    expect(inShort(report)).toEqual([null, null, 0])
    expect(report.hops.map(({ name }) => name)).toEqual(['dns', 'tcp', 'http', 'tcp', 'http', 'repeat', 'websocket', 'idle'])
  })

  test('of a service leads to the port that its record says', async () => {
    const port = await site()
    const server = await nameServer(({ type }) =>
      type === 'SRV' ? { targets: [{ target: HOST, port }], ttlS: 30 } : { addresses: ['127.0.0.1'], ttlS: 30 },
    )
    const report = await examined('http://_http._tcp.example.test/', { resolver: [server.address] })
    expect(inShort(report)).toEqual([null, null, 0])
    expect(fact(report, 'dns', 'srv')).toBe(`0 1 ${port} ${HOST}`)
  })
})

describe('the connection', () => {
  test('that is refused', async () => {
    const port = await unusedPort()
    const report = await examined(`http://127.0.0.1:${port}/`)
    expect(inShort(report)).toEqual(['connect-refused', 'tcp', 1])
    expect(report.verdict.summary).toBe(
      `The machine at 127.0.0.1:${port} is there, but nothing listens on that port: it refuses every connection.`,
    )
  })

  test('that nobody takes', async () => {
    const listener = closing(await StuckListener.open())
    const { port } = listener.address as { port: number }
    const report = await examined(`http://127.0.0.1:${port}/`, { limits: { connectMs: 400 } })
    expect(inShort(report)).toEqual(['connect-timeout', 'tcp', 1])
    expect(report.verdict.summary).toContain('no connection within 400 ms')
  })

  test('that no way leads to', async () => {
    const report = await examined('http://127.255.255.255/')
    expect(inShort(report)).toEqual(['connect-unreachable', 'tcp', 1])
  })

  test('that works over IPv4 and not over IPv6', async () => {
    const server = await namesAt({ [HOST]: ['127.0.0.1', '::1'] })
    const report = await examined(`http://${HOST}:${await site()}/`, { resolver: [server.address] })
    expect(inShort(report)).toEqual(['connect-refused', 'tcp', 1])
    expect(report.verdict.summary).toMatch(/^The site works over IPv4, but not over IPv6: at \[::1\]/)
    expect(hopCalled(report, 'repeat').ok).toBe(true)
  })

  test('that works over IPv4 alone, though only one name server speaks of IPv6', async () => {
    const [both, four] = [await namesAt({ [HOST]: ['127.0.0.1', '::1'] }), await namesAt({ [HOST]: ['127.0.0.1'] })]
    const report = await examined(`http://${HOST}:${await site()}/`, { resolver: [both.address, four.address] })
    expect(inShort(report)).toEqual(['connect-refused', 'tcp', 1])
    expect(report.verdict.summary).toMatch(/^The site works over IPv4, but not over IPv6/)
  })

  test('that one of three addresses does not take', async () => {
    const server = await namesAt({ [HOST]: ['127.0.0.1', '127.0.0.1', '127.0.0.7'] })
    const report = await examined(`http://${HOST}:${await site()}/`, { resolver: [server.address] })
    expect(inShort(report)).toEqual(['connect-refused', 'tcp', 1])
    expect(report.verdict.summary).toMatch(/^1 of 2 addresses of the site do not work: at 127\.0\.0\.7/)
  })
})

test('nonsense is told from an address', async () => {
  const { gatewell } = await import('../cli/recording-terminal.ts')
  for (const words of [['ftp://x.test/'], ['http://'], ['http://a.test', '--resolver', 'dns.test'], ['http://a.test', '--origin', 'a b']]) {
    expect((await gatewell('doctor', ...words)).code, words.join(' ')).toBe(2)
  }
})

/** What a name and its places become: the endpoints. */
import { describe, expect, test } from 'vitest'
import type { EndpointPlan } from '../../src/config/plan.ts'
import { expand } from '../../src/gateway/upstream/expansion.ts'
import { authorityOf, type NamedAddress } from '../../src/net/address.ts'
import type { Place } from '../../src/net/name/source.ts'

const HOST: NamedAddress = { kind: 'tcp', host: 'app.test', port: 3000 }
const SERVICE: NamedAddress = { kind: 'srv', service: '_http._tcp.app.test' }
const BOTH = { hasFour: true, hasSix: true }

function planOf(address: NamedAddress, more: Partial<EndpointPlan> = {}): EndpointPlan {
  return {
    url: address.kind === 'srv' ? `http+srv://${address.service}` : 'http://app.test:3000',
    address,
    weight: 1,
    isBackup: false,
    ...more,
  }
}

function at(address: string, more: Partial<Place> = {}): Place {
  return { address, port: 0, host: 'app.test', priority: 0, weight: 1, ...more }
}

function urls(by: NamedAddress, places: readonly Place[], families = BOTH): string[] {
  return expand(planOf(by), by, places, families).map(({ url }) => url)
}

describe('a host', () => {
  test('with one address, or one of each family, is the endpoint that it is written as', () => {
    expect(expand(planOf(HOST), HOST, [at('10.0.0.1')], BOTH)).toEqual([planOf(HOST)])
    expect(urls(HOST, [at('::1'), at('127.0.0.1')])).toEqual(['http://app.test:3000'])
  })

  test('with several addresses is several endpoints, each with its weight, in a fixed order', () => {
    const plan = planOf(HOST, { weight: 3, isBackup: true })
    const endpoints = expand(plan, HOST, [at('10.0.0.2'), at('10.0.0.1')], BOTH)
    expect(endpoints.map(({ url, weight, isBackup }) => [url, weight, isBackup])).toEqual([
      ['http://10.0.0.1:3000', 3, true],
      ['http://10.0.0.2:3000', 3, true],
    ])
    expect(endpoints[0]?.address).toEqual({ kind: 'tcp', host: '10.0.0.1', port: 3000, found: { host: 'app.test', by: HOST } })
    expect(endpoints.map(({ address }) => authorityOf(address))).toEqual(['app.test:3000', 'app.test:3000'])
  })

  test('of both families is not counted twice: the one with more addresses counts, of equals IPv4', () => {
    expect(urls(HOST, [at('fd00::1'), at('fd00::2'), at('10.0.0.1'), at('10.0.0.2')])).toEqual([
      'http://10.0.0.1:3000',
      'http://10.0.0.2:3000',
    ])
    expect(urls(HOST, [at('fd00::1'), at('fd00::2'), at('10.0.0.1')])).toEqual(['http://[fd00::1]:3000', 'http://[fd00::2]:3000'])
    expect(urls(HOST, [at('fd00::1'), at('fd00::2')])).toEqual(['http://[fd00::1]:3000', 'http://[fd00::2]:3000'])
  })

  test('is reached by the family that this machine has', () => {
    const places = [at('fd00::1'), at('fd00::2'), at('fd00::3'), at('10.0.0.1'), at('10.0.0.2')]
    expect(urls(HOST, places, { hasFour: true, hasSix: false })).toEqual(['http://10.0.0.1:3000', 'http://10.0.0.2:3000'])
    expect(urls(HOST, places.slice(1), { hasFour: false, hasSix: true })).toEqual(['http://[fd00::2]:3000', 'http://[fd00::3]:3000'])
  })
})

describe('a service', () => {
  test('is the ports and weights of its records, and those of a higher priority number stand by', () => {
    const places = [at('10.0.0.1', { port: 81, weight: 2 }), at('10.0.0.2', { port: 82 }), at('10.0.0.3', { port: 83, priority: 5 })]
    const endpoints = expand(planOf(SERVICE, { weight: 10 }), SERVICE, places, BOTH)
    expect(endpoints.map(({ url, weight, isBackup }) => [url, weight, isBackup])).toEqual([
      ['http://10.0.0.1:81', 20, false],
      ['http://10.0.0.2:82', 10, false],
      ['http://10.0.0.3:83', 10, true],
    ])
  })

  test('has one endpoint for each of its hosts, whatever families they have', () => {
    const places = [at('10.0.0.1', { port: 80 }), at('fd00::1', { port: 80 }), at('fd00::2', { port: 80, host: 'b.test' })]
    expect(urls(SERVICE, places)).toEqual(['http://10.0.0.1:80', 'http://[fd00::2]:80'])
    expect(urls(SERVICE, places.slice(0, 1))).toEqual(['http://10.0.0.1:80'])
  })
})

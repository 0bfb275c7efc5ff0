/** The hops of an answer: each tells of itself in a field of its own, and together they are in order. */
import { expect, test } from 'vitest'
import { readHopList, readServerTiming, readVia } from '../../src/http/hop-field.ts'
import { fieldMapOf, hopsOf, timingsOf } from '../../src/insight/speaker/hop.ts'
import { recogniseSpeaker } from '../../src/insight/speaker/speaker.ts'

const named = (...fields: string[]): (string | null)[] => hopsOf(fieldMapOf(fields)).map(({ server, name }) => server ?? name)

test('Via ends at the client, and the network in front comes first', () => {
  const via = '1.1 varnish (Varnish/7.1), 1.1 abc.cloudfront.net (CloudFront)'
  expect(named('Server', 'nginx/1.22.1', 'Via', via, 'X-Powered-By', 'PHP/8.2')).toEqual(['cloudfront', 'varnish', 'nginx', 'php'])
  expect(named('Server', 'cloudflare', 'CF-RAY', '8f0-FRA', 'Via', '1.1 Caddy')).toEqual(['cloudflare', 'caddy'])
  expect(named('Via', '1.1 varnish', 'Via', '1.1 varnish', 'X-Served-By', 'cache-fra-1, cache-lhr-2')).toEqual(['fastly', 'fastly'])
})

test('members of Proxy-Status and Cache-Status find their hop', () => {
  const fields = [
    'Via',
    '1.1 inner, 1.1 gatewell',
    'Cache-Status',
    'inner; hit; ttl=30, "edge one"; fwd=miss',
    'Proxy-Status',
    'gatewell; received-status=502',
  ]
  expect(
    hopsOf(fieldMapOf(fields)).map(({ name, by, says }) => [name, by, says.map(({ name: key, value }) => `${key}=${value}`).join(' ')]),
  ).toEqual([
    ['edge one', 'cache-status', 'fwd=miss'],
    ['gatewell', 'via', 'received-status=502'],
    ['inner', 'via', 'hit=true ttl=30'],
  ])
})

test('a hop that says in Proxy-Status that it failed is believed, the innermost of several first', () => {
  const fields = [
    'Proxy-Status',
    'gatewell; error=connection_refused; details="connect-refused", edge; error=http_response_timeout',
    'Server',
    'nginx',
  ]
  expect(recogniseSpeaker({ status: 502, fields })).toMatchObject({ server: 'gatewell', page: 'own', cause: 'connect-refused', hop: 1 })
  const foreign = recogniseSpeaker({ status: 504, fields: ['Proxy-Status', 'box-3.example; error=http_response_timeout'] })
  expect(foreign).toMatchObject({ server: null, name: 'box-3.example', isProxy: true, cause: 'response-timeout' })
})

test('each field is read as its standard says, and what breaks the rules is left out', () => {
  expect(readVia('1.0 fred, HTTP/2 p.example.net (a (nested), comment)')).toEqual([
    { protocol: '1.0', by: 'fred', comment: '' },
    { protocol: 'HTTP/2', by: 'p.example.net', comment: 'a (nested), comment' },
  ])
  expect(readHopList('a; x=1, "b, c"; d="e\\"f", =broken, ok')).toEqual([
    { name: 'a', parameters: { x: '1' } },
    { name: 'b, c', parameters: { d: 'e"f' } },
    { name: 'ok', parameters: {} },
  ])
  expect(readServerTiming('db;dur=53, app;desc="a, b";dur=x, cdn-cache')).toEqual([
    { name: 'db', description: '', ms: 53 },
    { name: 'app', description: 'a, b', ms: null },
    { name: 'cdn-cache', description: '', ms: null },
  ])
  expect(timingsOf(fieldMapOf(['Server-Timing', 'a;dur=1', 'server-timing', 'b'])).map(({ name }) => name)).toEqual(['a', 'b'])
  expect(readVia(`${'1.1 x, '.repeat(1_000)}`).length).toBeLessThan(40)
})

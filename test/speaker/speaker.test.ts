/** Who made an error answer: told from the answers of real servers, and from some written by hand for those that cannot be had here. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PAGE_MAKERS } from '../../src/causes/page-mark.ts'
import { TELLING_FIELDS } from '../../src/gateway/error-page.ts'
import { isServerId, SERVER_IDS } from '../../src/insight/dialect/origin-table.ts'
import { speakerByBytes } from '../../src/insight/speaker/body-size.ts'
import { FINGERPRINTS } from '../../src/insight/speaker/fingerprint-table.ts'
import { hopFindings, recordedSpeaker, saidFindings } from '../../src/insight/speaker/recorded-speaker.ts'
import { isOwnError, recogniseSpeaker } from '../../src/insight/speaker/speaker.ts'
import { goldenServers } from '../golden/speaker/golden.ts'

const REAL = goldenServers('!(*.hand).json').map((one) => [one.server, one] as const)
const HAND = goldenServers('*.hand.json').map((one) => [one.server, one] as const)

/** What the real ones say on their pages went wrong; the others name no cause. */
const CAUSES: Readonly<Record<string, string>> = {
  'haproxy /refused': 'no-healthy-upstream',
  'haproxy /silent': 'response-timeout',
  'fastify /refused': 'connect-refused',
  'fastify /silent': 'response-timeout',
  'squid /silent': 'response-timeout',
  'squid /closed': 'closed-before-response',
  'trafficserver /silent': 'response-timeout',
}

describe('an error page of a real server is known as its own', () => {
  test.for(REAL)('%s', ([id, { answers, made }]) => {
    expect(made).toMatch(/\d+\.\d+.*Debian/)
    for (const answer of answers.filter(({ path }) => path !== '/relayed')) {
      const speaker = recogniseSpeaker(answer)
      expect(speaker, answer.path).toMatchObject({ server: id, page: 'own', cause: CAUSES[`${id} ${answer.path}`] ?? null })
      expect(speaker?.confidence, answer.path).toBeGreaterThan(speaker?.isProxy ? 0.85 : 0.65)
      expect(speaker?.evidence[0]?.says).toMatch(/^[a-z].*[^.]$/)
    }
  })
})

describe('an error of the app is not taken for that of the server that passed it on', () => {
  test.for(REAL.filter(([, { answers }]) => answers.some(({ path }) => path === '/relayed')))('%s', ([, { answers }]) => {
    for (const answer of answers.filter(({ path }) => path === '/relayed')) {
      const known = recogniseSpeaker(answer)
      expect(known).toMatchObject({ server: 'node', isProxy: false })
      const nameless = answer.fields.filter((_, at, all) => all[at - (at % 2)] !== 'X-Powered-By' && all[at - (at % 2)] !== 'x-powered-by')
      const speaker = recogniseSpeaker({ ...answer, fields: nameless })
      expect(speaker === null ? false : isOwnError(speaker)).toBe(false)
    }
  })
})

describe('a page written by hand is known as its own', () => {
  test.for(HAND)('%s', ([id, { answers }]) => {
    for (const answer of answers) {
      const { status, page = 'own', cause = null } = answer
      expect(recogniseSpeaker(answer), `${status} ${answer.body.slice(0, 40)}`).toMatchObject({ server: id, page, cause })
    }
  })
})

describe('an access log has no more than status and length', () => {
  const sized = [...REAL, ...HAND].flatMap(([id, { answers }]) =>
    answers
      .filter(({ status }) => FINGERPRINTS[id as 'nginx'].sizes?.[status] !== undefined || id === 'nginx')
      .map((one) => [id, one] as const),
  )
  test.for(
    sized.filter(
      ([id, { path, body }]) => path !== '/relayed' && (id !== 'envoy' || body !== '') && !/delayed|TLS_error|no available/.test(body),
    ),
  )('%s', ([id, answer]) => {
    const fields = answer.fields.filter((_, at, all) => all[at - (at % 2)]?.toLowerCase() === 'server')
    expect(speakerByBytes(answer.status, answer.bodyBytes).map(({ server }) => server)).toContain(id)
    if (answer.bodyBytes > 0) {
      const { status, bodyBytes } = answer
      expect(recogniseSpeaker({ status, bodyBytes, fields })?.server).toBe(id)
    }
  })

  test.for([
    [502, 150, '150 bytes with the name `nginx` without a version'],
    [504, 160, '160 bytes with the name `nginx` without a version'],
    [503, 206, '206 bytes with the name `nginx/` with a version of 6 characters and `(Ubuntu)`'],
    [502, 552, '552 bytes with the name `nginx` without a version, and what it adds for some browsers'],
    [502, 154, '154 bytes with the name `openresty` without a version'],
    [502, 155, '155 bytes with the name `cloudflare`'],
  ] as const)('%i with %i bytes', ([status, bytes, says]) => {
    expect(speakerByBytes(status, bytes).map((match) => match.says)).toEqual([`its own page for ${status} has ${says}`])
  })

  test('a page of any other length is nobody’s', () => {
    expect(speakerByBytes(502, 1_234)).toEqual([])
    expect(speakerByBytes(200, 150)).toEqual([])
  })
})

test('a name that is put on nothing but own errors is enough, and any other is not', () => {
  for (const [name, server] of [
    ['Varnish', 'varnish'],
    ['CloudFront', 'cloudfront'],
    ['awselb/2.0', 'alb'],
    ['AkamaiGHost', 'akamai'],
  ] as const) {
    const speaker = recogniseSpeaker({ status: 503, fields: ['Server', name] })
    expect(speaker).toMatchObject({ server, page: 'own', confidence: 0.86 })
    expect(recogniseSpeaker({ status: 404, fields: ['Server', name] })?.page).toBe('unclear')
  }
  expect(recogniseSpeaker({ status: 503, fields: ['Server', 'nginx'] })).toMatchObject({
    server: 'nginx',
    page: 'unclear',
    confidence: 0.5,
  })
  expect(recogniseSpeaker({ status: 503, fields: ['Server', 'nginx'], body: 'sold out' })).toMatchObject({
    server: 'nginx',
    page: 'relayed',
  })
})

test('each server of which more is known than its name has an answer to show it', () => {
  const shown = new Set<string>([...REAL, ...HAND].map(([id]) => id))
  const telling = SERVER_IDS.filter((id) => {
    const { own = [], isServerOwn = false, sizes } = FINGERPRINTS[id]
    return own.length > 0 || isServerOwn || sizes !== undefined || PAGE_MAKERS.includes(id)
  })
  expect(telling.filter((id) => !shown.has(id) && id !== 'gatewell')).toEqual([])
  expect(PAGE_MAKERS.filter((id) => !isServerId(id))).toEqual([])
})

test('what is marked as seen running has answers of a real server, and nothing else has', () => {
  const real = REAL.map(([id]) => id)
  expect(SERVER_IDS.filter((id) => FINGERPRINTS[id].source === 'run')).toEqual(SERVER_IDS.filter((id) => real.includes(id)))
})

test('nothing is said of an answer that nothing is known of', () => {
  expect(recogniseSpeaker({ status: 502, fields: ['X-Whatever', '1'], body: 'oh no' })).toBe(null)
  expect(recogniseSpeaker({ status: 500, fields: [] })).toBe(null)
})

test('the gateway keeps every field of an error answer that a fingerprint looks at', () => {
  const looked = SERVER_IDS.flatMap((id) => {
    const { trace = [], own = [] } = FINGERPRINTS[id]
    return [...trace, ...own].flatMap(({ field }) => (field === undefined || field === 'server' ? [] : [field]))
  })
  expect(looked.filter((field) => !TELLING_FIELDS.has(field))).toEqual([])
  for (const field of ['via', 'proxy-status', 'cache-status', 'server-timing']) expect(TELLING_FIELDS).toContain(field)
})

test('whatever a stranger writes, it is read without harm, and concluded with a confidence from 0 to 0.99', () => {
  const names = fc.constantFrom(...TELLING_FIELDS, 'server', 'x-powered-by', 'x-other')
  const words = fc.constantFrom(
    '1.1 a (b',
    '"',
    '\\',
    'nginx/1',
    ', ,',
    ';=',
    'error=x',
    '\u00e9',
    '(((',
    'cloudflare',
    '1.1 varnish',
    '; dur=1',
  )
  const value = fc.array(fc.oneof(words, fc.string({ maxLength: 12 })), { maxLength: 6 }).map((parts) => parts.join(''))
  const fields = fc.array(fc.tuple(names, value), { maxLength: 12 })
  fc.assert(
    fc.property(fc.integer({ min: 500, max: 599 }), fields, fc.string(), (status, pairs, body) => {
      const speaker = recogniseSpeaker({ status, fields: pairs.flat(), body })
      if (speaker === null) return
      expect(speaker.confidence).toBeGreaterThan(0)
      expect(speaker.confidence).toBeLessThanOrEqual(0.99)
      expect(speaker.hop === null || speaker.hop < speaker.hops.length).toBe(true)
      expect(JSON.parse(JSON.stringify(speaker))).toEqual(speaker)
    }),
    { seed: 42, numRuns: 200 },
  )
})

test('what was recorded of an answer tells as much as the answer, without its page', () => {
  const seen = {
    status: 503,
    server: 'envoy',
    page_of: 'envoy',
    page_says: 'connect-timeout',
    server_timing: 'db;dur=53, cache;dur=0',
    via: '1.1 edge',
  }
  const speaker = recordedSpeaker(Object.entries(seen).map(([name, value]) => ({ name, value })))
  expect(speaker).toMatchObject({ server: 'envoy', page: 'own', cause: 'connect-timeout' })
  expect(saidFindings(speaker).map(({ value }) => value)).toEqual(['Envoy'])
  expect(hopFindings(speaker).map(({ value }) => value)).toEqual(['edge ← Envoy', 'db 53 ms'])
  expect(
    recordedSpeaker([
      { name: 'status', value: 200 },
      { name: 'server', value: 'envoy' },
    ]),
  ).toBe(null)
})

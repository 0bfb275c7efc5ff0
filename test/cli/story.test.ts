/** `gatewell why REQUEST-ID`, `gatewell why INCIDENT` and `gatewell incidents`: what they print, and what they ask. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { renderIncidents } from '../../src/cli/incidents-page.ts'
import { renderIncident } from '../../src/cli/story-incident.ts'
import { renderRequest } from '../../src/cli/story-request.ts'
import { momentText } from '../../src/cli/story-text.ts'
import { COLOURS } from '../../src/cli/terminal.ts'
import { type Paint, PLAIN } from '../../src/config/problem.ts'
import { type RequestStory, tellIncident, tellRequest } from '../../src/control/incident/story.ts'
import type { AttemptRecord } from '../../src/gateway/observe/record.ts'
import { failed, rescued } from '../control/incident/record.ts'
import { incident } from '../control/store/store-suite.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { gatewell } from './recording-terminal.ts'

const NOW = 1_800_000_000_000
const times = { beganMs: 0, connectedMs: null, sentMs: null, answeredMs: null, isReused: false, idleMs: 0, bytesSent: 0, bytesReceived: 0 }
const refused: AttemptRecord = {
  ...times,
  ...{ endpoint: 'http://10.0.0.1:3000', phase: 'connect', status: 0, cause: 'connect-refused', ms: 2, beganMs: 1 },
  evidence: [
    { name: 'port', value: 3000 },
    { name: 'elapsed_ms', value: 2 },
    { name: 'sent_bytes', value: 2_048 },
  ],
}
const answered: AttemptRecord = {
  ...times,
  ...{ endpoint: 'http://10.0.0.12:3000', phase: 'receive-body', status: 200, cause: null, evidence: [], ms: 35, beganMs: 5 },
  ...{ connectedMs: 10, sentMs: 10, answeredMs: 30 },
}
const record = {
  ...{ id: 'a1b2c3-3k9', client: '192.0.2.7', userAgent: 'curl/8', host: 'shop.example.com', endedAt: NOW - 65_000, ms: 40 },
  ...{ target: '/cart', route: 'shop.example.com/*', upstream: 'shop' },
}

function story(changes: Partial<RequestStory['record']> = {}, of = 'i-12345678'): RequestStory {
  const found = { record: rescued('connect-refused', { ...record, attempts: [refused, answered], ...changes }), incident: of, place: 1 }
  return tellRequest(found, null, 0)
}

function page(shown: RequestStory, paint: Paint = PLAIN): string {
  return renderRequest({ story: shown, paint, columns: 80, now: NOW })
}

describe('the story of a request', () => {
  test('shows what each attempt did, and what came of it', () => {
    expect(page(story()).split('What to do')[0]?.trim()).toBe(
      `
GET /cart → 200 OK, rescued after 40 ms
Nothing listens on that port  connect-refused

The machine answered but refused the connection: no program is listening on that
address and port.

  id         a1b2c3-3k9
  ended      ${momentText(NOW - 65_000, NOW)}, 1 min 5 s ago
  client     192.0.2.7, curl/8
  host       shop.example.com
  route      shop.example.com/* to shop
  incident   i-12345678, which \`gatewell why i-12345678\` tells of

2 attempts
                            0                                              40 ms
  1  http://10.0.0.1:3000   ·░░░
     ✗ Nothing listens on that port: connect-refused
       connect 2.0 ms
       port 3000, elapsed 2 ms, sent 2 KiB
  2  http://10.0.0.12:3000  ·······░░░░░░▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓█████████████
     ✓ answered with 200
       connect 5.0 ms, wait 20 ms, receive 10 ms
     ░ connect   ▓ wait   █ receive
`.trim(),
    )
  })

  test('says of one that failed how it ended, and that it waited', () => {
    const shown = page(
      tellRequest({ record: failed('connect-refused', { ...record, attempts: [refused], ms: 5_003 }), incident: '', place: 1 }, null, 2),
    )
    expect(shown).toContain('GET /cart → 502 Bad Gateway after 5.0 s')
    expect(shown).toContain('✗ then it waited 5.0 s for an endpoint, in vain')
    expect(shown).toContain('2 earlier requests had the same id; this is the latest')
    expect(shown).not.toContain('incident ')
    const cut = tellRequest({ record: failed('truncated-body', { ...record, status: 200 }), incident: '', place: 1 }, null, 0)
    expect(page(cut)).toContain('GET /cart → 200 OK, cut off after')
  })

  test('says of one that was slow what is usual', () => {
    const shown = page(story({ attempts: [answered], usualMs: 12.5, traceId: 'a1'.repeat(16) }, ''))
    expect(shown).toMatch(/^GET \/cart → 200 OK, unusually slow after 40 ms/)
    expect(shown).toMatch(/usual +99 of 100 on this route take less than 1[23] ms/)
    expect(shown).toMatch(/trace +(?:a1){16}/)
    expect(shown).not.toContain('What to do')
  })

  test('tells of a connection that never became a request', () => {
    const nothing = { id: '', method: '', target: '', host: '', route: '', upstream: '', client: '', userAgent: '', attempts: [] }
    const shown = page(tellRequest({ record: failed('fd-exhaustion', { ...record, ...nothing }), incident: '', place: 1 }, null, 0))
    expect(shown).toContain('A connection → 502 Bad Gateway')
    expect(shown).toContain('evidence   port 3000')
  })

  test('says of the slower one of two that it was given up', () => {
    const slower: AttemptRecord = { ...answered, status: 0, answeredMs: null }
    expect(page(story({ attempts: [slower, answered] }))).toContain('✓ given up: another attempt was quicker')
  })

  test('cannot steer the terminal, and means the same without colours', () => {
    const strange = {
      target: '/\u001b[2J\u202e',
      userAgent: 'x\u009b1m',
      attempts: [{ ...refused, evidence: [{ name: 'seen', value: '\u001b]0;x\u0007' }] }],
    }
    const shown = page(story(strange))
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(page(story(strange), COLOURS).replace(/\u001b\[\d+m/g, '')).toBe(shown)
  })

  test('fits 80 columns', () => {
    const long = {
      target: `/${'x'.repeat(30)}`,
      host: `${'very-'.repeat(20)}long`,
      attempts: [{ ...refused, endpoint: `http://${'x'.repeat(90)}:1` }],
    }
    const [shown] = page(story(long)).split('What to do')
    expect(shown?.split('\n').filter((line) => line.length > 80)).toEqual([expect.stringContaining('very-')])
    expect(shown).toMatch(/^ {5}.{53} {2}0 {14}40 ms$/m)
  })
})

const counts = { failures: 1_203, visitors: 345, crawlers: 2, rescued: 12, reopened: 1, statuses: { 502: 1_200, 'cut off': 3 } }
const pulse = { beganAt: 0, stepMs: 2_000, counts: [1, 8, 0, 4] }
const began = { firstSeen: NOW - 125_000, lastSeen: NOW - 2_000, lastGood: NOW - 125_500 }
const open = incident('i-12345678', { ...counts, ...began, pulse, causes: { 'connect-refused': 1_200, 'truncated-body': 3 } }).incident

describe('the story of an incident', () => {
  test('says what it is, since when, and who saw it', () => {
    const examples = [{ record: failed('connect-refused', record), incident: open.id, place: 1 }]
    const shown = renderIncident({ story: tellIncident(open, examples), paint: PLAIN, columns: 80, now: NOW })
    expect(shown.split('What to do')[0]?.trim()).toBe(
      `
Nothing listens on that port at shop  connect-refused
● open for 2 min 5 s  i-12345678

The machine answered but refused the connection: no program is listening on that
address and port.

  began      ${momentText(NOW - 125_000, NOW)}; latest failure 2 s ago; came back once
  last good  right before it began
  failed     1,203 requests, answered with 502 (1,200), cut off (3); seen by
             about 345 visitors and crawlers (2)
  rescued    12 requests, tried again and answered well
  endpoints  http://10.0.0.1:3000
  routes     all
  signs      connect-refused (1,200), truncated-body (3)
  over time  ▁█.▄  2s each

Evidence
  + port 3000
`.trim(),
    )
    expect(shown).toContain(`Latest requests\n  ${momentText(NOW - 65_000, NOW)}  GET /cart → 502  a1b2c3-3k9`)
  })

  test('says what it cost, where that can be said', () => {
    const costly = { ...open, worth: { amount: 1_203.5, currency: 'EUR' } }
    const render = (of: typeof open) => renderIncident({ story: tellIncident(of, []), paint: PLAIN, columns: 80, now: NOW })
    expect(render(costly)).toMatch(/^ *worth +about 1,203\.50 EUR, by what the configuration says of requests$/m)
    expect(render(open)).not.toContain('worth')
    expect(renderIncidents({ incidents: [costly], paint: PLAIN, columns: 80, now: NOW })).toContain('about 1,203.50 EUR')
  })

  test('gives the diagnosis where there is one', () => {
    const findings = [
      { name: 'listeners', value: 0, says: 'so many programs listen on port 3000' },
      { name: 'elapsed_ms', value: 3, says: 'it came at once, after 3 ms' },
    ]
    const remedies = [{ do: 'Start the app.', when: '' }]
    const diagnosis = {
      cause: 'connect-refused',
      confidence: 0.7,
      summary: 'The app is not running.',
      evidence: findings,
      against: [],
      remedies,
      saidBy: null,
    } as const
    const told = tellIncident({ ...open, diagnosis, state: 'closed', closed: NOW }, [])
    const shown = renderIncident({ story: told, paint: PLAIN, columns: 80, now: NOW })
    expect(shown).toContain('The app is not running.  70 % sure')
    expect(shown).toContain('Evidence\n  + so many programs listen on port 3000: 0\n  + it came at once, after 3 ms\n')
    expect(shown).toContain('○ over, ended 2 s ago after 2 min 3 s')
    expect(shown).toMatch(/What to do\n {2}Start the app\.$/)
  })
})

describe('gatewell incidents', () => {
  const over = incident('i-87654321', {
    ...began,
    cause: 'response-timeout',
    state: 'closed',
    closed: NOW,
    failures: 1,
    visitors: 1,
  }).incident

  test('is a list with the open ones first', () => {
    expect(renderIncidents({ incidents: [over, open], paint: PLAIN, columns: 80, now: NOW })).toBe(
      `
1 incident open

  ● Nothing listens on that port at shop                              i-12345678
    since 2 min 5 s   1,203 failed 345 visitors  12 rescued       ▁█.▄

Over

  ○ The server took too long to answer at shop                        i-87654321
    2 s ago           1 failed     1 visitor     lasted 2 min 3 s █
`.trim(),
    )
  })

  test('says so when all is well', async () => {
    const { admin, close } = await answering({ '/api/incidents': [] })
    const { code, printed, said } = await gatewell('incidents', '--admin', admin)
    expect([code, printed]).toEqual([0, 'No incident is open.'])
    expect(said).toContain('`gatewell incidents --all` shows older ones')
    close()
  })

  test('ends with 1 while one is open, and gives JSON that others read', async () => {
    const { admin, close } = await answering({ '/api/incidents?all=true': [open] })
    const { code, printed } = await gatewell('incidents', '--all', '--json', '--admin', admin)
    const [first] = JSON.parse(printed)
    expect(code).toBe(1)
    expect(first).toMatchObject({
      id: 'i-12345678',
      cause: 'connect-refused',
      upstream: 'shop',
      state: 'open',
      opened: 1_000,
      closed: null,
    })
    expect(first).toMatchObject({ failures: 1_203, visitors: 345, rescued: 12 })
    close()
  })
})

describe('gatewell why', () => {
  test('asks the gateway for a request, and gives the keys that others read', async () => {
    const { admin, close } = await answering({ '/api/request?id=a1b2c3-3k9': story() })
    const { code, printed } = await gatewell('why', 'a1b2c3-3k9', '--json', '--admin', admin)
    expect(code).toBe(0)
    expect(JSON.parse(printed)).toMatchObject({ id: 'a1b2c3-3k9', kind: 'request', cause: 'connect-refused', confidence: 1 })
    expect(Object.keys(JSON.parse(printed))).toEqual(expect.arrayContaining(['evidence', 'remedies', 'attempts']))
    expect((await gatewell('why', 'a1b2c3-3k9', '--admin', admin)).printed).toContain('GET /cart → 200 OK, rescued')
    close()
  })

  test('asks for an incident, and then for a request that is called like one', async () => {
    const asked = { '/api/incident?id=i-12345678': tellIncident(open, []), '/api/request?id=i-87654321': story({ id: 'i-87654321' }) }
    const { admin, close } = await answering(asked)
    expect((await gatewell('why', 'i-12345678', '--admin', admin)).printed).toContain('● open for')
    expect((await gatewell('why', 'i-87654321', '--admin', admin)).printed).toContain('GET /cart')
    const { code, said } = await gatewell('why', 'i-11111111', '--admin', admin)
    expect([code, said]).toEqual([2, 'gatewell: It is not known.'])
    close()
  })

  test('says what it would take to look for a request, and asks nobody for a slip in a cause', async () => {
    const admin = `127.0.0.1:${await unusedPort()}`
    const request = await gatewell('why', 'a1b2c3-3k9', '--admin', admin)
    expect(request.code).toBe(1)
    expect(request.said).toContain(
      `"a1b2c3-3k9" is no cause, and to look for a request or an incident takes the running gateway. No gateway`,
    )
    const slip = await gatewell('why', 'conect-refused', '--admin', admin)
    expect([slip.code, slip.said]).toEqual([2, 'gatewell: there is no cause "conect-refused". Did you mean "connect-refused"?'])
  })
})

async function answering(answers: Readonly<Record<string, unknown>>): Promise<{ admin: string; close: () => void }> {
  const server = createServer((request, response) => {
    const found = answers[request.url ?? '']
    response.statusCode = found === undefined ? 404 : 200
    response.end(JSON.stringify(found ?? { error: 'It is not known.' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { admin: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

/** What each service gets: the form that its documentation asks for, and nothing in it that strangers could make use of. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlertMessage, Notice } from '../../../src/control/alert/alert-message.ts'
import { discordForm } from '../../../src/control/alert/form/discord-form.ts'
import { AlertSchema, jsonForm } from '../../../src/control/alert/form/json-form.ts'
import { ntfyForm, splitTopic } from '../../../src/control/alert/form/ntfy-form.ts'
import { pagerdutyForm } from '../../../src/control/alert/form/pagerduty-form.ts'
import { slackForm } from '../../../src/control/alert/form/slack-form.ts'
import { teamsForm } from '../../../src/control/alert/form/teams-form.ts'
import { textForm } from '../../../src/control/alert/form/text-form.ts'
import { wordingOf } from '../../../src/control/alert/wording.ts'
import type { Diagnosis } from '../../../src/insight/diagnosis/diagnosis.ts'
import { START, sampleMessage, sampleNotice } from './sample.ts'

const KEY = '0123456789abcdef0123456789abcdef'
/** What a stranger may write into a path, a Host, a Server field. */
const HOSTILE = '<!channel> <https://evil.example|here> @everyone [x](https://evil.example) `code` *b* ```\u202e\u0000\r\nBcc: x@y'

function diagnosis(text: string): Diagnosis {
  return {
    ...{ cause: 'connect-refused', confidence: 0.75, summary: `It says ${text}`, against: [], saidBy: null },
    evidence: [{ name: 'server', value: text, says: 'it calls itself so' }],
    remedies: [{ do: `Restart it: ${text}`, when: '', command: `systemctl restart shop # ${text}` }],
  }
}

function alone(text = 'nginx'): AlertMessage {
  return sampleMessage([sampleNotice({ diagnosis: diagnosis(text) })])
}

function many(text = 'nginx', count = 30): AlertMessage {
  const notices = Array.from(
    { length: count },
    (_, i): Notice => sampleNotice({ id: `i-${i}`, upstream: `up${i}`, diagnosis: diagnosis(text) }),
  )
  return sampleMessage(notices, { delay: '30 were held back.' })
}

const test_ = sampleMessage([])
const over = sampleMessage([sampleNotice({ state: 'closed', closed: START + 130_000 }, { kind: 'resolved' })])

test('a message says what visitors saw, since when, why, with which evidence, what to do, and where there is more', () => {
  const wording = wordingOf(alone())
  expect(wording.subject).toBe('shop is down: Nothing listens on that port')
  expect(textForm(wording).split('\n')).toEqual([
    'Visitors: 12 requests of 3 visitors and crawlers failed, 40 were rescued (502: 12).',
    'Since: 22:13:21 UTC. The last good answer before it: 22:13:20 UTC.',
    'Why: It says nginx (75 % sure)',
    'Evidence: it calls itself so: nginx',
    'To do: Restart it: nginx',
    '    systemctl restart shop # nginx',
    'More: gatewell why i-1',
    'http://127.0.0.1:8502/#/incidents/i-1',
  ])
})

test('a message says what the failures were worth, where that can be said', () => {
  const notice = sampleNotice({ worth: { amount: 38.4, currency: 'EUR' } })
  const wording = wordingOf(sampleMessage([notice]))
  expect(wording.stories[0]?.paragraphs[0]?.text).toMatch(/ failed, worth about 38\.40 EUR, 40 were rescued /)
  expect(jsonForm(sampleMessage([notice]), wording).incidents[0]?.worth).toEqual({ amount: 38.4, currency: 'EUR' })
})

test('several incidents are one message, whose subject names what they are and which is short', () => {
  const { subject, stories, notes } = wordingOf(many())
  expect(subject).toMatch(/^30 incidents: up0 is down, up1 is down, /)
  expect(subject.length).toBeLessThanOrEqual(120)
  expect([stories.length, notes]).toEqual([5, ['25 more: gatewell incidents lists them all.', '30 were held back.']])
})

test('each kind of news has its own title', () => {
  const title = (notice: Notice): string => wordingOf(sampleMessage([notice])).subject.replace(/:.*/, '')
  const closed = { state: 'closed', closed: START + 130_000 } as const
  expect([
    title(sampleNotice()),
    title(sampleNotice({}, { severity: 'warning' })),
    title(sampleNotice({ upstream: '' }, { severity: 'warning' })),
    title(sampleNotice({}, { kind: 'worse' })),
    title(sampleNotice({}, { kind: 'reminder' })),
    title(sampleNotice(closed, { kind: 'resolved' })),
    title(sampleNotice(closed)),
    wordingOf(test_).subject,
  ]).toEqual([
    'shop is down',
    'shop fails for some visitors',
    'The gateway fails for some visitors',
    'shop has got worse and is down',
    'shop still is down',
    'shop is well again',
    'shop failed for 9 s and is well again',
    'Test message of edge',
  ])
})

describe('Slack', () => {
  type Block = { type: string; text?: { type: string; text: string; verbatim?: boolean }; elements?: { type: string; text: string }[] }
  const form = (message: AlertMessage) => slackForm(message, wordingOf(message)) as { text: string; blocks: Block[] }

  test.each([
    ['one', alone()],
    ['many', many('x'.repeat(5_000))],
    ['a test', test_],
    ['good news', over],
  ])('gets blocks within its limits for %s', (_, message) => {
    const { text, blocks } = form(message)
    expect(text).not.toBe('')
    expect(blocks.length).toBeLessThanOrEqual(50)
    for (const { type, text, elements } of blocks) {
      if (type === 'header') expect([text?.type, (text?.text.length ?? 151) <= 150]).toEqual(['plain_text', true])
      else if (type === 'section')
        expect([text?.type, text?.verbatim, (text?.text.length ?? 3_001) <= 3_000]).toEqual(['mrkdwn', true, true])
      else expect([type, elements?.length]).toEqual(['context', 1])
    }
  })

  test('gets nothing that pings, links or formats but what is meant to', () => {
    const text = JSON.stringify(form(alone(HOSTILE)).blocks)
    expect(text).toContain('&lt;!channel&gt;')
    expect(text.match(/<[^>]*>/g)).toEqual(['<http://127.0.0.1:8502/#/incidents/i-1|Open it>'])
    // Three at either end of the command, two around `gatewell why`.
    expect(text.match(/`/g)).toHaveLength(8)
  })
})

describe('Discord', () => {
  type Embed = { title: string; description: string; color: number; url?: string; timestamp: string }
  const form = (message: AlertMessage) =>
    discordForm(message, wordingOf(message)) as { content: string; embeds: Embed[]; allowed_mentions: object }

  test.each([
    ['one', alone()],
    ['many', many('x'.repeat(5_000))],
    ['a test', test_],
    ['good news', over],
  ])('gets embeds within its limits for %s', (_, message) => {
    const { content, embeds, allowed_mentions } = form(message)
    expect(allowed_mentions).toEqual({ parse: [] })
    expect(content.length).toBeLessThanOrEqual(2_000)
    expect(content !== '' || embeds.length > 0).toBe(true)
    expect(embeds.length).toBeLessThanOrEqual(10)
    for (const { title, description, timestamp } of embeds) {
      expect([title.length <= 256, description.length <= 4_096, new Date(timestamp).toISOString()]).toEqual([true, true, timestamp])
    }
    expect(embeds.reduce((sum, { title, description }) => sum + title.length + description.length, 0)).toBeLessThanOrEqual(6_000)
  })

  test('gets what strangers wrote with a backslash before all that formats or links', () => {
    const [embed] = form(alone(HOSTILE)).embeds
    const prose = embed?.description.replace(/```[\s\S]*?```/, '').replace(/\*\*(?:Visitors|Since|Why|Evidence|To do)\*\*/g, '')
    expect(prose).not.toMatch(/(?<!\\)[*[\]()<>@]|https?:\/\//)
    expect(embed?.description.match(/```/g)).toHaveLength(2)
  })
})

test('Teams gets an adaptive card of literal text', () => {
  const message = alone(HOSTILE)
  const { type, attachments } = teamsForm(message, wordingOf(message)) as {
    type: string
    attachments: [{ contentType: string; content: Record<string, unknown> }]
  }
  const [{ contentType, content }] = attachments
  expect([type, contentType, content.type, content.version]).toEqual([
    'message',
    'application/vnd.microsoft.card.adaptive',
    'AdaptiveCard',
    '1.4',
  ])
  expect(content.actions).toEqual([{ type: 'Action.OpenUrl', title: 'Open it', url: 'http://127.0.0.1:8502/#/incidents/i-1' }])
  for (const block of content.body as { type: string; inlines: { type: string; text: string }[] }[]) {
    expect(block.type).toBe('RichTextBlock')
    for (const run of block.inlines) expect([run.type, typeof run.text]).toEqual(['TextRun', 'string'])
  }
  expect(Buffer.byteLength(JSON.stringify(teamsForm(many('x'.repeat(5_000)), wordingOf(many('x'.repeat(5_000))))))).toBeLessThan(28 * 1_024)
})

test('ntfy gets a topic, a priority by how bad it is, and no more than it takes', () => {
  const form = (message: AlertMessage) =>
    ntfyForm(message, wordingOf(message), 'ops') as { topic: string; priority: number; message: string; tags: string[]; click?: string }
  expect(form(alone())).toMatchObject({
    topic: 'ops',
    title: 'shop is down: Nothing listens on that port',
    priority: 5,
    tags: ['rotating_light'],
    click: 'http://127.0.0.1:8502/#/incidents/i-1',
  })
  expect([form(over).priority, form(over).tags, form(test_).priority]).toEqual([3, ['white_check_mark'], 3])
  expect(Buffer.byteLength(form(many('ü'.repeat(5_000))).message)).toBeLessThanOrEqual(4_096)
  expect(splitTopic('https://ntfy.sh/ops')).toEqual({ server: 'https://ntfy.sh/', topic: 'ops' })
  expect(splitTopic('https://example.com/ntfy/ops')).toEqual({ server: 'https://example.com/ntfy/', topic: 'ops' })
})

describe('PagerDuty', () => {
  type Event = {
    routing_key: string
    dedup_key: string
    event_action: string
    payload?: { summary: string; source: string; severity: string; timestamp: string }
    links?: object[]
  }
  const form = (message: AlertMessage) => pagerdutyForm(message, wordingOf(message), KEY) as Event[]

  test('gets an event for each incident, which the same key resolves', () => {
    const events = form(many('x', 3))
    expect(events.map(({ dedup_key, event_action }) => [dedup_key, event_action])).toEqual(
      [0, 1, 2].map((i) => [`gatewell/edge/i-${i}`, 'trigger']),
    )
    for (const { routing_key, payload } of events) {
      expect(routing_key).toBe(KEY)
      expect(payload).toMatchObject({
        source: 'edge',
        severity: 'critical',
        timestamp: new Date(START).toISOString(),
        class: 'connect-refused',
      })
      expect(payload?.summary.length).toBeLessThanOrEqual(1_024)
    }
    expect(form(over)).toEqual([{ routing_key: KEY, dedup_key: 'gatewell/edge/i-1', event_action: 'resolve' }])
  })

  test('is not called for what was over before anybody was told, nor again by a reminder', () => {
    expect(
      form(sampleMessage([sampleNotice({ state: 'closed', closed: START }), sampleNotice({ id: 'i-2' }, { kind: 'reminder' })])),
    ).toEqual([])
  })

  test('gets a test that is resolved at once', () => {
    expect(form(test_).map(({ event_action, payload }) => [event_action, payload?.severity])).toEqual([
      ['trigger', 'info'],
      ['resolve', undefined],
    ])
  })
})

test.each([
  ['one', alone(HOSTILE)],
  ['many', many(HOSTILE)],
  ['a test', test_],
  ['good news', over],
])('a webhook gets JSON by the schema for %s', (_, message) => {
  const json = JSON.parse(JSON.stringify(jsonForm(message, wordingOf(message))))
  expect(AlertSchema.parse(json)).toEqual(json)
  expect(json.incidents).toHaveLength(message.notices.length)
})

test('no text of strangers breaks a line, hides, or turns the direction of writing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
      const { subject, stories } = wordingOf(alone(`${text}\u202e\n`))
      for (const line of [subject, ...stories.flatMap(({ title, paragraphs }) => [title, ...paragraphs.map((one) => one.text)])]) {
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
        expect(line.length).toBeLessThanOrEqual(400)
      }
    }),
    { numRuns: 30, seed: 4 },
  )
})

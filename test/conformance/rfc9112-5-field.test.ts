import { describe, expect, test } from 'vitest'
import { malformation, rejects, SECRET } from './malformation.ts'
import { refusal, refuses } from './refusal.ts'
import { get, head, startRig } from './rig.ts'

/** Lines that are no valid field line, by what is wrong with them and by the name that evidence has for it. */
const BAD_LINES: readonly [name: string, line: string, rule: string][] = [
  ['a space before the colon', 'X : y', 'space-before-colon'],
  ['a tab before the colon', 'X\t: y', 'space-before-colon'],
  ['no name', ': y', 'field-name'],
  ['no colon', 'X', 'field-name'],
  ['a space within the name', 'X Y: z', 'space-before-colon'],
  ['a slash in the name', 'X/Y: z', 'field-name'],
  ['a quote in the name', '"X": z', 'field-name'],
  ['a bracket in the name', 'X[0]: z', 'field-name'],
  ['an at sign in the name', 'X@Y: z', 'field-name'],
  ['a byte beyond ASCII in the name', 'X\xe4: z', 'field-name'],
  ['a NUL in the name', 'X\0: z', 'nul'],
  ['a DEL in the name', 'X\x7f: z', 'field-name'],
  ['a vertical tab before the colon', 'X\v: z', 'field-name'],
  ['a NUL in the value', 'X: y\0z', 'nul'],
  ['a CR in the value', 'X: y\rz', 'bare-cr'],
  ['a LF in the value', 'X: y\nz', 'bare-lf'],
  ['a vertical tab in the value', 'X: y\vz', 'field-value'],
  ['a form feed in the value', 'X: y\fz', 'field-value'],
  ['a DEL in the value', 'X: y\x7fz', 'field-value'],
  ['an escape in the value', 'X: y\x1b[31m', 'field-value'],
  ['a backspace in the value', 'X: y\b', 'field-value'],
  ['a value folded over two lines by a space', 'X: y\r\n z', 'line-folding'],
  ['a value folded over two lines by a tab', 'X: y\r\n\tz', 'line-folding'],
  ['an empty value folded', 'X:\r\n y', 'line-folding'],
]

describe('Field lines of a request (RFC 9112 §5, RFC 9110 §5)', () => {
  const good = [
    'X: y',
    'x: y',
    "X-1_2.3~!#$%&'*+^`|: y",
    'X: a  b\tc',
    'X: "quoted, \\"text\\""',
    'X: \x80\xff',
    'X: ',
    'X: :',
    'X: a: b',
    "X: !#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    `X: ${'a'.repeat(8_000)}`,
    `${'X'.repeat(500)}: y`,
  ]
  test.for(good)('"%s" goes upstream as it is', async (line) => {
    const rig = await startRig()
    expect((await rig.upstream(get(line)))?.fields).toEqual(['Host: example.com', line])
  })

  test.for([
    ['X:y', 'X: y'],
    ['X:', 'X: '],
    ['X:   ', 'X: '],
    ['X: \t y\t ', 'X: y'],
    ['X:\ty', 'X: y'],
  ])('"%s" goes upstream as "%s"', async ([sent, upstream]) => {
    const rig = await startRig()
    for (const stepBytes of [1_000, 1]) {
      expect((await rig.upstream(get('A: b', sent as string, 'C: d'), stepBytes))?.fields).toEqual([
        'Host: example.com',
        'A: b',
        upstream,
        'C: d',
      ])
    }
  })

  test('fields keep their order, and several of one name stay several', async () => {
    const rig = await startRig()
    const fields = ['B: 1', 'a: 2', 'B: 3', 'Cookie: a=b', 'Cookie: c=d', 'A: 4']
    expect((await rig.upstream(get(...fields)))?.fields).toEqual(['Host: example.com', ...fields])
  })

  describe('what is no field line is refused, first, midway and last', () => {
    refuses(
      BAD_LINES.flatMap(([name, line, rule]) => {
        const refused = refusal('request-malformed', rule)
        const rows = [
          refused(name, head('GET / HTTP/1.1', 'Host: a', line, 'Z: z')),
          refused(`${name}, last`, head('GET / HTTP/1.1', 'Host: a', line)),
        ]
        // A folded line cannot be told from white space before the first field, which has the same rule.
        return [...rows, refused(`${name}, first`, head('GET / HTTP/1.1', line, 'Host: a'))]
      }),
    )
  })
})

describe('Field lines of an answer (RFC 9112 §5)', () => {
  describe('what is no field line makes the answer malformed', () => {
    rejects(
      BAD_LINES.map(([name, line, rule]) =>
        malformation('malformed-response', rule)(name, head('HTTP/1.1 200 OK', `A: ${SECRET}`, line, 'Content-Length: 0')),
      ),
    )
  })

  test('valid ones are relayed in their order, several of one name as several', async () => {
    const fields = ['Set-Cookie: a=b', 'X: \xff"', 'Set-Cookie: c=d', 'x-empty: ']
    const rig = await startRig({}, () => head('HTTP/1.1 200 OK', ...fields, 'Content-Length: 0'))
    const answer = await rig.ask(get())
    expect(answer?.head.split('\r\n').slice(1, 5)).toEqual(fields)
  })

  test('white space around a value is not relayed', async () => {
    const rig = await startRig({}, () => head('HTTP/1.1 200 OK', 'X:\t y \t', 'Y:z', 'Content-Length: 0'))
    expect((await rig.ask(get()))?.head.split('\r\n').slice(1, 3)).toEqual(['X: y', 'Y: z'])
  })
})

describe('Limits of a header (RFC 9110 §5.4, RFC 6585 §5)', () => {
  const fields = (count: number): string[] => Array.from({ length: count }, (_, index) => `X-${index}: y`)
  const tooLarge = refusal('request-header-too-large')

  test('100 fields pass, Host among them', async () => {
    const rig = await startRig()
    expect((await rig.upstream(get(...fields(99))))?.fields.length).toBe(100)
  })

  describe('more than 100 fields are refused with 431', () => {
    refuses([tooLarge('101', get(...fields(100))), tooLarge('500', get(...fields(499)))])
  })

  test('a head of 32 KiB passes', async () => {
    const rig = await startRig()
    const rest = get('X: ').length
    expect((await rig.ask(get(`X: ${'y'.repeat(32 * 1024 - rest)}`)))?.status).toBe(200)
    expect((await rig.ask(get(`X: ${'y'.repeat(32 * 1024 - rest + 1)}`)))?.status).toBe(431)
  })

  test('a larger one is refused with 431 before it is complete, in one piece or many', async () => {
    const rig = await startRig()
    for (const stepBytes of [40_000, 1_000]) {
      const answer = await rig.ask(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(33_000)}`, { stepBytes })
      expect(answer?.status).toBe(431)
      expect(answer?.fields.get('connection')).toBe('close')
    }
    expect(rig.seen).toEqual([])
  })

  test('the limits are those of the plan', async () => {
    const rig = await startRig({ limits: { headBytesMax: 200, fieldsMax: 2 } })
    expect((await rig.ask(get('A: b')))?.status).toBe(200)
    expect((await rig.ask(get('A: b', 'C: d')))?.status).toBe(431)
    expect((await rig.ask(get(`A: ${'b'.repeat(200)}`)))?.status).toBe(431)
  })

  test('more fields than the scanner has room for are refused whatever the plan says', async () => {
    const rig = await startRig({ limits: { fieldsMax: 10_000 } })
    expect((await rig.ask(get(...fields(1_023))))?.status).toBe(200)
    expect((await rig.ask(get(...fields(1_024))))?.status).toBe(431)
  })

  describe('an answer may have 200 fields and 64 KiB of them', () => {
    const answerOf = (lines: string[]): string => head('HTTP/1.1 200 OK', 'Content-Length: 0', ...lines)
    test('200 fields and 60 KiB are relayed', async () => {
      for (const lines of [fields(199), [`X: ${'y'.repeat(60_000)}`]]) {
        const rig = await startRig({}, () => answerOf(lines))
        expect((await rig.ask(get()))?.status).toBe(200)
      }
    })
    const big = malformation('header-too-large')
    rejects([big('201 fields', answerOf(fields(200)))])

    test.for([
      ['too many bytes', answerOf([`X: ${'y'.repeat(70_000)}`])],
      ['a head that does not end', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(70_000)}`],
      ['a status line that does not end', `HTTP/1.1 200 ${'y'.repeat(70_000)}`],
    ])('%s', async ([, answered]) => {
      const rig = await startRig({ retry: { attempts: 1 } }, () => answered as string)
      const answer = await rig.ask(get())
      expect(answer?.fields.get('proxy-status')).toContain('error=http_response_header_section_size; details="header-too-large"')
    })
  })
})

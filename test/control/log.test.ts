import { describe, expect, test } from 'vitest'
import type { CauseId } from '../../src/causes/catalogue.ts'
import { FailureLog } from '../../src/control/failure-log.ts'
import { createLog, type LogOptions } from '../../src/control/log.ts'
import { type FailureRecord, recordOf } from '../../src/gateway/observe/record.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { attemptOf, endpointOf, exchangeOf } from '../observe/exchange.ts'

function captured(options: LogOptions = {}): { lines: string[]; log: ReturnType<typeof createLog> } {
  const lines: string[] = []
  return { lines, log: createLog({ ...options, destination: { write: (line) => lines.push(line) } }) }
}

function recordFor(cause: CauseId | null, target = '/cart'): FailureRecord {
  const attempts = [attemptOf({ endpoint: endpointOf(3000), cause: 'connect-refused' })]
  return recordOf(exchangeOf({ request: { target }, status: 502, ...(cause !== null && { cause }), attempts }), 0)
}

describe('the log', () => {
  test('is JSON for machines', () => {
    const { lines, log } = captured({ isTerminal: false })
    log.warn({ worker: 1 }, 'Something.')
    expect(JSON.parse(lines[0] as string)).toEqual({ level: 'warn', time: expect.any(String), worker: 1, msg: 'Something.' })
  })

  test('is a short line for people', () => {
    const { lines, log } = captured({ isTerminal: true })
    log.info({ worker: 1 }, 'Something.')
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}Something\.\n$/)
  })

  test('shows the stack of an error under it', () => {
    const { lines, log } = captured({ isTerminal: true })
    log.error({ stack: 'Error: x\n    at y' }, 'A bug.')
    expect(lines[0]).toMatch(/A bug\.\nError: x\n {4}at y\n$/)
  })

  test('is coloured only when it should be', () => {
    const plain = captured({ isTerminal: true })
    plain.log.error('x')
    const coloured = captured({ isTerminal: true, isColoured: true })
    coloured.log.error('x')
    expect(plain.lines[0]).not.toContain('\u001b')
    expect(coloured.lines[0]).toContain('\u001b[31mx\u001b[0m')
  })

  test('cannot be made to steer the terminal', () => {
    const { lines, log } = captured({ isTerminal: true })
    log.warn('before\u001b[2J\u009b\u202eafter\r')
    expect(lines[0]).toMatch(/ before\ufffd\[2J\ufffd\ufffdafter\ufffd\n$/)
  })

  test('keeps quiet about what is fine when it is told to', () => {
    const { lines, log } = captured({ isTerminal: true, isQuiet: true })
    log.info('fine')
    log.warn('not fine')
    expect(lines).toHaveLength(1)
  })
})

describe('a failure that a visitor saw', () => {
  function told(...records: FailureRecord[]): string[] {
    const { lines, log } = captured({ isTerminal: true })
    const failures = new FailureLog({ log, clock: new ManualClock() })
    for (const record of records) failures.tell(record)
    return lines
  }

  test('is a line that says what, where, why, and how to learn more', () => {
    const line = told(recordFor('connect-refused'))[0] as string
    expect(line.slice(0, 10)).toMatch(/^\d\d:\d\d:\d\d {2}$/)
    expect(line.slice(10)).toBe(
      'GET /cart → 502  Nothing listens on that port (http://127.0.0.1:3000)  id id-1  [gatewell why connect-refused]\n',
    )
  })

  test('is not told when a retry rescued it, or when it was the client', () => {
    expect(told(recordFor(null), recordFor('client-closed'), recordFor('request-malformed'))).toEqual([])
  })

  test('with a target of many kilobytes is still a line to read', () => {
    expect((told(recordFor('connect-refused', `/${'x'.repeat(8_000)}`))[0] as string).length).toBeLessThan(400)
  })

  test('is JSON with the evidence for machines', () => {
    const { lines, log } = captured({ isTerminal: false })
    new FailureLog({ log, clock: new ManualClock() }).tell(recordFor('connect-refused'))
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      level: 'warn',
      cause: 'connect-refused',
      id: 'id-1',
      status: 502,
      upstream: 'app',
      endpoints: ['http://127.0.0.1:3000'],
      evidence: { port: 3000 },
    })
  })
})

describe('a storm of failures', () => {
  test('is a few lines, then one that counts the rest, then one example for each ten seconds', () => {
    const { lines, log } = captured({ isTerminal: true })
    const clock = new ManualClock()
    const failures = new FailureLog({ log, clock })
    for (let count = 0; count < 1_000; count++) failures.tell(recordFor('connect-refused'))
    expect(lines).toHaveLength(5)
    failures.sumUp()
    expect(lines).toHaveLength(5)
    clock.advance(10_000)
    failures.sumUp()
    expect(lines[5]).toMatch(/995 more requests in 10 s failed of connect-refused at app\n$/)
    for (let count = 0; count < 3; count++) failures.tell(recordFor('connect-refused'))
    expect(lines).toHaveLength(7)
    clock.advance(10_000)
    failures.sumUp()
    expect(lines[7]).toMatch(/2 more requests in 10 s failed/)
  })

  test('of one cause does not silence another', () => {
    const { lines, log } = captured({ isTerminal: true })
    const failures = new FailureLog({ log, clock: new ManualClock() })
    for (let count = 0; count < 10; count++) failures.tell(recordFor('connect-refused'))
    failures.tell(recordFor('response-timeout'))
    expect(lines.at(-1)).toContain('[gatewell why response-timeout]')
  })

  test('that is over is forgotten: the next failure is told in full again', () => {
    const { lines, log } = captured({ isTerminal: true })
    const clock = new ManualClock()
    const failures = new FailureLog({ log, clock })
    for (let count = 0; count < 6; count++) failures.tell(recordFor('connect-refused'))
    for (let window = 0; window < 2; window++) {
      clock.advance(10_000)
      failures.sumUp()
    }
    const before = lines.length
    for (let count = 0; count < 5; count++) failures.tell(recordFor('connect-refused'))
    expect(lines.length - before).toBe(5)
  })
})

/** `gatewell rehearse`: causes are brought about for real, and a verdict is given that can be bad. */
import { expect, test } from 'vitest'
import { reasonsOf } from '../../src/control/fact/rehearsal-verdict.ts'
import { gatewell } from './recording-terminal.ts'

test('causes are brought about one after another, and all that hangs from them is right', async () => {
  const { code, printed } = await gatewell('rehearse', 'socket-missing', 'upstream-5xx', 'client-closed', '--json')
  expect(code).toBe(0)
  const { passed, failed, skipped, rehearsals } = JSON.parse(printed)
  expect({ passed, failed, skipped }).toEqual({ passed: 3, failed: 0, skipped: 0 })
  expect(rehearsals[0]).toMatchObject({
    cause: 'socket-missing',
    verdict: 'passed',
    reasons: [],
    expected: { cause: 'socket-missing', outcome: 'error', status: 502 },
    seen: { causes: ['socket-missing'], outcome: 'error', status: 502, diagnosis: { cause: 'socket-missing' } },
  })
  expect(rehearsals[1]).toMatchObject({ expected: { status: null }, seen: { outcome: 'relayed', status: 500 } })
  expect(rehearsals[2]).toMatchObject({ seen: { outcome: 'nothing', status: null } })
})

test('one alone is told whole, in words', async () => {
  const { code, printed } = await gatewell('rehearse', 'route-not-found')
  expect(code).toBe(0)
  expect(printed).toMatch(/^✓ route-not-found {2}404 .*\n {4}[A-Z].*\n {4}Diagnosis, 97 % sure: No route matches rehearsal\.test/s)
})

test('what cannot be rehearsed is refused before anything is brought about', async () => {
  const misspelt = await gatewell('rehearse', 'socket-missing', 'conect-refused')
  expect(misspelt).toMatchObject({ code: 2, printed: '', said: expect.stringContaining('Did you mean "connect-refused"?') })
  const foreign = await gatewell('rehearse', 'tls-untrusted')
  expect(foreign).toMatchObject({ code: 2, printed: '', said: expect.stringContaining('only other servers meet tls-untrusted') })
})

test('another name, another answer or another diagnosis is a failure', () => {
  const expected = { cause: 'response-timeout', outcome: 'error', status: 504 } as const
  const seen = {
    causes: ['response-timeout'],
    outcome: 'error',
    status: 504,
    diagnosis: { cause: 'response-timeout', confidence: 0.9, summary: '' },
  } as const
  expect(reasonsOf(expected, seen)).toEqual([])
  expect(reasonsOf(expected, { ...seen, causes: [] })).toEqual(['the gateway named nothing'])
  expect(reasonsOf(expected, { ...seen, status: 502 })).toEqual(['the visitor got the status 502, not 504'])
  expect(reasonsOf(expected, { ...seen, outcome: 'relayed' })).toEqual(['the visitor got another outcome: relayed'])
  expect(reasonsOf(expected, { ...seen, diagnosis: null })).toEqual(['the diagnosis is missing'])
})

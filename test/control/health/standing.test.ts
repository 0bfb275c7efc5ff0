import { expect, test } from 'vitest'
import { HEALTH } from '../../../src/config/defaults.ts'
import { Standing } from '../../../src/control/health/standing.ts'

/** Feeds probes, `+` for a good one, and says after each what the endpoint is held to be: `u`nknown, `h`ealthy, `x` unhealthy. */
function course(probes: string, isLastResort = false): string {
  const standing = new Standing()
  const letter = { unknown: 'u', healthy: 'h', unhealthy: 'x' } as const
  return [...probes]
    .map((probe) => {
      const before = standing.health
      const isChanged = standing.observe(probe === '+', { ...HEALTH, unhealthyAfter: 3, healthyAfter: 2 }, isLastResort)
      expect(isChanged).toBe(before !== standing.health)
      return letter[standing.health]
    })
    .join('')
}

test('one good probe is enough for an endpoint that nothing is known of', () => {
  expect(course('+')).toBe('h')
  expect(course('--+')).toBe('uuh')
})

test('bad probes in a row take a healthy one out, and good ones in a row bring it back', () => {
  expect(course('+---++')).toBe('hhhxxh')
  expect(course('---')).toBe('uux')
})

test('a probe now and then that says otherwise changes nothing, either way', () => {
  expect(course('+--+--+-+--+')).toBe('hhhhhhhhhhhh')
  expect(course('---+-+--+-')).toBe('uuxxxxxxxx')
})

test('where no endpoint is healthy, one good probe is enough', () => {
  expect(course('---+', true)).toBe('uuxh')
})

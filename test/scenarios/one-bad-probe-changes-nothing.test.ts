/** A probe that is lost now and then must not make an endpoint come and go; only several in a row count, either way. */
import { afterEach, expect, test } from 'vitest'
import { RunningControl } from '../control/running.ts'
import { answering, CheckedApp, sitePlan } from '../support/checked-app.ts'
import { closing } from '../support/closing.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/until.ts'

let running: RunningControl | null = null

afterEach(() => running?.control.kill())

test('two bad probes in three take nobody out, three in a row do, and it takes two good ones to come back', async () => {
  const steady = closing(await CheckedApp.start())
  const shaky = closing(await CheckedApp.start())
  const course: string[] = []
  /** Answers by the letters of `pattern` in turn. */
  const follow = (pattern: string): void => {
    let at = 0
    shaky.up = (response) => {
      const isGood = pattern[at++ % pattern.length] === '+'
      course.push(isGood ? '+' : '-')
      answering(isGood ? 200 : 500)(response, response.req)
    }
  }
  running = await RunningControl.start(sitePlan([steady, shaky]))
  const { control } = running
  const health = async () =>
    (await control.status()).upstreams[0]?.endpoints.find(({ address }) => address.endsWith(`:${shaky.port}`))?.health
  const load = new SteadyLoad(running.port)
  await until('both are known', async () => (await health()) === 'healthy')
  follow('--+')
  await until('it was asked often', () => course.length >= 13)
  expect(running.said.filter(({ msg }) => msg.includes('healthy'))).toEqual([])
  course.length = 0
  follow('-')
  await until('it is out', async () => (await health()) === 'unhealthy')
  const served = shaky.served
  course.length = 0
  follow('-+')
  await until('it was asked often', () => course.length >= 8)
  expect(await health()).toBe('unhealthy')
  expect(shaky.served - served).toBeLessThanOrEqual(4)
  follow('+')
  await until('it is back', async () => (await health()) === 'healthy')
  await load.stop()
  expect(load.failed).toEqual([])
  const lines = running.said.map(({ msg }) => msg).filter((msg) => msg.includes('healthy'))
  expect(lines).toEqual([
    `app: http://127.0.0.1:${shaky.port} is unhealthy: 500 on /up; wanted 200-299. 1 of 2 endpoints is left.`,
    expect.stringMatching(/is healthy again after \d+\.\d s: 200 on \/up\.$/),
  ])
})

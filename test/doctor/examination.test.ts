/** The doctor as a program, and as an operation of the admin address. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { OPERATIONS, type Operable } from '../../src/control/admin/operation-table.ts'
import { StuckListener } from '../../src/insight/fault/stuck-listener.ts'
import { Child } from '../support/child.ts'
import { closing } from '../support/closing.ts'
import { unusedPort } from '../support/raw-origin.ts'

const { doctor } = OPERATIONS
/** It is about its input alone. */
const NOBODY = {} as Operable

test('an examination is answered as the command line prints it, and as its schema says', async () => {
  const url = `http://127.0.0.1:${await unusedPort()}/`
  const result = await doctor.run(NOBODY, { url })
  expect(result).toMatchObject({ ok: true, value: { target: url, verdict: { cause: 'connect-refused', hop: 'tcp' } } })
  expect(doctor.output.parse(result.ok && result.value)).toEqual(result.ok && result.value)
  expect(doctor.effect).toBe('read')
})

test('what is no site, no origin or no name server is refused, and so is what would run a script', async () => {
  for (const input of [
    { url: 'ftp://x.test/' },
    { url: 'http://x.test/', origin: 'a b' },
    { url: 'http://x.test/', resolver: 'dns.test' },
    { url: 'fastcgi://127.0.0.1:1/www' },
    { url: 'fastcgi:///run/php.sock?root=/etc' },
  ]) {
    expect(await doctor.run(NOBODY, input)).toMatchObject({ ok: false, status: 400 })
  }
})

test('a third examination at a time is turned away', { timeout: 20_000 }, async () => {
  const { address } = closing(await StuckListener.open())
  const url = `http://127.0.0.1:${(address as { port: number }).port}/`
  const both = [doctor.run(NOBODY, { url }), doctor.run(NOBODY, { url })]
  expect(await doctor.run(NOBODY, { url })).toMatchObject({ ok: false, status: 409 })
  for (const one of await Promise.all(both)) expect(one).toMatchObject({ ok: true, value: { verdict: { cause: 'connect-timeout' } } })
  expect(await doctor.run(NOBODY, { url: `http://127.0.0.1:${await unusedPort()}/` })).toMatchObject({ ok: true })
})

test('as a program it prints JSON and nothing else, and exits with 1 where something is wrong', async () => {
  const url = `http://127.0.0.1:${await unusedPort()}/`
  const launcher = join(import.meta.dirname, '..', '..', 'gatewell')
  const { code, stdout, stderr } = await new Child([launcher, 'doctor', url, '--json'], { input: '' }).ended
  expect([code, stderr]).toEqual([1, ''])
  expect(JSON.parse(String(stdout))).toMatchObject({
    target: url,
    verdict: { cause: 'connect-refused', hop: 'tcp', confidence: expect.any(Number), summary: expect.any(String) },
    hops: [
      {
        name: 'tcp',
        address: expect.any(String),
        ok: false,
        cause: 'connect-refused',
        timings: { ms: expect.any(Number) },
        evidence: expect.any(Array),
      },
    ],
    advice: { visitor: [expect.any(String), expect.any(String)], owner: expect.any(Array) },
  })
})

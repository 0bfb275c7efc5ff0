import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { program } from '../../test/setup/program.ts'
import { run } from '../../test/support/child.ts'

const FOLDER = import.meta.dirname
const LAUNCHER = join(FOLDER, '../../gatewell')

test('the configuration is valid', async () => {
  await run([LAUNCHER, 'check', '-c', join(FOLDER, 'gatewell.yaml')])
})

test('systemd knows every setting of the units', async () => {
  const { stderr } = await run(
    [program('systemd-analyze'), 'verify', '--recursive-errors=no', '--man=no', join(FOLDER, 'gatewell.service')],
    {
      limitMs: 30_000,
    },
  ).catch((error: Error) => ({ stderr: error.message }))
  // The program itself is not installed where the test runs.
  expect(stderr).not.toMatch(/Unknown|Failed to parse|Invalid|not understood/)
})

test('the unit says what the gateway relies on', () => {
  const unit = readFileSync(join(FOLDER, 'gatewell.service'), 'utf8')
  for (const line of ['Type=notify', 'NotifyAccess=all', 'KillMode=process', 'OOMPolicy=continue']) expect(unit).toContain(`\n${line}\n`)
})

/** FastCGI spoken to Debian's PHP-FPM: running, ended, without the script, and not PHP-FPM at all. */
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Origin } from '../../src/insight/fault/origin.ts'
import { program } from '../setup/program.ts'
import { Child } from '../support/child.ts'
import { closing } from '../support/closing.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'
import { examined, fact, inShort } from './examined.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatewell-doctor-php-'))
const socket = join(folder, 'fpm.sock')
const root = join(folder, 'www')
let fpm: Child

beforeAll(async () => {
  mkdirSync(root)
  writeFileSync(join(root, 'index.php'), '<?php header("X-Made-By: a script"); echo "Hello, " . $_SERVER["REQUEST_METHOD"];')
  writeFileSync(join(root, 'broken.php'), '<?php no_such_function();')
  const config = join(folder, 'fpm.conf')
  const user = process.getuid?.() === 0 ? 'user = root\ngroup = root' : ''
  writeFileSync(
    config,
    `[global]\nerror_log = ${folder}/fpm.log\ndaemonize = no\n[www]\n${user}\nlisten = ${socket}\npm = static\npm.max_children = 1\n`,
  )
  fpm = new Child(
    [
      program('php-fpm8.2'),
      '-R',
      '-F',
      '-y',
      config,
      '-d',
      'display_errors=0',
      '-d',
      'log_errors=1',
      '-d',
      'error_log=',
      '-d',
      'expose_php=1',
    ],
    {
      limitMs: 60_000,
    },
  )
  await until('PHP-FPM listens', () => globSync(socket).length > 0)
})

afterAll(async () => {
  await fpm.stop()
  rmSync(folder, { recursive: true })
})

describe('a FastCGI server', () => {
  test('that runs the script', async () => {
    const report = await examined(`fastcgi://${socket}?root=${root}`)
    expect(inShort(report)).toEqual([null, null, 0])
    expect(fact(report, 'fastcgi', 'status')).toBe(200)
    expect(fact(report, 'fastcgi', 'body_bytes')).toBe('Hello, GET'.length)
    expect(fact(report, 'fastcgi', 'powered_by')).toMatch(/^PHP\/8/)
  })

  test('that does not find the script', async () => {
    const report = await examined(`fastcgi://${socket}?root=${root}/missing.php`)
    expect(inShort(report)).toEqual(['script-not-found', 'fastcgi', 1])
    expect(report.verdict.summary).toBe(`The server runs, but it does not find the script ${root}/missing.php: "File not found."`)
  })

  test('whose script ends with an error', async () => {
    const report = await examined(`fastcgi://${socket}?root=${root}/broken.php`)
    expect(inShort(report)).toEqual(['upstream-5xx', 'fastcgi', 1])
    expect(report.verdict.summary).toContain('Call to undefined function no_such_function()')
  })

  test('that is not running', async () => {
    expect(inShort(await examined(`fastcgi://${folder}/none.sock?root=${root}`))).toEqual(['socket-missing', 'fastcgi', 1])
    const port = await unusedPort()
    const report = await examined(`fastcgi://127.0.0.1:${port}${root}`)
    expect(inShort(report)).toEqual(['connect-refused', 'fastcgi', 1])
    expect(report.verdict.summary).toContain(`Nothing listens at 127.0.0.1:${port}`)
  })

  test('that speaks HTTP instead', async () => {
    const origin = closing(await Origin.open((connection) => connection.send('HTTP/1.1 400 Bad Request\r\n\r\n')))
    const { port } = origin.address as { port: number }
    const report = await examined(`fastcgi://127.0.0.1:${port}${root}`)
    expect(inShort(report)).toEqual(['http-protocol-mismatch', 'fastcgi', 1])
    expect(report.verdict.summary).toContain('does not speak FastCGI but HTTP')
  })

  test('whose only worker is busy', async () => {
    writeFileSync(join(root, 'slow.php'), '<?php sleep(1);')
    const report = await examined(`fastcgi://${socket}?root=${root}/slow.php`, { limits: { answerMs: 150 } })
    expect(inShort(report)).toEqual(['response-timeout', 'fastcgi', 1])
  })
})

/** Logs that grow: each failure is told, through a rotation, a truncation and a line that is written in two parts. */
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fileSource } from '../../src/insight/log/byte-source.ts'
import { Reading } from '../../src/insight/log/read-logs.ts'
import { access, NOW, nginx, REFUSED } from './made.ts'

const LATER_MS = 10_000

async function follow(
  files: Readonly<Record<string, string>>,
): Promise<{ path: (name: string) => string; look: () => Promise<string[]>; reading: Reading }> {
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-follow-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = (name: string): string => join(folder, name)
  for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text)
  let told: string[] = []
  const reading = new Reading(
    Object.keys(files).map((name) => fileSource(path(name), null)),
    { nowMs: NOW, zoneMs: 0, isFollowed: true, onError: ({ cause, entry }) => void told.push(`${entry.target} ${cause}`) },
  )
  await reading.readAll()
  onTestFinished(() => reading.close())
  let now = NOW
  return {
    path,
    reading,
    look: async () => {
      told = []
      await reading.look(now)
      // Long enough for all that may still belong to it.
      now += LATER_MS
      await reading.look(now)
      return told
    },
  }
}

test('what is written is told with its cause, once', async () => {
  const { path, look, reading } = await follow({ 'access.log': `${access(10, 502, { path: '/a' })}\n`, 'error.log': '' })
  appendFileSync(path('access.log'), `${access(20, 200)}\n${access(21, 502, { path: '/b' })}\n`)
  appendFileSync(path('error.log'), `${nginx(21, REFUSED, { path: '/b' })}\n`)
  expect(await look()).toEqual(['/a null', '/b connect-refused'])
  expect(await look()).toEqual([])
  expect(reading.report()).toMatchObject({ requests: 3, errors: 2 })
})

test('an error log alone is told of in time', async () => {
  const { path, look } = await follow({ 'error.log': '' })
  appendFileSync(path('error.log'), `${nginx(21, REFUSED, { path: '/b' })}\n`)
  expect(await look()).toEqual(['/b connect-refused'])
})

test('a line that is written in two parts is one line', async () => {
  const { path, look, reading } = await follow({ 'access.log': `${access(10, 200)}\n` })
  const line = `${access(20, 502, { path: '/b' })}\n`
  appendFileSync(path('access.log'), line.slice(0, 30))
  expect(await look()).toEqual([])
  appendFileSync(path('access.log'), line.slice(30))
  expect(await look()).toEqual(['/b null'])
  expect(reading.report().files[0]).toMatchObject({ lines: 2, unparsed: 0 })
})

test('a log that is rotated is read to its end, and the new one from its beginning', async () => {
  const { path, look } = await follow({ 'access.log': `${access(10, 200)}\n` })
  renameSync(path('access.log'), path('access.log.1'))
  appendFileSync(path('access.log.1'), `${access(20, 502, { path: '/old' })}\n`)
  expect(await look()).toEqual(['/old null'])
  writeFileSync(path('access.log'), `${access(30, 502, { path: '/new' })}\n`)
  expect(await look()).toEqual(['/new null'])
  appendFileSync(path('access.log'), `${access(31, 502, { path: '/newer' })}\n`)
  expect(await look()).toEqual(['/newer null'])
})

test('a log that is copied and cut short is read from its beginning', async () => {
  const { path, look } = await follow({ 'access.log': `${access(10, 200)}\n${access(11, 200)}\n` })
  truncateSync(path('access.log'))
  appendFileSync(path('access.log'), `${access(30, 502, { path: '/new' })}\n`)
  expect(await look()).toEqual(['/new null'])
})

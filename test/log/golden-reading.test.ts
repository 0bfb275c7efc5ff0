/** The logs of real servers that were made to fail, read as people read them: all files of a failure together. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Label } from '../golden/log/maker/case.ts'
import { NOW, read } from './made.ts'

const FOLDER = join(import.meta.dirname, '../golden/log')
/** Some servers write the same line for two things, and a proxy may only hear that its upstream is out. */
const LEAST = 0.85

test('what was done to them comes first, mostly, and every line is of a format that is known', async () => {
  const labels = globSync('*/label.json', { cwd: FOLDER }).flatMap((path) =>
    Object.entries(JSON.parse(readFileSync(join(FOLDER, path), 'utf8')) as Record<string, Label>).map(
      ([name, label]) => [dirname(path), name, label] as const,
    ),
  )
  const wrong: string[] = []
  let [told, lines, unparsed] = [0, 0, 0]
  for (const [server, name, { cause, files }] of labels) {
    const report = await read(Object.fromEntries(Object.keys(files).map((file) => [file, readFileSync(join(FOLDER, server, file))])), {
      nowMs: NOW + 1e7,
    })
    lines += report.files.reduce((sum, file) => sum + file.lines, 0)
    unparsed += report.files.reduce((sum, file) => sum + file.unparsed, 0)
    if (cause === null) continue
    told++
    const [first] = report.causes
    if (first?.cause !== cause) wrong.push(`${server}/${name}: ${first?.cause ?? 'nothing'}, not ${cause}`)
  }
  expect(told).toBeGreaterThan(50)
  expect(1 - wrong.length / told, wrong.join('\n')).toBeGreaterThanOrEqual(LEAST)
  expect(unparsed / lines).toBeLessThan(0.02)
})

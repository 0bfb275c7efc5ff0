/** The documents that people write: what they point at is there. Generated pages have a test of their own. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const PATHS = globSync(['*.md', 'docs/*.md', 'docs/decisions/*.md', 'bench/*.md', 'examples/**/*.md'], {
  cwd: ROOT,
  exclude: ['**/node_modules'],
})

describe('documents', () => {
  test.for(PATHS)('%s points only at files that exist', (path) => {
    const text = readFileSync(join(ROOT, path), 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '')
    const targets = [...text.matchAll(/\]\(([^)#\s]+)/g)].map((match) => match[1] ?? '').filter((target) => !/^[a-z]+:/.test(target))
    expect(targets.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([])
  })

  test('the list of decisions has every record', () => {
    const list = readFileSync(join(ROOT, 'docs/decisions/README.md'), 'utf8')
    const records = PATHS.filter((path) => /decisions\/\d{4}-/.test(path))
    expect(records.length).toBeGreaterThan(0)
    expect(records.filter((path) => !list.includes(`](${path.split('/').at(-1)})`))).toEqual([])
  })

  test('no two decisions have the same number', () => {
    const numbers = PATHS.flatMap((path) => /decisions\/(\d{4})-/.exec(path)?.[1] ?? [])
    expect(numbers).toEqual([...new Set(numbers)])
  })
})

/** docs/reference/ is what the tables say, no more and no less. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { allPages, FOLDER, presentPaths } from '../docs/generate.ts'
import { CAUSE_IDS } from '../src/causes/catalogue.ts'
import { DEMANDS } from './demand.ts'
import { keyOf, proofsOf, readResults, TESTS } from './proof.ts'

const RENEW = 'docs/reference/ is stale: run npm run docs and commit what changes'
const pages = allPages()

describe('the reference', () => {
  test('has every generated page and no other', () => {
    expect(presentPaths().sort(), RENEW).toEqual(pages.map(({ path }) => path).sort())
  })

  test('says what the tables say', () => {
    for (const { path, text } of pages) expect(readFileSync(join(FOLDER, path), 'utf8'), `${path}: ${RENEW}`).toBe(text)
  })

  test('has a page for every cause, with at least one remedy', () => {
    for (const id of CAUSE_IDS) {
      const page = pages.find(({ path }) => path === `causes/${id}.md`)
      expect(page?.text, id).toMatch(/## What to do\n\n\S/)
      expect(page?.text, id).toMatch(/## What a visitor can do\n\n\S/)
      expect(page?.text, id).toContain(`\`gatewell rehearse ${id}\``)
    }
  })

  test('links only to pages that there are', () => {
    for (const { path, text } of pages.filter((page) => page.path.endsWith('.md'))) {
      for (const [, target] of text.matchAll(/\]\((?!http)([^)#]+)/g)) {
        expect(
          pages.map((page) => page.path),
          path,
        ).toContain(join(path, '..', target ?? ''))
      }
    }
  })
})

describe('a demand', () => {
  const proofs = DEMANDS.flatMap((demand) => proofsOf(demand).map((proof) => [`${demand.number}: ${proof.test}`, proof] as const))

  test('has its number, its sources, and a place of its own', () => {
    expect(DEMANDS.map(({ number }) => number)).toEqual(DEMANDS.map((_, index) => index + 1))
    for (const { sources } of DEMANDS) {
      expect(Object.keys(sources).join()).toMatch(/^[\w.-]+\/[\w.-]+(,[\w.-]+\/[\w.-]+)*$/)
      expect(Object.values(sources).flat().length).toBeGreaterThan(0)
    }
  })

  test.each(proofs)('%s is a test that there is', (_, { file, test: title }) => {
    const text = readFileSync(join(TESTS, file), 'utf8')
    expect(text).toMatch(/\b(?:test|describe|it)\b/)
    expect(text, `${file} has no test or group with this title`).toContain(`'${title}'`)
  })

  test.each(proofs)('%s has been run, and is kept', (_, proof) => {
    const { passed, failed } = readResults()[keyOf(proof)] ?? { passed: 0, failed: 0 }
    expect([passed > 0, failed], 'run npm run demands and commit what changes').toEqual([true, 0])
  })
})

/** docs/reference/ is what the tables say, no more and no less. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { allPages, FOLDER, presentPaths } from '../docs/generate.ts'
import { CAUSE_IDS } from '../src/causes/catalogue.ts'

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

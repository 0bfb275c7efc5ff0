/** The rows for the causes of other servers are held to the same form as our own. */
import { describe, expect, it } from 'vitest'
import { CAUSES } from '../../src/causes/catalogue.ts'
import type { Cause, Remedy } from '../../src/causes/cause.ts'
import { FOREIGN_CAUSES, KNOWN_CAUSES } from '../../src/causes/foreign-catalogue.ts'

const rows: [string, Cause][] = Object.entries(FOREIGN_CAUSES)

describe('the catalogue of foreign causes', () => {
  it('shares no row, title or meaning with the catalogue of our own', () => {
    const all = Object.values<Cause>(KNOWN_CAUSES)
    expect(all.length).toBe(Object.keys(CAUSES).length + rows.length)
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length)
    expect(new Set(all.map(({ meaning }) => meaning)).size).toBe(all.length)
  })

  it.each(rows)('%s has a short title, one sentence of meaning, and two to five remedies', (id, { title, meaning, remedies }) => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+){1,4}$/)
    expect(title).toMatch(/^[A-Z].{5,58}[^.]$/)
    expect(meaning).toMatch(/^[A-Z].{20,158}\.$/)
    expect(meaning).not.toMatch(/[.!?] [A-Z]/)
    expect(remedies.length).toBeGreaterThanOrEqual(2)
    expect(remedies.length).toBeLessThanOrEqual(5)
    for (const [index, remedy] of (remedies as readonly Remedy[]).entries()) {
      expect(remedy.do).toMatch(/^[A-Z].*\.$/)
      if (index > 0 || remedy.when !== '') expect(remedy.when).toMatch(/^(if|when|after) .*[^.]$/)
    }
  })
})

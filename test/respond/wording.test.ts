/** The page in all its languages: complete, safe to put into HTML, and chosen as the browser asks. */
import { describe, expect, it } from 'vitest'
import { CAUSE_IDS, CAUSES } from '../../src/causes/catalogue.ts'
import { WORDINGS, wordingFor } from '../../src/gateway/respond/language.ts'
import { isSiteSituation, RETRY_S, SITUATIONS } from '../../src/gateway/respond/situation.ts'

function textsOf(value: object): string[] {
  return Object.values(value).flatMap((member: string | object) => (typeof member === 'string' ? [member] : textsOf(member)))
}

describe('a situation', () => {
  it.each(CAUSE_IDS)('fits the status of %s', (cause) => {
    const situation = SITUATIONS[cause]
    expect(isSiteSituation(situation)).toBe(CAUSES[cause].status >= 500 && CAUSES[cause].side !== 'downstream')
    if (CAUSES[cause].status === 503 || CAUSES[cause].status === 504) expect(RETRY_S[situation]).toBeGreaterThan(0)
  })

  it('is used by some cause, each of them', () => {
    expect(new Set<string>(Object.values(SITUATIONS))).toEqual(new Set(Object.keys(RETRY_S)))
  })
})

describe.each([...WORDINGS])('the wording in %s', (key, wording) => {
  it('leaves nothing empty and needs no escaping in HTML', () => {
    for (const text of textsOf(wording)) expect(text).toMatch(/^[^<>&"]+$/)
  })

  it('says something of its own for every situation', () => {
    const situations = Object.values(wording.situations)
    expect(situations).toHaveLength(Object.keys(RETRY_S).length)
    expect(new Set(situations.map(({ title }) => title)).size).toBe(situations.length)
    expect(new Set(situations.map(({ message }) => message)).size).toBe(situations.length)
  })

  it('names the seconds', () => {
    expect(wording.retrying).toContain('{s}')
  })

  it('is not a copy of another one', () => {
    for (const [other, { innocent, persists }] of WORDINGS) {
      if (other === key) continue
      expect(innocent).not.toBe(wording.innocent)
      expect(persists).not.toBe(wording.persists)
    }
  })

  it('is what a browser in that language gets', () => {
    expect(wordingFor(`${key.toUpperCase()}-XX;q=0.8, xx`)).toBe(wording)
  })
})

describe('a browser', () => {
  it('in a language that is not there gets its next one, in the end English', () => {
    expect(wordingFor('nl, fr;q=0.5, de;q=0.8').language).toBe('de')
    expect(wordingFor('nl').language).toBe('en')
    expect(wordingFor('').language).toBe('en')
  })
})

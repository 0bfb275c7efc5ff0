/** RFC 9110 §12, with the Accept fields that browsers and programs really send. */
import { describe, expect, it } from 'vitest'
import { chooseLanguage, isBetter, matchType, parseRanges } from '../../src/http/accept.ts'

const CHROME = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

describe('the ranges of an Accept field (RFC 9110 §12.5.1)', () => {
  it('are read with their weights, whatever the case and the blanks', () => {
    expect(parseRanges('Text/HTML ; level=1 ; Q=0.5 ,\t*/* ;q=0')).toEqual([
      { value: 'text/html', quality: 0.5 },
      { value: '*/*', quality: 0 },
    ])
  })

  it('weigh 1 where they do not say', () => {
    expect(parseRanges('text/html;level=1, a/b')).toEqual([
      { value: 'text/html', quality: 1 },
      { value: 'a/b', quality: 1 },
    ])
  })

  it('are left out when empty or when their weight is malformed', () => {
    expect(parseRanges(' , ,a/b;q=2,c/d;q=0.1234,e/f;q=,g/h;q=-1,;q=1')).toEqual([])
  })

  it('are read up to the thirty-second, however long the field is', () => {
    expect(parseRanges('a/b,'.repeat(5_000))).toHaveLength(32)
  })
})

describe('a media type against the ranges', () => {
  it('is judged by the most specific range, not by the most generous', () => {
    const ranges = parseRanges('*/*;q=1, text/*;q=0.5, text/html;q=0.1')
    expect(matchType(ranges, 'text/html').quality).toBe(0.1)
    expect(matchType(ranges, 'text/plain').quality).toBe(0.5)
    expect(matchType(ranges, 'image/png').quality).toBe(1)
  })

  it('is refused where it is not mentioned', () => {
    expect(matchType(parseRanges('image/png'), 'text/html').quality).toBe(0)
  })

  it('is better when it is wanted more, named more exactly, or named earlier', () => {
    const chrome = parseRanges(CHROME)
    expect(isBetter(matchType(chrome, 'text/html'), matchType(chrome, 'application/json'))).toBe(true)
    const axios = parseRanges('application/json, text/plain, */*')
    expect(isBetter(matchType(axios, 'application/json'), matchType(axios, 'text/html'))).toBe(true)
    expect(isBetter(matchType(axios, 'application/json'), matchType(axios, 'text/plain'))).toBe(true)
    expect(isBetter(matchType(axios, 'text/plain'), matchType(axios, 'application/json'))).toBe(false)
  })
})

describe('a language (RFC 9110 §12.5.4)', () => {
  const available = ['en', 'de', 'zh']

  it('is found under its primary subtag', () => {
    expect(chooseLanguage('de-AT, en;q=0.9', available)).toBe('de')
    expect(chooseLanguage('ZH-Hant-TW', available)).toBe('zh')
  })

  it('is the one wanted most among those that are there, the earlier when equal', () => {
    expect(chooseLanguage('nl, en;q=0.5, de;q=0.8', available)).toBe('de')
    expect(chooseLanguage('en, de', available)).toBe('en')
  })

  it('is none when nothing fits, nothing is asked or it is refused', () => {
    expect(chooseLanguage('nl, *', available)).toBeNull()
    expect(chooseLanguage('', available)).toBeNull()
    expect(chooseLanguage('de;q=0', available)).toBeNull()
  })

  it('is not taken from a longer word that begins alike', () => {
    expect(chooseLanguage('den', available)).toBeNull()
  })
})

import { describe, expect, test } from 'vitest'
import { equalsIgnoringCase, isAuthority, parseLength, TARGET, TOKEN, trimBlanks, VALUE } from '../../src/wire/h1/grammar.ts'

const members = (classes: Uint8Array): string => {
  let text = ''
  for (let code = 0; code < 256; code++) if (classes[code] === 1) text += String.fromCharCode(code)
  return text
}
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const sorted = (text: string): string => [...text].sort().join('')

describe('character classes', () => {
  test('a token consists of tchar, RFC 9110 §5.6.2', () => {
    expect(sorted(members(TOKEN))).toBe(sorted(`!#$%&'*+-.^_\`|~${ALPHANUMERIC}`))
  })

  test('a field value has no control but the tab, RFC 9110 §5.5', () => {
    const refused = Array.from({ length: 256 }, (_, code) => code).filter((code) => VALUE[code] !== 1)
    expect(refused).toEqual([...Array.from({ length: 32 }, (_, code) => code).filter((code) => code !== 9), 127])
  })

  test('a target is visible ASCII without the number sign', () => {
    expect(members(TARGET)).toBe(
      Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))
        .join('')
        .replace('#', ''),
    )
  })

  test('all are tables over a byte', () => {
    for (const classes of [TOKEN, VALUE, TARGET]) expect(classes.length).toBe(256)
  })
})

describe('equalsIgnoringCase', () => {
  const equals = (text: string, lower: string): boolean => equalsIgnoringCase(Buffer.from(text, 'latin1'), 0, lower)
  test('ignores the case of letters and nothing else', () => {
    expect(equals('Content-LENGTH', 'content-length')).toBe(true)
    expect(equals('content_length', 'content-length')).toBe(false)
    expect(equals('HTTP2-Settings', 'http2-settings')).toBe(true)
    expect(equals('x', 'xy')).toBe(false)
  })

  test('takes no other byte for a letter, a digit or the hyphen that may stand in a name', () => {
    for (const wanted of 'abcdefghijklmnopqrstuvwxyz0123456789-') {
      const equal = [...members(TOKEN)].filter((character) => equals(character, wanted))
      expect(equal.join('').toLowerCase(), wanted).toBe(wanted === wanted.toUpperCase() ? wanted : wanted + wanted)
    }
  })

  test('looks from where it is told to', () => {
    expect(equalsIgnoringCase(Buffer.from('xxHost'), 2, 'host')).toBe(true)
  })
})

describe('trimBlanks', () => {
  test('takes spaces and tabs away and nothing else', () => {
    expect(trimBlanks(' \t a b\t ')).toBe('a b')
    expect(trimBlanks('\xa0a\v')).toBe('\xa0a\v')
    expect(trimBlanks(' \t ')).toBe('')
    expect(trimBlanks('')).toBe('')
  })
})

describe('isAuthority', () => {
  test('accepts a host with or without a port', () => {
    for (const text of ['a', 'a.b-c_d~e', 'a:1', 'a:65535', 'a:', '[::]', '[::1]:80', '[1:2:3:4:5:6:7:8]', '1.2.3.4', 'a%20b']) {
      expect(isAuthority(text), text).toBe(true)
    }
  })

  test('refuses all else', () => {
    const bad = [
      '',
      ':80',
      'a:b',
      'a:123456',
      'a b',
      'a/b',
      'a@b',
      'a:1:2',
      '[::1',
      '::1',
      '[]',
      '[::1]1',
      '[::g]',
      '[12]',
      ']',
      '[',
      'a#',
      'a\0',
    ]
    for (const text of bad) expect(isAuthority(text), text).toBe(false)
  })
})

describe('parseLength', () => {
  test('reads plain digits up to what a number can count', () => {
    expect(parseLength('0')).toBe(0)
    expect(parseLength('0012')).toBe(12)
    expect(parseLength('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('refuses all else with -1', () => {
    for (const text of ['', '-1', '+1', ' 1', '1 ', '1.0', '0x1', '1e1', '9007199254740992', '00000000000000001', '１', '1,1']) {
      expect(parseLength(text), text).toBe(-1)
    }
  })
})

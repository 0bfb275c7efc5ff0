import { describe, expect, test } from 'vitest'
import { FieldScanner, INCOMPLETE, REFUSED } from '../../src/wire/h1/field-scanner.ts'

const scanner = new FieldScanner()

function scan(text: string, linesMax = 100): { next: number; fields: string[] } {
  const bytes = Buffer.from(text, 'latin1')
  const next = scanner.scan(bytes, 0, bytes.length, linesMax)
  const fields: string[] = []
  for (let slot = 0; next > 0 && slot < scanner.count * 4; slot += 2) {
    fields.push(bytes.latin1Slice(scanner.offsets[slot], scanner.offsets[slot + 1]))
  }
  return { next, fields }
}

describe('FieldScanner', () => {
  test('finds names and values without the blanks around them', () => {
    expect(scan('A: b\r\nC:d\r\nE:\t f g \t\r\nH:\r\n\r\nmore')).toEqual({ next: 28, fields: ['A', 'b', 'C', 'd', 'E', 'f g', 'H', ''] })
  })

  test('reads no section as an empty one', () => {
    expect(scan('\r\n')).toEqual({ next: 2, fields: [] })
  })

  test('wants more at every cut', () => {
    const text = 'A: b\r\nC:\t\r\n\r\n'
    for (let length = 0; length < text.length; length++) expect(scan(text.slice(0, length)).next, `${length}`).toBe(INCOMPLETE)
  })

  test('looks no further than it is told to', () => {
    const bytes = Buffer.from('A: b\r\n\r\n')
    expect(scanner.scan(bytes, 0, 7, 100)).toBe(INCOMPLETE)
    expect(scanner.scan(bytes, 6, 8, 100)).toBe(8)
  })

  test('has room for 1,024 lines and refuses more whatever it is told', () => {
    expect(scan(`${'a:\r\n'.repeat(1_024)}\r\n`, 5_000).next).toBe(4_098)
    expect(scan(`${'a:\r\n'.repeat(1_025)}\r\n`, 5_000).next).toBe(REFUSED)
    expect(scanner.fault).toBe('field-count')
  })

  test('counts what it has found anew each time', () => {
    scan('A: b\r\nC: d\r\n\r\n')
    scan('\r\n')
    expect(scanner.count).toBe(0)
  })

  test('refuses before the line is complete', () => {
    for (const text of ['A b', ' ', ':', 'A: \0', 'A: b\rc', '\rx', '\n']) expect(scan(text).next, JSON.stringify(text)).toBe(REFUSED)
  })
})

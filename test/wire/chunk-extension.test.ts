import { expect, test } from 'vitest'
import { ChunkExtension } from '../../src/wire/h1/chunk-extension.ts'

/** 'whole', 'broken' or 'open': what is made of the text behind a chunk's size. */
function judge(text: string): string {
  const extension = new ChunkExtension()
  extension.begin(text.charCodeAt(0))
  for (const character of text.slice(1)) if (!extension.step(character.charCodeAt(0))) return 'broken'
  return extension.isWhole ? 'whole' : 'open'
}

test.for([
  ';a',
  ';a=b',
  ';a="b"',
  ';a=""',
  ';a="\\""',
  ';a="\xff\t"',
  ';a;b',
  ';a=b;c="d";e',
  ' ;a',
  '\t ;\ta',
  ';a =b',
  ';a= b',
  ';a="b" ;c',
  ';a ;b',
])('"%s" is whole', (text) => expect(judge(text)).toBe('whole'))

test.for([';', ' ', '\t', ';a;', ';a=', ';a="', ';a="b\\"', ';a=b;', ';a ', ';a=b ', ';a="b" '])('"%s" may not end there', (text) =>
  expect(judge(text)).toBe('open'),
)

test.for([
  ';;',
  ';=',
  ';"a"',
  ' a',
  ';a b',
  ';a==',
  ';a=b=',
  ';a=/',
  ';a="\n',
  ';a="\0',
  ';a="b"c',
  ';\xff',
  ';a=\x7f',
  ';a="\\\n',
  ';a=b c',
  ';a="b" c',
])('"%s" is broken', (text) => expect(judge(text)).toBe('broken'))

test('it counts its bytes, so that it can be limited', () => {
  const extension = new ChunkExtension()
  extension.begin(0x3b)
  for (const character of 'abc') extension.step(character.charCodeAt(0))
  expect(extension.bytes).toBe(3)
  extension.begin(0x20)
  expect(extension.bytes).toBe(0)
})

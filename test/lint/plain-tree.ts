/** The tree of a configuration as plain data, to compare with. */
import type { Reading } from '../../src/insight/dialect/directive.ts'

export type Tree = readonly [name: string, words: readonly string[], body?: readonly Tree[]]

export function treeOf({ directives }: Pick<Reading, 'directives'>): Tree[] {
  return directives.map(({ name, words, body }) => {
    const texts = words.map(({ text }) => text)
    return body === null ? [name, texts] : [name, texts, treeOf({ directives: body })]
  })
}

export function complaints({ misreads }: Reading): string[] {
  return misreads.map(({ place, message }) => `${place.line}:${place.column} ${message}`)
}

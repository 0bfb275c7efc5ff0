/** Which lines of two texts differ: the longest common subsequence, between what both begin and end with alike. Pure. */

export type DiffLine = { readonly kind: 'same' | 'added' | 'removed'; readonly text: string; readonly line: number }

/** So many changed lines are compared one by one; more are all gone and all new. */
const COMPARED_MAX = 2_000

export function diffLines(before: string, after: string): readonly DiffLine[] {
  const old = before.split('\n')
  const young = after.split('\n')
  let head = 0
  while (head < old.length && head < young.length && old[head] === young[head]) head++
  let tail = 0
  while (tail < old.length - head && tail < young.length - head && old.at(-1 - tail) === young.at(-1 - tail)) tail++
  const middle = compare(old.slice(head, old.length - tail), young.slice(head, young.length - tail), head)
  const same = (from: number, to: number): DiffLine[] =>
    young.slice(from, to).map((text, index) => ({ kind: 'same', text, line: from + index + 1 }))
  return [...same(0, head), ...middle, ...same(young.length - tail, young.length)]
}

function compare(old: readonly string[], young: readonly string[], offset: number): DiffLine[] {
  const lengths = old.length * young.length > COMPARED_MAX ** 2 ? null : table(old, young)
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < old.length || j < young.length) {
    if (lengths !== null && i < old.length && old[i] === young[j]) {
      lines.push({ kind: 'same', text: old[i] as string, line: offset + j + 1 })
      i++
      j++
    } else if (i < old.length && (j === young.length || lengths === null || at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      lines.push({ kind: 'removed', text: old[i++] as string, line: offset + i })
    } else lines.push({ kind: 'added', text: young[j++] as string, line: offset + j })
  }
  return lines
}

/** The length of the longest common subsequence of what follows each pair of places. */
function table(old: readonly string[], young: readonly string[]): Uint32Array[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(young.length + 1))
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = young.length - 1; j >= 0; j--) {
      const row = lengths[i] as Uint32Array
      row[j] = old[i] === young[j] ? at(lengths, i + 1, j + 1) + 1 : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1))
    }
  }
  return lengths
}

function at(lengths: readonly Uint32Array[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0
}

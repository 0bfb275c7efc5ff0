/** "Did you mean …?": the candidate that one or two slips of the hand turn into the word that was written. */

/** The fewest insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let twoAgo: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1
      let best = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost)
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) best = Math.min(best, twoAgo[j - 2]! + 1)
      row.push(best)
    }
    twoAgo = previous
    previous = row
  }
  return previous[to.length]!
}

const WORD_MAX = 64

/** The nearest candidate, or null when none is near enough to be meant: a third of its letters may be wrong. */
export function findSimilar(word: string, candidates: Iterable<string>): string | null {
  if (word.length > WORD_MAX) return null
  const bare = simplify(word)
  let nearest: string | null = null
  let nearestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const goal = simplify(candidate)
    const slipsMax = Math.max(1, Math.floor(Math.max(bare.length, goal.length) / 3))
    if (Math.abs(goal.length - bare.length) > slipsMax) continue
    const distance = editDistance(bare, goal)
    if (distance <= slipsMax && distance < nearestDistance) {
      nearest = candidate
      nearestDistance = distance
    }
  }
  return nearest
}

/** `trusted_proxies`, `trusted-proxies` and `trustedProxies` are one word to a person. */
function simplify(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, '')
}

/** Versions of servers as `nginx -v` and comments name them: `1.29.7`. */

/** An unknown version is taken for an old one: most that run are. */
export function isAtLeast(version: string | null, wanted: string): boolean {
  if (version === null) return false
  const [own, other] = [version, wanted].map((text) => text.split('.').map(Number))
  for (const [index, number] of other!.entries()) {
    const difference = (own![index] ?? 0) - number
    if (difference !== 0) return difference > 0
  }
  return true
}

/**
 * Shuffle sharding: each client belongs to two of many small queues and waits in the shorter one. A client that floods its two
 * leaves nearly every other client at least one queue to itself.
 */

export const SHARDS = 64

/** Who counts as one client: an IPv4 address, or the /64 of an IPv6 one, for that is what one household gets. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  // Without `::` all eight groups are here; with it, what is missing before the tail is zeros.
  if (tail !== undefined) {
    const following = tail === '' ? [] : tail.split(':')
    while (groups.length + following.length < 8) groups.push('0')
    groups.push(...following)
  }
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')
}

/** FNV-1a, mixed once more so that its low and its high half are independent enough to draw two shards. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}

export function firstShard(hash: number): number {
  return hash % SHARDS
}

/** Never the first one. */
export function secondShard(hash: number): number {
  return (firstShard(hash) + 1 + (Math.floor(hash / SHARDS) % (SHARDS - 1))) % SHARDS
}

/** Who waits for an upstream, who is served next, and who has to go. */
import { describe, expect, it } from 'vitest'
import { Queue } from '../../src/gateway/admit/queue.ts'
import { firstShard, hashOf, networkOf, SHARDS, secondShard } from '../../src/gateway/admit/shard.ts'

const [LOW, NORMAL, HIGH] = [0, 1, 2]

/** Waiters are texts: who it is, then which of theirs. */
function fill(queue: Queue<string>, client: string, count: number, rank = NORMAL): void {
  for (let i = 1; i <= count; i++) queue.join(`${client} ${i}`, rank, client, i)
}

function takeAll(queue: Queue<string>): string[] {
  const taken: string[] = []
  for (let place = queue.take(); place !== null; place = queue.take()) taken.push(place.waiter)
  return taken
}

describe('the queue', () => {
  it('serves one client in the order in which its requests came, or the newest first', () => {
    const queue = new Queue<string>(10)
    fill(queue, 'a', 6)
    const served = [queue.take()?.waiter, queue.take()?.waiter]
    // They lie in two shards, which are served in turn: the first of one and the first of the other.
    expect(served.toSorted()).toEqual(['a 1', 'a 2'])
    queue.isNewestFirst = true
    expect([queue.take()?.waiter, queue.take()?.waiter].toSorted()).toEqual(['a 5', 'a 6'])
  })

  it('gives a quiet client its turn while another one floods it', () => {
    const queue = new Queue<string>(1_000)
    fill(queue, '192.0.2.1', 500)
    const quiet = Array.from({ length: 20 }, (_, index) => `198.51.100.${index}`)
    for (const client of quiet) fill(queue, client, 1)
    const first = takeAll(queue).slice(0, 40)
    expect(quiet.filter((client) => first.includes(`${client} 1`))).toHaveLength(quiet.length)
  })

  it('serves what is critical first, and starves nobody', () => {
    const queue = new Queue<string>(1_000)
    fill(queue, 'high', 200, HIGH)
    fill(queue, 'normal', 200, NORMAL)
    fill(queue, 'low', 200, LOW)
    const first = takeAll(queue).slice(0, 100)
    const countOf = (client: string): number => first.filter((one) => one.startsWith(client)).length
    expect(countOf('high')).toBeGreaterThan(80)
    expect(countOf('normal')).toBeGreaterThan(5)
    expect(countOf('low')).toBeGreaterThan(0)
    expect(countOf('low')).toBeLessThan(countOf('normal'))
  })

  it('full, takes a newcomer in for somebody less critical, the youngest', () => {
    const queue = new Queue<string>(4)
    fill(queue, 'crawler', 2, LOW)
    fill(queue, 'reader', 2, NORMAL)
    expect(queue.join('buyer 1', HIGH, 'buyer', 9)?.waiter).toMatch(/^crawler/)
    expect(queue.join('buyer 2', HIGH, 'buyer', 9)?.waiter).toMatch(/^crawler/)
    expect(queue.join('buyer 3', HIGH, 'buyer', 9)?.waiter).toMatch(/^reader/)
    expect(queue.join('crawler 3', LOW, 'crawler', 9)?.waiter).toBe('crawler 3')
    expect(queue.size).toBe(4)
  })

  it('full, takes an equal in for the one who floods it', () => {
    const queue = new Queue<string>(10)
    fill(queue, 'noisy', 10)
    const loser = queue.join('quiet 1', NORMAL, 'quiet', 9)
    expect(loser?.waiter).toMatch(/^noisy (9|10)$/)
    expect(queue.join('noisy 11', NORMAL, 'noisy', 9)?.waiter).toBe('noisy 11')
    expect(takeAll(queue)).toContain('quiet 1')
  })

  it('full of equals, refuses the newcomer; the newest first, drops the oldest for it', () => {
    const queue = new Queue<string>(2)
    fill(queue, 'a', 2)
    expect(queue.join('b 1', NORMAL, 'a', 9)?.waiter).toBe('b 1')
    queue.isNewestFirst = true
    expect(queue.join('b 2', NORMAL, 'a', 9)?.waiter).toBe('a 1')
  })

  it('of no length refuses everybody', () => {
    expect(new Queue<string>(0).join('a', HIGH, 'a', 1)?.waiter).toBe('a')
  })

  it('forgets who leaves', () => {
    const queue = new Queue<string>(10)
    fill(queue, 'a', 5)
    queue.leave('a 3')
    queue.leave('nobody')
    expect(queue.size).toBe(4)
    expect(takeAll(queue)).not.toContain('a 3')
  })

  it('gives out who came before a moment, the oldest first', () => {
    const queue = new Queue<string>(10)
    fill(queue, 'a', 3)
    expect([queue.takeOlder(2)?.waiter, queue.takeOlder(2)?.waiter, queue.takeOlder(2)]).toEqual(['a 1', 'a 2', null])
    expect(takeAll(queue)).toEqual(['a 3'])
  })
})

describe('a client', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:0001:2::6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['2001:db8:1:2:3::', '2001:db8:1:2'],
    ['', ''],
  ])('at %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })

  it('has two different shards, and each shard has as many clients as another', () => {
    const counts = new Array<number>(SHARDS).fill(0)
    for (let i = 0; i < 256 * SHARDS; i++) {
      const hash = hashOf(`10.${i >> 8}.${i & 255}.1`)
      expect(firstShard(hash)).not.toBe(secondShard(hash))
      for (const shard of [firstShard(hash), secondShard(hash)]) counts[shard]!++
    }
    expect(Math.min(...counts)).toBeGreaterThan(400)
    expect(Math.max(...counts)).toBeLessThan(640)
  })
})

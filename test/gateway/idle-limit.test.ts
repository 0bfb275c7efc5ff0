/** What is learnt about how long an endpoint keeps an idle connection, and what that allows. */
import { describe, expect, it } from 'vitest'
import { IdleLimit } from '../../src/gateway/pool/idle-limit.ts'

const CONFIGURED_MS = 60_000

describe('the idle age from which a connection is not reused', () => {
  it('is the configured one while nothing else is known', () => {
    expect(new IdleLimit(CONFIGURED_MS).limitMs(0)).toBe(CONFIGURED_MS)
  })

  it('stays a second below what the server announces, and at half of a short announcement', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    limit.announce(5_000)
    expect(limit.limitMs(0)).toBe(4_000)
    limit.announce(1_000)
    expect(limit.limitMs(0)).toBe(500)
  })

  it('is never longer than configured, whatever the server announces', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    limit.announce(3_600_000)
    expect(limit.limitMs(0)).toBe(CONFIGURED_MS)
  })

  it('is the shortest age at which the server closed one', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    limit.learnClose(10_000, 5_000)
    limit.learnClose(11_000, 4_000)
    limit.learnClose(12_000, 6_000)
    expect(limit.limitMs(12_000)).toBe(4_000)
  })

  it('is taken from the oldest of connections that were closed together: that was a restart', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    limit.learnClose(10_000, 3)
    limit.learnClose(10_001, 8_000)
    limit.learnClose(10_002, 1)
    expect(limit.limitMs(10_002)).toBe(8_000)
  })

  it('is not raised by a later close at a greater age', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    limit.learnClose(10_000, 2_000)
    limit.learnClose(10_100, 9_000)
    expect(limit.limitMs(10_100)).toBe(2_000)
  })

  it('is doubted after a while without a close, until what was learnt is forgotten', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    limit.learnClose(0, 0)
    expect(limit.limitMs(9_999)).toBe(1)
    expect(limit.limitMs(10_000)).toBe(2)
    expect(limit.limitMs(19_999)).toBe(2)
    for (let i = 2; i < 20; i++) limit.limitMs(i * 10_000)
    expect(limit.limitMs(200_000)).toBe(CONFIGURED_MS)
    expect(limit.learned.closedAfterMs).toBe(null)
  })
})

describe('a request that must not be sent twice', () => {
  it('goes on no reused connection while nothing is proven', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    expect(limit.isProvenFor(0, 0)).toBe(false)
  })

  it('goes on one that is idle for at most a third of what the server has proven', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    limit.prove(3_000)
    expect(limit.isProvenFor(0, 1_000)).toBe(true)
    expect(limit.isProvenFor(0, 1_001)).toBe(false)
  })

  it('does not trust a proof that is all too short', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    limit.prove(99)
    expect(limit.isProvenFor(0, 1)).toBe(false)
    limit.prove(100)
    expect(limit.isProvenFor(0, 1)).toBe(true)
  })

  it('takes an announcement for a proof', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    limit.announce(6_000)
    expect(limit.isProvenFor(0, 1_666)).toBe(true)
    expect(limit.isProvenFor(0, 1_667)).toBe(false)
  })

  it('loses the proof when the server closes a younger connection', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    limit.prove(30_000)
    limit.learnClose(0, 300)
    expect(limit.isProvenFor(0, 100)).toBe(true)
    expect(limit.isProvenFor(0, 101)).toBe(false)
  })

  it('believes the shortest of a proof and a close', () => {
    const limit = new IdleLimit(CONFIGURED_MS)
    limit.learnClose(0, 3_000)
    limit.prove(9_000)
    expect(limit.isProvenFor(0, 1_001)).toBe(false)
    expect(limit.learned).toEqual({ announcedMs: 0, closedAfterMs: 3_000, provenMs: 9_000 })
  })
})

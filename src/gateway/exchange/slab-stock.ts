/**
 * Memory for request bodies that is used again and again. A body of some kilobytes in a buffer of its own costs its allocation, and
 * later the garbage collector more than that.
 */

/** Most bodies are forms of a few hundred bytes; 64 KiB is the most that is kept by default. With room for a head in each. */
const SIZES = [4 * 1_024, 20 * 1_024, 66 * 1_024] as const
const SPARE_MAX = 64

export class SlabStock {
  readonly #spare: Buffer[][] = SIZES.map(() => [])

  /** So many bytes at least; null when no slab is as large. */
  take(bytes: number): Buffer | null {
    for (let i = 0; i < SIZES.length; i++) {
      const size = SIZES[i] as number
      if (size >= bytes) return (this.#spare[i] as Buffer[]).pop() ?? Buffer.allocUnsafeSlow(size)
    }
    return null
  }

  /** Nobody reads from it any more. */
  give(slab: Buffer): void {
    const spare = this.#spare[SIZES.indexOf(slab.length as (typeof SIZES)[number])] as Buffer[]
    if (spare.length < SPARE_MAX) spare.push(slab)
  }
}

/** Many bars as one drawing: a list of them with a node each would be slow. Pure. */

/** `x` of its left edge, `height` from the ground up. */
export type Bar = { readonly x: number; readonly height: number }

/** For the `d` of an SVG path whose ground is at `ground`. */
export function pathOf(bars: readonly Bar[], ground: number, width: number): string {
  return bars.map(({ x, height }) => `M${x} ${ground}v${-rounded(height)}h${width}v${rounded(height)}z`).join('')
}

function rounded(length: number): number {
  return Math.round(length * 10) / 10
}

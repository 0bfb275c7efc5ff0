/** Stands where something is not known yet, or cannot be: as high as what will come, so that nothing jumps. */
import type { Refusal } from '../api.ts'

export function Pending({ refusal }: { readonly refusal: Refusal | null }) {
  if (refusal === null) return <div class="pending" aria-busy="true" />
  return <p class="refusal">{refusal.error}</p>
}

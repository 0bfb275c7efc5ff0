/** What is known of a cause by its id. Pure. */
import type { Cause } from '../causes/cause.ts'
import { isKnownCause, KNOWN_CAUSES } from '../causes/foreign-catalogue.ts'

/** Null for one that this page does not know: the gateway may be newer. */
export function causeOf(id: string): Cause | null {
  return isKnownCause(id) ? KNOWN_CAUSES[id] : null
}

export function titleOf(id: string): string {
  return causeOf(id)?.title ?? id
}

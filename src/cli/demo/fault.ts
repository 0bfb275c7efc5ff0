/** What an endpoint of the demo can be made to do wrong. The endpoint's process does it, the switches set it. */

export type FaultName = 'slow' | 'truncate' | 'busy' | 'close'

export type Faults = Readonly<Record<FaultName, boolean>>

export const NO_FAULTS: Faults = { slow: false, truncate: false, busy: false, close: false }

/** More than the demo's plan waits for. */
export const SLOW_MS = 5_000

/** From the parent to an endpoint's process. */
export type ToEndpoint = { readonly kind: 'faults'; readonly faults: Faults }
/** And back: it listens. */
export type FromEndpoint = { readonly kind: 'listening'; readonly port: number }

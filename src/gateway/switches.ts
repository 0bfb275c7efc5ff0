/** What operators have switched, apart from the configuration: kept by who runs the gateway, given to the data plane whole. */

export type Switches = {
  /** Endpoints that get no new attempts, by upstream and URL. */
  readonly drained: readonly { readonly upstream: string; readonly endpoint: string }[]
  /** Upstreams whose requests wait. */
  readonly paused: readonly string[]
}

export const NO_SWITCHES: Switches = { drained: [], paused: [] }

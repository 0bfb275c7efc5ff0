/** What operators have switched, apart from the configuration: kept by who runs the gateway, given to the data plane whole. */

export type Switches = {
  /** Endpoints that get no new attempts, by upstream and URL. */
  readonly drained: readonly { readonly upstream: string; readonly endpoint: string }[]
  /** Upstreams whose requests wait. */
  readonly paused: readonly string[]
  readonly maintenance: readonly MaintenanceSwitch[]
}

/** What is answered with the maintenance page: an upstream, a route by its name, or with neither all that leads to an upstream. */
export type MaintenanceSwitch = {
  readonly upstream: string | null
  readonly route: string | null
  /** The operator's own words for visitors, or ''. */
  readonly message: string
  /** CIDR blocks of clients that are served all the same. */
  readonly allow: readonly string[]
  readonly retryAfterMs: number
}

export const NO_SWITCHES: Switches = { drained: [], paused: [], maintenance: [] }

/** The part of the plan that says what a request is worth, to estimate what an incident cost. */

export type Worth = {
  readonly amount: number
  /** ISO 4217: `EUR`. */
  readonly currency: string
  readonly per: 'request' | 'order'
  /** Of the requests that are orders; null: each POST is one, and nothing else. */
  readonly orderShare: number | null
}

/** What stands at the route of a request counts, else at its upstream, else for all. By their names. */
export type WorthPlan = {
  readonly routes: Readonly<Record<string, Worth>>
  readonly upstreams: Readonly<Record<string, Worth>>
  readonly otherwise: Worth | null
}

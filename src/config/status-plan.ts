/** The public status page, compiled: under which name visitors find it, and what they know by which name. */

export type StatusPlan = {
  /** Lower case. */
  readonly host: string
  readonly title: string
  readonly services: readonly ServicePlan[]
}

/** `route`: only its requests count; null: all that go to the upstream. */
export type ServicePart = { readonly upstream: string; readonly route: string | null }

export type ServicePlan = { readonly name: string; readonly parts: readonly ServicePart[] }

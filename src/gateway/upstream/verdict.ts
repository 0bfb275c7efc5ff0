/** What probes concluded about an endpoint. Probes run outside of the data plane; unknown counts as usable. */

export type Health = 'unknown' | 'healthy' | 'unhealthy'

export type Verdict = {
  readonly upstream: string
  /** Its URL. */
  readonly endpoint: string
  readonly health: Health
}

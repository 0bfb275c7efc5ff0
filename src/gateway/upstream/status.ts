/** What an upstream is like now, as plain data for those who ask. */
import type { CauseId } from '../../causes/catalogue.ts'
import { addressText, type EndpointAddress } from '../../net/address.ts'
import type { Clock } from '../../std/clock.ts'
import type { EndpointState } from './endpoint.ts'
import type { Upstream } from './upstream.ts'
import type { Health } from './verdict.ts'

export type EndpointStatus = {
  /** Its URL. */
  readonly address: string
  /** The name that led there, as it was asked for: `shop.internal:3000`. Null where the configuration says the address. */
  readonly foundBy: string | null
  readonly state: EndpointState
  readonly isBackup: boolean
  readonly weight: number
  readonly inflight: number
  readonly health: Health
  /** The latest failure, at epoch milliseconds. */
  readonly failure: { readonly cause: CauseId; readonly at: number } | null
  /** Nothing can be reached there. */
  readonly isDown: boolean
}

export type UpstreamStatus = {
  readonly name: string
  readonly isPaused: boolean
  /** None of its endpoints can be reached. */
  readonly isLost: boolean
  /** So few endpoints are usable that all are used. */
  readonly isPanicking: boolean
  /** Requests inside, waiting for their turn, and waiting for an endpoint. */
  readonly inflight: number
  readonly queued: number
  readonly held: number
  readonly endpoints: readonly EndpointStatus[]
}

export function statusOf(upstream: Upstream, clock: Clock): UpstreamStatus {
  const now = clock.now()
  return {
    name: upstream.name,
    isPaused: upstream.isPaused,
    isLost: upstream.loss.lostAt !== null,
    isPanicking: upstream.isPanicking,
    inflight: upstream.gate.inflight,
    queued: upstream.gate.waiting,
    held: upstream.loss.hold.size,
    endpoints: upstream.endpoints.map((endpoint) => ({
      address: endpoint.url,
      foundBy: foundBy(endpoint.plan.address),
      state: endpoint.state(now),
      isBackup: endpoint.plan.isBackup,
      weight: endpoint.plan.weight,
      inflight: endpoint.inflight,
      health: endpoint.verdict,
      failure:
        endpoint.lastFailure === null
          ? null
          : { cause: endpoint.lastFailure.cause, at: Math.round(clock.epoch() - (now - endpoint.lastFailureAt)) },
      isDown: endpoint.downBy !== null,
    })),
  }
}

function foundBy(address: EndpointAddress): string | null {
  return address.kind === 'tcp' && address.found !== undefined ? addressText(address.found.by) : null
}

/** What operators have switched off for a while: visitors are told so, and some are served all the same. */
import { type Failure, failure } from '../../causes/failure.ts'
import { BlockSet } from '../../net/block-set.ts'
import type { MaintenanceSwitch } from '../switches.ts'
import type { Route } from './route.ts'

export class Maintenance {
  readonly message: string
  readonly retryAfterS: number
  readonly #allowed: BlockSet

  constructor({ message, allow, retryAfterMs }: MaintenanceSwitch) {
    this.message = message
    this.retryAfterS = Math.ceil(retryAfterMs / 1_000)
    this.#allowed = new BlockSet(allow)
  }

  admits(address: string): boolean {
    return this.#allowed.has(address)
  }

  refuse(route: Route): Failure {
    return failure('maintenance-mode', 'route', 'never', { route: route.plan.name, retry_after_s: this.retryAfterS })
  }
}

/** Puts it in force where it is switched on, and nowhere else. What names a route goes before what names its upstream. */
export function maintain(routes: readonly Route[], switches: readonly MaintenanceSwitch[]): void {
  const compiled = new Map(switches.map((one) => [one, new Maintenance(one)]))
  for (const route of routes) {
    const { name, to } = route.plan
    const upstream = to.kind === 'upstream' ? to.upstream : null
    const found =
      switches.find((one) => one.route === name) ??
      switches.find((one) => upstream !== null && one.route === null && one.upstream === upstream) ??
      switches.find((one) => upstream !== null && one.route === null && one.upstream === null)
    route.maintenance = found === undefined ? null : (compiled.get(found) as Maintenance)
  }
}

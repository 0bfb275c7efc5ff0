/** What an endpoint is held to be, by its probes in a row: a single one that says otherwise changes nothing. */
import type { HealthPlan } from '../../config/plan.ts'
import type { Health } from '../../gateway/upstream/verdict.ts'

export class Standing {
  #health: Health = 'unknown'
  /** Probes in a row that contradict it. */
  #contrary = 0

  get health(): Health {
    return this.#health
  }

  /**
   * True when it changed. Of an endpoint that nothing is known about one good probe is enough, and of the last resort:
   * where no other is well, to doubt would only prolong the outage.
   */
  observe(isGood: boolean, check: HealthPlan, isLastResort: boolean): boolean {
    const seen = isGood ? 'healthy' : 'unhealthy'
    if (seen === this.#health) {
      this.#contrary = 0
      return false
    }
    if (isGood && this.#health === 'unknown') return this.#become('healthy')
    this.#contrary++
    const needed = isGood ? (isLastResort ? 1 : check.healthyAfter) : check.unhealthyAfter
    return this.#contrary >= needed && this.#become(seen)
  }

  #become(health: Health): true {
    this.#health = health
    this.#contrary = 0
    return true
  }
}

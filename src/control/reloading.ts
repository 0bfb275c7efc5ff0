/** Reading the configuration anew, when told to or when its file has changed, and saying in words what came of it. */
import type { Failure } from '../causes/failure.ts'
import type { Loaded } from '../config/load.ts'
import type { Plan } from '../config/plan.ts'
import { describeChanges, sumUpChanges } from '../config/plan-change.ts'
import { PLAIN, renderProblem } from '../config/problem.ts'
import type { Clock } from '../std/clock.ts'
import type { Configuration } from './admin/configuration.ts'
import { done, type Result, refused } from './admin/operation.ts'
import type { ReloadReport } from './admin/operation-table.ts'
import { FileWatch } from './file-watch.ts'
import type { Logger } from './log.ts'

const STAYS = 'The configuration was not reloaded, the former one goes on:'

export type ReloadingOptions = {
  readonly read: () => Promise<Loaded>
  /** The file that it is read from, watched while the plan says so. */
  readonly file: string | undefined
  /** What the plan was made of that it begins with, without secrets. */
  readonly text: string | undefined
  readonly clock: Clock
  readonly log: Logger
  /** The file has changed. */
  readonly onChange: () => void
}

export class Reloading {
  readonly #options: ReloadingOptions
  #watch: FileWatch | null = null
  #configuration: Configuration

  constructor(options: ReloadingOptions) {
    this.#options = options
    const { file = null, text = null } = options
    this.#configuration = { file, text, former: null, changes: [], reloadedAt: null, refused: null }
  }

  /** What is in force, and what the last reload made of it. */
  get configuration(): Configuration {
    return this.#configuration
  }

  /** `apply` puts a plan in force, or says why it cannot be. */
  async reload(former: Plan, apply: (plan: Plan) => Promise<Failure | null>): Promise<Result<ReloadReport>> {
    const result = await this.#reload(former, apply)
    const { log } = this.#options
    const reloadedAt = Math.round(this.#options.clock.epoch())
    if (!result.ok) {
      log.error(result.error)
      this.#configuration = { ...this.#configuration, reloadedAt, refused: result.error }
      return result
    }
    this.#configuration = { ...this.#configuration, reloadedAt }
    log.info({ changes: result.value.changes }, `The new configuration is in force: ${sumUpChanges(result.value.changes)}.`)
    return result
  }

  /** Watches the file from now on, or no longer. */
  watch(isWatched: boolean): void {
    const { file, log, onChange } = this.#options
    if (isWatched === (this.#watch !== null) || file === undefined) return
    this.#watch?.close()
    this.#watch = null
    if (!isWatched) return
    this.#watch = new FileWatch(file, () => {
      log.info(`${file} has changed: reading the configuration anew.`)
      onChange()
    })
  }

  async #reload(former: Plan, apply: (plan: Plan) => Promise<Failure | null>): Promise<Result<ReloadReport>> {
    const { read, log } = this.#options
    let loaded: Loaded
    try {
      loaded = await read()
    } catch (error) {
      return refused(422, `${STAYS} it could not be read: ${(error as Error).message}`)
    }
    const { plan, problems, text = null } = loaded
    for (const problem of problems) log[problem.severity === 'error' ? 'error' : 'warn']({ problem }, renderProblem(problem, PLAIN))
    if (plan === null) return refused(422, `${STAYS} it is not valid.`, problems)
    const obstacle = await apply(plan)
    if (obstacle !== null) return refused(409, `${STAYS} ${obstacle.error?.message}`)
    const changes = describeChanges(former, plan)
    this.#configuration = { ...this.#configuration, text, former: this.#configuration.text, changes, refused: null }
    return done({ changes, problems: [...problems] })
  }
}

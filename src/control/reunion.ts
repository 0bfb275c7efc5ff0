/**
 * A control that starts where another one has died: it finds the workers that go on serving, and their sockets become its own.
 * Workers of the same version stay; of another one they finish what they have, while new ones serve from the same sockets.
 */
import { isDeepStrictEqual } from 'node:util'
import type { ListenerPlan } from '../config/plan.ts'
import type { ListeningSocket } from '../net/listening-socket.ts'
import type { Bound } from '../worker/link.ts'
import type { Logger } from './log.ts'
import { findOrphans, type Orphan, takeSockets } from './orphan.ts'
import type { Deployment, WorkerGroup } from './worker-group.ts'

/** Workers that were too busy to be found at once are looked for again. */
const LATER_MS = 2_000
const GRACE_MS = 25_000

export type ReunionOptions = {
  readonly dataFolder: string
  readonly version: string
  readonly listeners: readonly ListenerPlan[]
  readonly log: Logger
}

export class Reunion {
  /** By the name of the listener. */
  readonly sockets: ReadonlyMap<string, ListeningSocket>
  readonly #options: ReunionOptions
  readonly #orphans: readonly Orphan[]

  private constructor(options: ReunionOptions, orphans: readonly Orphan[], sockets: ReadonlyMap<string, ListeningSocket>) {
    this.#options = options
    this.#orphans = orphans
    this.sockets = sockets
  }

  /** Null when there is nobody to be found, which is the rule. */
  static async seek(options: ReunionOptions): Promise<Reunion | null> {
    const { dataFolder, listeners, log } = options
    const orphans = await findOrphans(dataFolder, listeners)
    if (orphans.length === 0) return null
    const sockets = await takeSockets(dataFolder, orphans)
    if (sockets !== null) return new Reunion(options, orphans, sockets)
    log.warn('The workers of a former control process could not pass their sockets on. They finish what they have.')
    for (const { introduction, connect } of orphans) {
      const link = connect({ place: introduction.place, onMessage: () => {}, onEnd: () => {} })
      link.send({ kind: 'drain', graceMs: GRACE_MS })
    }
    return null
  }

  /** Where the workers listen, which serve on; null when a new set of them has to take over. */
  async join(group: WorkerGroup, deployment: Deployment): Promise<readonly Bound[] | null> {
    const { dataFolder, listeners, log } = this.#options
    const hasSameVersion = this.#orphans.every(({ introduction }) => introduction.version === this.#options.version)
    const serving = this.#orphans.find(({ introduction }) => !introduction.isLeaving)?.introduction
    const bound = serving?.listeners ?? []
    const count = this.#orphans.length
    group.adopt(this.#orphans)
    const timer = setTimeout(async () => group.adopt(await findOrphans(dataFolder, listeners), true), LATER_MS)
    timer.unref()
    const isSame = isDeepStrictEqual(
      bound.map(({ listener }) => listener),
      listeners,
    )
    if (hasSameVersion && isSame) {
      await group.take(deployment)
      log.info({ workers: count }, `Found ${count} workers that a former control process left. They serve on under this one.`)
      return bound
    }
    log.info({ workers: count }, `Found ${count} workers that a former control process left. They finish what they have.`)
    return null
  }
}

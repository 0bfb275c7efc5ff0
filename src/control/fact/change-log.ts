/** What changed lately: the last few reloads, drains, moves of names and starts. A failure often begins with one. */
import type { ChangeFact } from '../../insight/diagnosis/diagnosis.ts'
import type { Clock } from '../../std/clock.ts'

const CHANGES_MAX = 32

export class ChangeLog {
  readonly #clock: Clock
  readonly #changes: ChangeFact[] = []

  constructor(options: { clock: Clock }) {
    this.#clock = options.clock
  }

  /** `text`: a sentence without its full stop. */
  note(kind: ChangeFact['kind'], text: string): void {
    this.#changes.push({ at: this.#clock.epoch(), kind, text })
    if (this.#changes.length > CHANGES_MAX) this.#changes.shift()
  }

  /** Oldest first. */
  get changes(): readonly ChangeFact[] {
    return [...this.#changes]
  }
}

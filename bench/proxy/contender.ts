/** A row of the bench: something that forwards what comes to one port to the origin's port. */
import type { Program } from '../install.ts'
import type { Stage, Started } from '../stage.ts'

export type Place = {
  readonly stage: Stage
  readonly core: number
  /** Where to listen, and where the origin does; both on 127.0.0.1. */
  readonly port: number
  readonly origin: number
  /** A second free port, for those that have something to tell. */
  readonly admin: number
  /** An empty folder for its files. */
  readonly folder: string
}

export type Contender = {
  readonly name: string
  readonly program: Program | null
  readonly version: () => string
  readonly start: (place: Place) => Started
}

/** What a fingerprint is: signs that a server was on the way of an answer, and signs that it made the error. Rows: fingerprint-table. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import type { Strength } from '../diagnosis/rule.ts'

/** How well a row is known. `run`: from a real server, whose answers are kept as golden files. `read`: in its source or its documents. */
export type Source = 'run' | 'read' | 'told'

export type FieldMark = {
  /** In lower case. */
  readonly field: string
  /** Any value will do where it is left out. A group called `version` is its version. */
  readonly pattern?: RegExp
}

/** One thing that tells that a server made an error itself. All that is given must be so. */
export type OwnMark = {
  readonly field?: string
  readonly pattern?: RegExp
  /** Fields that must be missing. */
  readonly without?: readonly string[]
  readonly isEmpty?: boolean
  readonly statuses?: readonly number[]
  readonly strength: Strength
  /** One clause. */
  readonly says: string
  /** What the value of the field, or the status where no field is looked at, says went wrong behind it. */
  readonly causes?: readonly (readonly [RegExp, KnownCauseId])[]
}

export type Fingerprint = {
  readonly source: Source
  /** A network that stands in front of all else, nearest to the client. */
  readonly isEdge?: boolean
  /** It was on the way, whoever made the error. */
  readonly trace?: readonly FieldMark[]
  /** It made it. Its page, where `causes/page-mark.ts` knows it, is always one of the signs. */
  readonly own?: readonly OwnMark[]
  /** What it puts on its own answers alone: on those that it passes on, `Server` stays what the server behind it says. */
  readonly isServerOwn?: boolean
  /** Length of its own page in bytes, by status. */
  readonly sizes?: Readonly<Partial<Record<number, readonly number[]>>>
}

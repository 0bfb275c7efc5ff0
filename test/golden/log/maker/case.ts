/** What a case of the corpus is: how a failure is brought about, and which lines of the log are about it. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import type { Scene } from './scene.ts'

/** Which lines carry a cause: found by what tells the injected failure, not by the patterns that are to be proved. */
export type Marks = Readonly<Partial<Record<KnownCauseId, RegExp>>>

export type Case = {
  readonly name: string
  /** What was injected, and so what a reader of the log is to find. Null: nothing that is a failure. */
  readonly cause: KnownCauseId | null
  /** One sentence: what was done to the real server. */
  readonly how: string
  /** What the log of this server calls it, where that has the same words for two causes. */
  readonly alike?: KnownCauseId
  /** For each file of the log the lines that say it. A file without marks has none. */
  readonly marks: Readonly<Record<string, Marks>>
  readonly play: (scene: Scene) => Promise<void>
}

/** Lines that cannot be had from a real server here, each with its cause: by hand, after what the server's source or manual says. */
export type Written = {
  readonly name: string
  readonly format: string
  readonly how: string
  readonly lines: readonly (readonly [KnownCauseId | null, string])[]
}

/** A server: how its logs come about, and what can befall it. */
export type Troupe = {
  readonly server: string
  readonly version: () => string
  /** The format of each file that cases keep. */
  readonly formats: Readonly<Record<string, string>>
  /** Lines that no case is about, and that would only fill the corpus. */
  readonly noise?: RegExp
  /** How an entry of several lines begins; a mark is looked for in all of it, and stands for its first line. */
  readonly entry?: RegExp
  readonly cases: readonly Case[]
  readonly written?: readonly Written[]
}

/** The label of a case, as `label.json` holds it. */
export type Label = {
  readonly cause: KnownCauseId | null
  /** What the log of this server calls it, where that has the same words for two causes: as right an answer as can be had. */
  readonly alike?: KnownCauseId
  readonly made: string
  readonly how: string
  readonly files: Readonly<
    Record<string, { readonly format: string; readonly lines: Readonly<Partial<Record<KnownCauseId, readonly number[]>>> }>
  >
}

/** What the error page says, in one language. The tables are in `wording/`, a file a language. Plain words, no blame, no jargon. */
import type { SiteSituation, Situation } from './situation.ts'

export type Wording = {
  /** BCP 47, for `lang` and Content-Language. */
  readonly language: string
  readonly situations: Readonly<Record<Situation, { readonly title: string; readonly message: string }>>
  /** Shown with every situation of the site. */
  readonly innocent: string
  /** `{s}` becomes the seconds. */
  readonly retrying: string
  readonly retryNow: string
  readonly home: string
  /** For a form or an order that may have got through, and for one that certainly has not. */
  readonly mayRepeat: string
  readonly notDone: string
  readonly persists: string
  /** Of a link. */
  readonly statusPage: string
  /** The picture of the way: three stations, and how each is. */
  readonly way: { readonly label: string; readonly device: string; readonly internet: string; readonly site: string; readonly fine: string }
  readonly states: Readonly<Record<SiteSituation, string>>
  /** The small print. */
  readonly requestId: string
  readonly time: string
  readonly status: string
  readonly cause: string
}

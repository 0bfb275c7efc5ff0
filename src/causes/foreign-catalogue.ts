/**
 * Causes that Gatewell does not meet itself and yet has to name: it reads the logs and configurations of other servers, and looks into
 * the app behind them. They have no fault to rehearse and no retry rule here; all else that a row of the catalogue has, they have too.
 */
import { FOREIGN_APP_CAUSES } from './catalogue/foreign-app.ts'
import { FOREIGN_SITE_CAUSES } from './catalogue/foreign-site.ts'
import { FOREIGN_TLS_CAUSES } from './catalogue/foreign-tls.ts'
import { CAUSES } from './catalogue.ts'
import type { Cause } from './cause.ts'

export const FOREIGN_CAUSES = { ...FOREIGN_TLS_CAUSES, ...FOREIGN_APP_CAUSES, ...FOREIGN_SITE_CAUSES } as const satisfies Record<
  string,
  Cause
>

/** Everything that can be the cause of an error of a gateway, ours or another one. */
export const KNOWN_CAUSES = { ...CAUSES, ...FOREIGN_CAUSES } as const satisfies Record<string, Cause>

export type ForeignCauseId = keyof typeof FOREIGN_CAUSES
export type KnownCauseId = keyof typeof KNOWN_CAUSES

export function isKnownCause(id: string): id is KnownCauseId {
  return Object.hasOwn(KNOWN_CAUSES, id)
}

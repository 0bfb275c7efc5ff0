/**
 * The taxonomy: every cause Gatewell can name, written once. Everything that speaks of causes is generated from these rows.
 * In commands, words in capitals (HOST, PORT, SERVICE, PID, …) stand for what the reader or a diagnosis fills in.
 */
import { ANSWER_CAUSES } from './catalogue/answer.ts'
import { CLIENT_CAUSES } from './catalogue/client.ts'
import { CONNECT_CAUSES } from './catalogue/connect.ts'
import { EXCHANGE_CAUSES } from './catalogue/exchange.ts'
import { GATEWAY_CAUSES } from './catalogue/gateway.ts'
import { NAME_CAUSES } from './catalogue/name.ts'
import type { Cause } from './cause.ts'

/** In the order of an exchange: the way to the server, the answer, the gateway, the client. */
export const CAUSES = {
  ...NAME_CAUSES,
  ...CONNECT_CAUSES,
  ...EXCHANGE_CAUSES,
  ...ANSWER_CAUSES,
  ...GATEWAY_CAUSES,
  ...CLIENT_CAUSES,
} as const satisfies Record<string, Cause>

export type CauseId = keyof typeof CAUSES

export const CAUSE_IDS = Object.keys(CAUSES) as CauseId[]

/** Every cause of the catalogue and the fault that produces it: a row that is forgotten here does not compile. */
import type { CauseId } from '../../causes/catalogue.ts'
import { ANSWER_FAULTS } from './answer-fault.ts'
import { CLIENT_FAULTS } from './client-fault.ts'
import { CONNECT_FAULTS } from './connect-fault.ts'
import { EXCHANGE_FAULTS } from './exchange-fault.ts'
import type { Fault } from './fault.ts'
import { GATEWAY_FAULTS } from './gateway-fault.ts'
import { NAME_FAULTS } from './name-fault.ts'

export const FAULTS: Readonly<Record<CauseId, Fault>> = {
  ...NAME_FAULTS,
  ...CONNECT_FAULTS,
  ...EXCHANGE_FAULTS,
  ...ANSWER_FAULTS,
  ...GATEWAY_FAULTS,
  ...CLIENT_FAULTS,
} satisfies Record<CauseId, Fault>

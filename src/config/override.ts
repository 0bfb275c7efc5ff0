/** What the command line says goes before what the file says. The result is held to the same rules. */
import { formatAddress, isLoopback, isSamePlace } from './address.ts'
import { freeze } from './compile.ts'
import { misread, type Parsed, parsed } from './parsed.ts'
import type { Address, ListenerPlan, Plan } from './plan.ts'

export type Overrides = {
  readonly listeners?: readonly ListenerPlan[]
  /** null switches the admin address off. */
  readonly admin?: ListenerPlan | null
  readonly workers?: number
}

export function override(plan: Plan, { listeners = plan.listeners, admin, workers = plan.workers }: Overrides): Parsed<Plan> {
  const address = admin === undefined ? plan.admin.address : (admin?.address ?? null)
  const taken: Address[] = []
  for (const place of [...listeners.map((listener) => listener.address), ...(address === null ? [] : [address])]) {
    const other = taken.find((one) => isSamePlace(one, place))
    if (other !== undefined)
      return misread(`${formatAddress(place)} cannot be listened on: ${formatAddress(other)} takes that port already.`)
    taken.push(place)
  }
  if (address !== null && !isLoopback(address) && plan.admin.token === null) {
    const text = formatAddress(address)
    return misread(`${text} can be reached from other machines, so a token is needed there: set admin.token in gatewell.yaml.`)
  }
  return parsed(freeze({ ...plan, listeners, admin: { ...plan.admin, address }, workers }))
}

/** What all messages of a gateway have in common: its name, and where their links lead. */
import { bracket } from '../../config/address.ts'
import type { Address, Plan } from '../../config/plan.ts'

export type Letterhead = {
  readonly gateway: string
  /** Without a slash at its end, or null where there is no address to ask. */
  readonly base: string | null
}

/** `admin`: where it listens, or null. */
export function letterheadOf({ name, alerts }: Plan, admin: Address | null): Letterhead {
  if (alerts.url !== null || admin === null || admin.kind === 'unix') return { gateway: name, base: alerts.url }
  const isEverywhere = ['', '0.0.0.0', '::'].includes(admin.host)
  return { gateway: name, base: `http://${isEverywhere ? 'localhost' : bracket(admin.host)}:${admin.port}` }
}

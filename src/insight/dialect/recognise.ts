/** Which server answers at an endpoint: told by what it says of itself, and by its process. Who made an error is in insight/speaker. */
import type { Origin } from './origin.ts'
import { ORIGINS } from './origin-table.ts'

/** All that may tell it. What is not known is left out. */
export type Traits = {
  readonly server?: string | undefined
  readonly poweredBy?: string | undefined
  readonly process?: string | undefined
  /** `Keep-Alive: timeout=`. */
  readonly keepAliveS?: number | undefined
}

export type Recognised = {
  readonly origin: Origin
  readonly name: 'server' | 'x_powered_by' | 'process' | 'keep_alive_s'
  readonly value: string
}

/** The server that Gatewell speaks to. What it says comes before its process, which may be no more than an interpreter. */
export function recogniseOrigin({ server, poweredBy, process, keepAliveS }: Traits): Recognised | null {
  const bySelf = find((origin) => origin.server, server)
  if (bySelf !== null) return { origin: bySelf, name: 'server', value: server as string }
  const byApp = find((origin) => origin.poweredBy, poweredBy)
  if (byApp !== null && server === undefined) return { origin: byApp, name: 'x_powered_by', value: poweredBy as string }
  const byProcess = find((origin) => origin.process, process)
  if (byProcess !== null) return { origin: byProcess, name: 'process', value: process as string }
  // Of all that say for how long they keep a connection, only Node does not say its name.
  if (server === undefined && keepAliveS !== undefined && [5, 65, 72].includes(keepAliveS)) {
    return { origin: ORIGINS.node, name: 'keep_alive_s', value: `${keepAliveS}` }
  }
  return null
}

function find(pattern: (origin: Origin) => RegExp | undefined, text: string | undefined): Origin | null {
  if (text === undefined || text === '') return null
  return Object.values(ORIGINS).find((origin) => pattern(origin)?.test(text)) ?? null
}

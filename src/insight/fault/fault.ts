/**
 * What a fault is: a way to make a gateway on loopback meet one cause, for real. Nothing is pretended inside of it: a fault puts up
 * a server, a name server or a client that misbehaves, or takes something away from the gateway's process.
 */
import type { PlanSetup } from './rehearsal-plan.ts'
import type { Stage } from './stage.ts'
import type { ThrowAwayGateway } from './throw-away.ts'
import type { Reply } from './visitor.ts'

/** What the visitor gets: Gatewell's own answer for the cause, the server's, one that breaks off, or none because he has left. */
export type Outcome = 'error' | 'relayed' | 'broken' | 'nothing'

export type Fault = {
  /** What goes wrong, one sentence for people. */
  readonly describe: string
  /** `error` if left out. */
  readonly outcome?: Outcome
  /** Confines the gateway, which gets a process of its own for it. */
  readonly confinement?: Confinement
  readonly stage: (stage: Stage) => Scene | Promise<Scene>
}

export type Confinement = {
  /** Words before the command of the process. */
  readonly wrapper: () => readonly string[]
  /** Why this machine or this user cannot do it, or null. */
  readonly obstacle: () => string | null
}

/** What a fault may do to a gateway. */
export type Rehearsed = Pick<ThrowAwayGateway, 'address' | 'drain' | 'operate' | 'reportBug'>

/** A stage that is set: the plan that the gateway needs, and what is then done to it. Its result is what the visitor got. */
export type Scene = {
  readonly setup: PlanSetup
  /** One GET if left out. */
  readonly act?: (gateway: Rehearsed) => Promise<Reply | null>
}

export const GET = 'GET / HTTP/1.1\r\nHost: rehearsal.test\r\n\r\n'

/** What came back for one request on a connection of its own. */
export async function ask(stage: Stage, gateway: Rehearsed, request: string | Buffer): Promise<Reply> {
  const visitor = await stage.visitor(gateway)
  visitor.send(request)
  return visitor.reply()
}

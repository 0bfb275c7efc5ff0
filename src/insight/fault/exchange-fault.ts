/** Faults of a server between a request and the end of its answer. */
import { ask, type Fault, GET, type Rehearsed, type Scene } from './fault.ts'
import { GOOD_ANSWER, type OriginConnection, type Script } from './origin.ts'
import type { PlanSetup } from './rehearsal-plan.ts'
import type { Stage } from './stage.ts'
import type { Reply, Visitor } from './visitor.ts'

/** More than the sockets' buffers hold. */
const LARGE_BYTES = 32 * 1024 * 1024
const SHORT_MS = 100

export const EXCHANGE_FAULTS = {
  'keepalive-race': {
    describe: 'The server closes an idle connection just when the next request is sent on it.',
    stage: async (stage) => {
      const { setup } = await served(stage, async (connection) => {
        await connection.head()
        connection.send(GOOD_ANSWER)
        await connection.head()
        connection.reset()
      })
      return {
        setup,
        act: async (gateway) => {
          await ask(stage, gateway, GET)
          return ask(stage, gateway, GET)
        },
      }
    },
  },
  'reset-before-response': {
    describe: 'The server takes the request and resets the connection.',
    stage: (stage) =>
      served(
        stage,
        afterHead((connection) => connection.reset()),
      ),
  },
  'closed-before-response': {
    describe: 'The server takes the request and closes the connection.',
    stage: (stage) =>
      served(
        stage,
        afterHead((connection) => connection.end()),
      ),
  },
  'request-write-failed': {
    describe: 'The server resets the connection while the body is still on its way.',
    stage: async (stage) => {
      const { setup } = await served(
        stage,
        afterHead((connection) => connection.reset()),
      )
      return { setup, act: (gateway) => ask(stage, gateway, post(1_000, 'only the beginning')) }
    },
  },
  'request-write-timeout': {
    describe: 'The server does not read the body.',
    stage: async (stage) => {
      const { setup } = await served(stage, () => {}, { timeouts: { responseMs: SHORT_MS } })
      return {
        setup,
        act: (gateway) => ask(stage, gateway, Buffer.concat([Buffer.from(post(LARGE_BYTES, '')), Buffer.alloc(LARGE_BYTES)])),
      }
    },
  },
  'response-timeout': {
    describe: 'The server takes the request and says nothing.',
    stage: (stage) => served(stage, () => {}, { timeouts: { responseMs: SHORT_MS } }),
  },
  'idle-timeout': {
    describe: 'The server stops in the middle of its answer and keeps the connection open.',
    outcome: 'broken',
    stage: (stage) => served(stage, afterHead(beginAnswer), { timeouts: { idleMs: SHORT_MS } }),
  },
  'deadline-exceeded': {
    describe: 'The server is within the time for one answer, but the time for the whole request is over.',
    stage: (stage) => served(stage, () => {}, { timeouts: { totalMs: SHORT_MS } }),
  },
} as const satisfies Record<string, Fault>

/** A scene with one server in it. */
export async function served(stage: Stage, script: Script, setup: PlanSetup = {}): Promise<Scene> {
  return { setup: { ...setup, endpoints: [(await stage.origin(script)).address] } }
}

/** Does something with a connection when a request has come on it. */
export function afterHead(act: (connection: OriginConnection) => void): Script {
  return async (connection) => {
    if ((await connection.head()) !== null) act(connection)
  }
}

/** Resolves to what the visitor gets then. */
type Interruption = (gateway: Rehearsed, visitor: Visitor) => Promise<Reply> | null

/** Something happens when the visitor's request has reached a server that never answers. */
export async function interrupted(stage: Stage, interrupt: Interruption): Promise<Scene> {
  const arrived = Promise.withResolvers<void>()
  const { setup } = await served(
    stage,
    afterHead(() => arrived.resolve()),
  )
  return {
    setup,
    act: async (gateway) => {
      const visitor = await stage.visitor(gateway)
      visitor.send(GET)
      await arrived.promise
      return interrupt(gateway, visitor)
    },
  }
}

/** The head of a POST, and as much of its body as there is. */
export function post(length: number, body: string): string {
  return `POST / HTTP/1.1\r\nHost: rehearsal.test\r\nContent-Length: ${length}\r\n\r\n${body}`
}

function beginAnswer(connection: OriginConnection): void {
  connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
}

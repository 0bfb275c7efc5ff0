/** A control process's parts in this process, in front of an origin whose answers can be held back; its workers are real processes. */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plan } from '../../src/config/plan.ts'
import { Control, type ControlOptions } from '../../src/control/control.ts'
import { createLog } from '../../src/control/log.ts'
import { planOf } from '../support/gateway.ts'
import { answerTo } from '../support/http-request.ts'
import { until } from '../support/until.ts'

/** As the launcher sets it: workers start twice as fast. */
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'gatewell-test-cache')

const ANY_PORT = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const

/** Answers `hello`; what asks for `/held` is answered by `release`. */
export class HeldOrigin {
  readonly port: number
  readonly #server: Server
  readonly #held: ServerResponse[] = []

  private constructor(server: Server, held: ServerResponse[]) {
    this.#server = server
    this.#held = held
    this.port = (server.address() as AddressInfo).port
  }

  static async open(): Promise<HeldOrigin> {
    const held: ServerResponse[] = []
    const server = createServer((request, response) => {
      if (request.url === '/held') held.push(response)
      else response.end('hello')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new HeldOrigin(server, held)
  }

  async hasHeld(count: number): Promise<void> {
    await until(`the origin has ${count} requests`, () => this.#held.length >= count)
  }

  release(): void {
    for (const response of this.#held.splice(0)) response.end('released')
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

export function controlPlan(originPort: number, changes: Partial<Plan> = {}): Plan {
  return {
    ...planOf({ endpoints: [originPort] }),
    listeners: [{ name: 'web', address: ANY_PORT }],
    accessLog: { format: 'json', what: 'off', file: null },
    admin: { address: ANY_PORT, token: null, mcp: 'read' },
    drain: { delayMs: 0, graceMs: 5_000 },
    workers: 1,
    ...changes,
  }
}

export class RunningControl {
  readonly control: Control
  readonly port: number
  readonly adminPort: number
  /** What the log said. */
  readonly said: { level: string; msg: string; [fact: string]: unknown }[]

  private constructor(options: { control: Control; port: number; adminPort: number; said: RunningControl['said'] }) {
    this.control = options.control
    this.port = options.port
    this.adminPort = options.adminPort
    this.said = options.said
  }

  static async start(plan: Plan, options: Partial<ControlOptions> = {}): Promise<RunningControl> {
    const said: RunningControl['said'] = []
    const log = createLog({ isTerminal: false, destination: { write: (line) => said.push(JSON.parse(line)) } })
    const control = new Control({ plan, reload: async () => ({ plan, problems: [] }), version: '1.2.3', log, ...options })
    const started = await control.start()
    if (started.kind === 'failure') throw started.error
    const [listener] = started.listeners
    const port = listener?.address.kind === 'tcp' ? listener.address.port : 0
    const adminPort = started.admin?.kind === 'tcp' ? started.admin.port : 0
    return new RunningControl({ control, port, adminPort, said })
  }

  /** The body of an answer through the gateway. */
  async get(path = '/'): Promise<string> {
    return (await answerTo(this.port, { path })).body.toString()
  }

  async admin(path: string): Promise<{ status: number; body: string }> {
    const { status, body } = await answerTo(this.adminPort, { path })
    return { status, body: body.toString() }
  }

  /** Process ids of the workers that serve, by place. */
  async pids(): Promise<number[]> {
    const { workers } = await this.control.status()
    const serving = workers.filter(({ state }) => state === 'serving')
    return serving.toSorted((one, other) => one.place - other.place).map(({ pid }) => pid as number)
  }

  /** Waits for a worker that serves and is not `former`. */
  successor(former: number): Promise<number> {
    return until('another worker serves', async () => (await this.pids()).find((pid) => pid !== former))
  }

  hasSaid(pattern: RegExp): Promise<RunningControl['said'][number]> {
    return until(`the log says ${pattern}`, () => this.said.find(({ msg }) => pattern.test(msg)))
  }
}

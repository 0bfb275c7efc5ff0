/** The doctor as the command line runs it, asking less often. Who waits for what never comes says for how long. */
import { EventEmitter } from 'node:events'
import { type DoctorCommandOptions, seeDoctor } from '../../src/cli/doctor-command.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { PLAIN } from '../../src/config/problem.ts'
import type { DoctorOptions } from '../../src/insight/doctor/doctor.ts'
import { type DoctorReport, factOf, type Hop } from '../../src/insight/doctor/report.ts'
import { type NameAnswer, NameServer, type Question } from '../../src/insight/fault/name-server.ts'
import { closing } from '../support/closing.ts'

const LIMITS = { idleMs: 150, originIdleMs: 150, repeats: 5 }

export type Examined = DoctorReport & { readonly code: number }

type Options = DoctorCommandOptions & Pick<DoctorOptions, 'limits' | 'authorities'>

export async function examined(url: string, { limits, authorities, ...options }: Options = {}): Promise<Examined> {
  let printed = ''
  const terminal: Terminal = {
    print: (text) => {
      printed += text
    },
    say: () => {},
    paint: PLAIN,
    sayPaint: PLAIN,
    columns: 80,
    environment: {},
    signals: new EventEmitter(),
  }
  const others = { limits: { ...LIMITS, ...limits }, authorities: authorities ?? [] }
  const code = await seeDoctor(url, { ...options, json: true }, terminal, others)
  return { ...(JSON.parse(printed) as DoctorReport), code }
}

/** The verdict in one line, and the exit code. */
export function inShort({ verdict, code }: Examined): readonly [string | null, string | null, number] {
  return [verdict.cause, verdict.hop, code]
}

export function hopCalled({ hops }: DoctorReport, name: string): Hop {
  const hop = hops.find((one) => one.name === name)
  if (hop === undefined) throw new Error(`no hop ${name} among ${hops.map((one) => one.name).join(', ')}`)
  return hop
}

export function fact(report: DoctorReport, hop: string, name: string): unknown {
  return factOf(hopCalled(report, hop), name)
}

/** A name server that knows these names at these addresses, and no others. */
export async function namesAt(names: Readonly<Record<string, readonly string[]>>): Promise<NameServer> {
  return nameServer(({ name }) => (names[name] === undefined ? { error: 'NXDOMAIN' } : { addresses: names[name], ttlS: 60 }))
}

export async function nameServer(answer: (question: Question) => NameAnswer): Promise<NameServer> {
  return closing(await NameServer.open(answer))
}

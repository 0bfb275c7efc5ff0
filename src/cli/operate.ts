/** What the commands that operate a running gateway have in common: how they find it, and what they say when it refuses. */
import type { Address } from '../config/plan.ts'
import { AdminClient, type Refusal, type Reply, readToken } from './admin-client.ts'
import { renderProblems } from './problem-list.ts'
import type { Terminal } from './terminal.ts'

export type OperateOptions = { readonly admin: Address; readonly tokenFile?: string; readonly json?: true }

const PROBLEM_FOUND = 1
const WRONG_USAGE = 2

/** The gateway, or the exit code where its token cannot be read. `name`: what this program calls itself there. */
export function connect({ admin, tokenFile }: OperateOptions, { say, environment }: Terminal, name = 'gatewell'): AdminClient | number {
  try {
    return new AdminClient({ address: admin, token: readToken(tokenFile, environment), name })
  } catch (error) {
    say(`gatewell: the token cannot be read: ${(error as Error).message}`)
    return WRONG_USAGE
  }
}

/** Asks the gateway and shows its answer: as JSON where that is wanted, else by `show`. The exit code: 0, or what `judge` makes of it. */
export async function operate<T>(
  options: OperateOptions,
  terminal: Terminal,
  what: { ask: (gateway: AdminClient) => Promise<Reply<T>>; show: (value: T) => void; judge?: (value: T) => number },
): Promise<number> {
  const gateway = connect(options, terminal)
  if (typeof gateway === 'number') return gateway
  const reply = await what.ask(gateway)
  if (!reply.ok) return explainRefusal(reply, options, terminal)
  if (options.json) terminal.print(JSON.stringify(reply.value, null, 2))
  else what.show(reply.value)
  return what.judge?.(reply.value) ?? 0
}

/** Says why not, with the problems where there are some. The exit code: whoever names what does not exist uses it wrongly. */
export function explainRefusal({ status, error, problems }: Refusal, { json }: OperateOptions, { print, say, paint }: Terminal): number {
  if (json) print(JSON.stringify({ ok: false, error, problems }, null, 2))
  else {
    if (problems.length > 0) print(renderProblems(problems, paint))
    say(`gatewell: ${error}`)
  }
  return status === 400 || status === 404 ? WRONG_USAGE : PROBLEM_FOUND
}

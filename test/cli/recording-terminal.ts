/** A terminal that remembers what was printed and said. */
import { EventEmitter } from 'node:events'
import { runCommandLine } from '../../src/cli/command-line.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { PLAIN } from '../../src/config/problem.ts'

export type Recorded = { readonly code: number; readonly printed: string; readonly said: string }

/** Runs a command line in this process. */
export async function gatewell(...words: readonly string[]): Promise<Recorded> {
  const printed: string[] = []
  const said: string[] = []
  const terminal: Terminal = {
    print: (text) => void printed.push(text),
    say: (text) => void said.push(text),
    paint: PLAIN,
    sayPaint: PLAIN,
    columns: 80,
    environment: {},
    signals: new EventEmitter(),
  }
  const code = await runCommandLine(words, terminal)
  return { code, printed: printed.join('\n'), said: said.join('\n') }
}

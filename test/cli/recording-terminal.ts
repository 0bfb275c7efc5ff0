/** A terminal that remembers what was printed and said. */
import { EventEmitter } from 'node:events'
import { runCommandLine } from '../../src/cli/command-line.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { PLAIN } from '../../src/config/problem.ts'

export type Recorded = { readonly code: number; readonly printed: string; readonly said: string }

/** A terminal, what comes to it, and how a command line is run at it. */
export type Recording = {
  readonly terminal: Terminal
  readonly printed: readonly string[]
  readonly said: readonly string[]
  readonly run: (...words: readonly string[]) => Promise<number>
}

export function recordingTerminal(): Recording {
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
  return { terminal, printed, said, run: (...words) => runCommandLine(words, terminal) }
}

/** Runs a command line in this process. */
export async function gatewell(...words: readonly string[]): Promise<Recorded> {
  const { printed, said, run } = recordingTerminal()
  const code = await run(...words)
  return { code, printed: printed.join('\n'), said: said.join('\n') }
}

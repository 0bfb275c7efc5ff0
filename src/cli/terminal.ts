/** Where the command line speaks: data on standard output, chatter on standard error, colours only where a person sees them. */
import type { Environment } from '../config/environment.ts'
import { type Paint, PLAIN } from '../config/problem.ts'

export type Terminal = {
  /** Data, with a line break after it. */
  readonly print: (text: string) => void
  /** Chatter, with a line break after it. */
  readonly say: (text: string) => void
  readonly paint: Paint
  readonly sayPaint: Paint
  /** How wide text may run. */
  readonly columns: number
  readonly environment: Environment
  /** Where signals come from. */
  readonly signals: NodeJS.EventEmitter
}

const COLUMNS_MAX = 100
const COLUMNS_UNKNOWN = 80

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process
  // `gatewell … | head` is no error.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
  return {
    print: (text) => void stdout.write(`${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
    paint: isColoured(stdout, env) ? COLOURS : PLAIN,
    sayPaint: isColoured(stderr, env) ? COLOURS : PLAIN,
    columns: Math.min(stdout.columns || COLUMNS_UNKNOWN, COLUMNS_MAX),
    environment: env,
    signals: process,
  }
}

/** https://no-color.org: set to anything but nothing, it means none. */
export function isColoured(stream: { readonly isTTY?: boolean }, environment: Environment): boolean {
  return stream.isTTY === true && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb'
}

const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`

export const COLOURS: Paint = { strong: sgr(1, 22), good: sgr(32, 39), bad: sgr(31, 39), doubtful: sgr(33, 39), faint: sgr(2, 22) }

/** The control process's log, on standard error: one JSON line an event for machines, one short line for people at a terminal. */
import { type DestinationStream, type Logger, pino } from 'pino'
import { StandardError } from './standard-error.ts'

export type { Logger }

export type LogOptions = {
  /** Readable lines; by default where standard error is a terminal. */
  readonly isTerminal?: boolean
  /** Colours for a terminal; the command line knows of NO_COLOR. */
  readonly isColoured?: boolean
  /** Only warnings and errors. */
  readonly isQuiet?: boolean
  /** By default standard error. */
  readonly destination?: DestinationStream
}

export function createLog(options: LogOptions = {}): Logger {
  const isTerminal = options.isTerminal ?? process.stderr.isTTY === true
  const destination = options.destination ?? new StandardError()
  return pino(
    {
      level: options.isQuiet ? 'warn' : 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    isTerminal ? { write: (line: string) => destination.write(readable(line, options.isColoured === true)) } : destination,
  )
}

const COLOURS: Readonly<Record<string, string>> = { warn: '\u001b[33m', error: '\u001b[31m', fatal: '\u001b[31m' }
const PLAIN = '\u001b[0m'

/** `12:00:01 the message`, and under it the stack of an error. What is only of use to machines stays out. */
function readable(line: string, isColoured: boolean): string {
  const { time, level, msg, stack } = JSON.parse(line) as { time: string; level: string; msg: string; stack?: string }
  const at = new Date(time)
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
  const colour = isColoured ? COLOURS[level] : undefined
  const text = printable(stack === undefined ? msg : `${msg}\n${stack}`)
  return `${clock}  ${colour === undefined ? text : `${colour}${text}${PLAIN}`}\n`
}

/** Texts may come from strangers' requests: nothing in them may steer the terminal. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}

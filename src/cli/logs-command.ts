/** `gatewell logs`: what went wrong according to the logs of other servers, by cause. */
import { stat, writeFile } from 'node:fs/promises'
import { quote } from '../config/parsed.ts'
import { findSimilar } from '../config/suggestion.ts'
import { formatCalled, LOG_FORMATS } from '../insight/dialect/log-format-table.ts'
import { fileSource, type LogSource, streamSource } from '../insight/log/byte-source.ts'
import { renderHtml } from '../insight/log/html/log-html.ts'
import { readLogs } from '../insight/log/read-logs.ts'
import { parseSince } from '../insight/log/since.ts'
import { followLogs } from './logs-follow.ts'
import { exitCodeOf, renderLogs } from './logs-page.ts'
import { ProgressBar } from './progress-bar.ts'
import type { Terminal } from './terminal.ts'
import { readVersion } from './version.ts'

export type LogsOptions = {
  readonly format?: string
  readonly since?: string
  readonly html?: string
  readonly follow?: true
  readonly json?: true
}

const WRONG_USAGE = 2
const STDIN = '-'

export async function readLogFiles(paths: readonly string[], options: LogsOptions, terminal: Terminal): Promise<number> {
  const { print, say, paint, columns } = terminal
  const nowMs = Date.now()
  const request = await readRequest(paths, options, nowMs)
  if (typeof request === 'string') {
    say(`gatewell: ${request}`)
    return WRONG_USAGE
  }
  const { sources, format, sinceMs } = request
  if (options.follow) return followLogs({ sources, format, sinceMs, isJson: options.json === true }, terminal)
  const bar = new ProgressBar({ stream: process.stderr, total: totalOf(sources) })
  const report = await readLogs(sources, { format, sinceMs, nowMs, onProgress: (taken) => bar.show(taken) })
  bar.clear()
  if (options.html !== undefined) {
    try {
      await writeFile(options.html, renderHtml(report, { version: readVersion(), nowMs }))
    } catch (error) {
      say(`gatewell: the report cannot be written: ${(error as Error).message}`)
      return WRONG_USAGE
    }
    if (!options.json) say(`The report is in ${options.html}`)
  }
  if (options.json) print(JSON.stringify(report, null, 2))
  else if (options.html === undefined) print(renderLogs(report, { paint, columns, nowMs }))
  return exitCodeOf(report)
}

type Request = { readonly sources: readonly LogSource[]; readonly format: string | null; readonly sinceMs: number }

/** What was asked for, or what is wrong with that. */
async function readRequest(
  paths: readonly string[],
  { format = 'auto', since, follow }: LogsOptions,
  nowMs: number,
): Promise<Request | string> {
  if (paths.length === 0 && process.stdin.isTTY) return 'name a log, for example: gatewell logs /var/log/nginx/*.log'
  if (format !== 'auto' && formatCalled(format) === null) {
    const names = LOG_FORMATS.map(({ name }) => name).sort()
    const similar = findSimilar(format, names)
    return `there is no format ${quote(format)}. ${similar === null ? `There is auto, ${names.join(', ')}.` : `Did you mean "${similar}"?`}`
  }
  const from = since === undefined ? null : parseSince(since, nowMs)
  if (from?.ok === false) return `--since ${quote(since as string)} ${from.message}`
  const sources: LogSource[] = []
  for (const path of paths.length === 0 ? [STDIN] : [...new Set(paths)]) {
    if (path === STDIN && follow) return 'what comes from standard input cannot be followed: name the file.'
    const source = path === STDIN ? streamSource('standard input', process.stdin) : await openable(path)
    if (typeof source === 'string') return source
    sources.push(source)
  }
  return { sources, format: format === 'auto' ? null : format, sinceMs: from?.value ?? Number.NEGATIVE_INFINITY }
}

async function openable(path: string): Promise<LogSource | string> {
  try {
    const { size, isDirectory } = await stat(path).then((found) => ({ size: found.size, isDirectory: found.isDirectory() }))
    return isDirectory ? `${path} is a folder; name the files in it: gatewell logs ${path.replace(/\/$/, '')}/*` : fileSource(path, size)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read: ${message}`
  }
}

/** Null where it is not known how much there is. */
function totalOf(sources: readonly LogSource[]): number | null {
  return sources.reduce<number | null>((sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes), 0)
}

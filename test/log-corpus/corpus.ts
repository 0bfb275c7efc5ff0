/** The labelled corpus of logs, as test/golden/log/make.ts keeps it: what was injected, and the lines that say so. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { KnownCauseId } from '../../src/causes/foreign-catalogue.ts'
import { formatCalled, LOG_FORMATS } from '../../src/insight/dialect/log-format-table.ts'
import { PATTERNS } from '../../src/insight/dialect/pattern-table.ts'
import { openEnvelope } from '../../src/insight/log/envelope.ts'
import type { LogFormat } from '../../src/insight/log/format.ts'
import type { LogEntry } from '../../src/insight/log/log-entry.ts'
import type { Pattern } from '../../src/insight/log/pattern.ts'
import type { Label } from '../golden/log/maker/case.ts'

/** The corpus was made then. */
const NOW_MS = Date.UTC(2026, 10, 22)
export const CORPUS = join(import.meta.dirname, '../golden/log')

export type LabelledFile = {
  readonly server: string
  readonly name: string
  readonly path: string
  readonly format: string
  readonly label: Label
}

/** One entry of a log: the line it begins in, what was injected there, and what the pattern table makes of it. */
export type Reading = {
  readonly file: LabelledFile
  readonly line: number
  readonly text: string
  readonly entry: LogEntry | null
  readonly expected: KnownCauseId | null
  readonly pattern: Pattern | null
}

export const FILES: readonly LabelledFile[] = globSync('*/label.json', { cwd: CORPUS })
  .sort()
  .flatMap((path) => {
    const server = dirname(path)
    const labels = JSON.parse(readFileSync(join(CORPUS, path), 'utf8')) as Record<string, Label>
    return Object.entries(labels).flatMap(([name, label]) =>
      Object.entries(label.files).map(([file, { format }]) => ({ server, name, path: join(CORPUS, server, file), format, label })),
    )
  })

export function readFile(file: LabelledFile): Reading[] {
  const format = formatCalled(file.format)
  if (format === null) throw new Error(`${file.path}: no format is called ${file.format}`)
  // A server writes its own news among the lines of requests.
  const kin = LOG_FORMATS.filter((other) => other.dialect === format.dialect && other !== format)
  const continues = [format, ...kin].flatMap((one) => one.continues ?? [])
  const { lines: marks = {} } = file.label.files[file.path.slice(join(CORPUS, file.server).length + 1)] ?? {}
  const causeOf = new Map(Object.entries(marks).flatMap(([cause, lines]) => lines.map((line) => [line, cause as KnownCauseId] as const)))
  const readings: Reading[] = []
  const lines = readFileSync(file.path, 'utf8').split('\n')
  for (let index = 0; index < lines.length; index++) {
    const first = index
    let text = lines[index] as string
    if (text === '') continue
    while (index + 1 < lines.length && continues.some((goesOn) => goesOn(lines[index + 1] as string, text))) text += `\n${lines[++index]}`
    const entry = readEntry([format, ...kin], text)
    const pattern = entry === null ? null : patternOf(entry)
    readings.push({ file, line: first + 1, text, entry, expected: causeOf.get(first + 1) ?? null, pattern })
  }
  return readings
}

/** As it is, or out of what syslog put around it. */
function readEntry(formats: readonly LogFormat[], text: string): LogEntry | null {
  const inner = openEnvelope(text, NOW_MS)?.text ?? text
  return [text, inner].flatMap((one) => formats.map(({ parse }) => parse(one))).find((entry) => entry !== null) ?? null
}

function patternOf(entry: LogEntry): Pattern | null {
  const fits = ({ when }: Pattern): boolean =>
    typeof when === 'function' ? when(entry) : entry.kind === 'error' && entry.message !== undefined && when.test(entry.message)
  return PATTERNS[entry.dialect].find(fits) ?? null
}

/** Tomcat's own log, and that of Spring Boot, which has Tomcat within. */
import type { LogFormat } from '../../log/format.ts'
import { cut, defined, numberOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { instant, monthOf, readIsoTime } from '../../log/log-time.ts'

const CATALINA =
  /^(\d\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d)\.(\d{3}) (SEVERE|WARNING|INFO|CONFIG|FINE\w*) \[[^\]]*\] ([\w.$]+) (.*)$/s
const SPRING =
  /^(\d{4}-\d\d-\d\d[ T][\d:.]+(?:Z|[+-]\d\d:\d\d)?) +(ERROR|WARN|INFO|DEBUG|TRACE) (\d+) --- (?:\[[^\]]*\] ?){1,3}([\w.$[\]/-]+) +: (.*)$/s
const TRACE = /^(?:\s|$|[\w.$]+(?:Exception|Error)\b|Caused by: )/
const LEVELS: Readonly<Record<string, string>> = { SEVERE: 'error', WARNING: 'warn' }
const MESSAGE_MAX = 8_000

function parseCatalina(line: string): LogEntry | null {
  const match = CATALINA.exec(line)
  if (match === null) return null
  const [, day = '', month = '', year = '', hour = '', minute = '', second = '', fraction, level = '', module, message = ''] = match
  const timeMs = instant(year, monthOf(month), day, hour, minute, second, fraction)
  if (Number.isNaN(timeMs)) return null
  const head = { dialect: 'tomcat', kind: 'error', timeMs, isLocal: true, level: LEVELS[level] ?? level.toLowerCase() } as const
  return defined<LogEntry>({ ...head, module, message: cut(message, MESSAGE_MAX) })
}

function parseSpring(line: string): LogEntry | null {
  const match = SPRING.exec(line)
  if (match === null) return null
  const [, time = '', level = '', pid, module, message = ''] = match
  const at = readIsoTime(time)
  if (Number.isNaN(at.timeMs)) return null
  const head = { dialect: 'tomcat', kind: 'error', ...at, level: level.toLowerCase() } as const
  return defined<LogEntry>({ ...head, pid: numberOf(pid), module, message: cut(message, MESSAGE_MAX) })
}

const LOG = { dialect: 'tomcat', kind: 'error', specificity: 3, continues: (line: string) => TRACE.test(line) } as const

export const TOMCAT_FORMATS: readonly LogFormat[] = [
  { ...LOG, name: 'tomcat', title: 'Tomcat log', parse: parseCatalina },
  { ...LOG, name: 'spring-boot', title: 'Spring Boot log', parse: parseSpring },
]

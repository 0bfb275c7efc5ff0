/** What collectors of logs put around a line: syslog, journald, Docker, Kubernetes, Compose. Not the line itself. */
import { readJsonLine } from './json-line.ts'
import { instant, monthOf, readIsoTime } from './log-time.ts'

export type Enveloped = { readonly text: string; readonly timeMs: number; readonly isLocal: boolean }

/** RFC 3164, as /var/log/syslog and journalctl have it: no year. */
const SYSLOG = /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.\d+)? (?:\S+ )?([\w./@-]+)(?:\[(\d+)\])?: (.*)$/s
/** RFC 5424, and rsyslog's and journalctl's lines with the same time. */
const DATED = /^(?:<\d{1,3}>1? ?)?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)) (?:\S+ )?([\w./@-]+)(?:\[(\d+)\])?: (.*)$/s
/** The runtime interface of Kubernetes. */
const CRI = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)) std(?:out|err) [FP] (.*)$/s
/** `docker logs --timestamps` */
const TIMESTAMPS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z) (.*)$/s
/** docker compose. */
const COMPOSE = /^[\w.-]+ +\| (.*)$/s

/** Null for a line without one. `nowMs`: lines that name no year are of the last twelve months. */
export function openEnvelope(line: string, nowMs: number): Enveloped | null {
  const dated = CRI.exec(line) ?? TIMESTAMPS.exec(line)
  if (dated !== null) return { text: dated[2] as string, ...readIsoTime(dated[1] as string) }
  const program = DATED.exec(line)
  if (program !== null) return { text: program[4] as string, ...readIsoTime(program[1] as string) }
  const syslog = SYSLOG.exec(line)
  if (syslog !== null) {
    const [, month = '', day = '', hour = '', minute = '', second = '', , , text = ''] = syslog
    return { text, isLocal: true, timeMs: latest(month, [day, hour, minute, second], nowMs) }
  }
  const compose = COMPOSE.exec(line)
  if (compose !== null) return { text: compose[1] as string, timeMs: Number.NaN, isLocal: false }
  return line.startsWith('{"log":"') ? openDocker(line) : null
}

/** A day is allowed for: whose clock it was is not known. */
function latest(month: string, [day = '', hour = '', minute = '', second = '']: readonly string[], nowMs: number): number {
  const year = new Date(nowMs).getUTCFullYear()
  const timeMs = instant(`${year}`, monthOf(month), day, hour, minute, second)
  return timeMs > nowMs + 24 * 3_600_000 ? instant(`${year - 1}`, monthOf(month), day, hour, minute, second) : timeMs
}

/** Docker's json-file. */
function openDocker(line: string): Enveloped | null {
  const object = readJsonLine(line)
  if (typeof object?.log !== 'string') return null
  return { text: object.log.replace(/\r?\n$/, ''), ...readIsoTime(typeof object.time === 'string' ? object.time : '') }
}

/** `gatewell lint`: what in the configurations of other servers, and ours, leads to errors. */
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { resolve } from 'node:path'
import { quote } from '../config/parsed.ts'
import { findSimilar } from '../config/suggestion.ts'
import { readBytes } from '../insight/dialect/quantity.ts'
import { EDGES, type EdgeName, SETTING_DEFAULTS, type ServerName } from '../insight/dialect/setting-default.ts'
import type { LintFacts } from '../insight/lint/chain.ts'
import { type LintReport, lint } from '../insight/lint/lint.ts'
import { renderLint, sumUpLint } from './lint-page.ts'
import { readSources, type Sources } from './lint-source.ts'
import type { Terminal } from './terminal.ts'

export type LintOptions = {
  readonly json?: true
  readonly notes?: true
  readonly memory?: string
  readonly server?: readonly string[]
  readonly behind?: string
}

const WRONG_USAGE = 2

export function lintFiles(paths: readonly string[], options: LintOptions, terminal: Terminal): number {
  const { print, say, paint, columns } = terminal
  const facts = readFacts(options)
  const sources = readSources(paths)
  for (const trouble of sources.troubles) say(`gatewell: ${trouble}`)
  if (typeof facts === 'string') say(`gatewell: ${facts}`)
  if (typeof facts === 'string' || sources.isMissing) return WRONG_USAGE
  const whole = lint(sources.files, { ...machineFacts(sources), ...facts })
  if (!whole.files.some(({ format }) => format !== null)) {
    say(`gatewell: no configuration of ${Object.keys(SETTING_DEFAULTS).join(', ')} was found in ${paths.join(', ')}.`)
    return WRONG_USAGE
  }
  const report = options.notes ? whole : withoutNotes(whole)
  if (options.json) print(JSON.stringify(report, null, 2))
  else if (report.findings.length > 0) print(renderLint(report, paint, columns))
  if (!options.json) say(sumUpLint(report, whole.findings.length - report.findings.length))
  return report.findings.length > 0 ? 1 : 0
}

export function withoutNotes(report: LintReport): LintReport {
  return { ...report, findings: report.findings.filter(({ severity }) => severity !== 'note') }
}

/** What was said, or what is wrong with that. */
function readFacts({ memory, server = [], behind }: LintOptions): Partial<LintFacts> | string {
  const memoryBytes = memory === undefined ? undefined : readBytes(memory)
  if (memoryBytes === null || memoryBytes === 0) return `${quote(memory)} is no amount of memory, such as 2GiB or 512m.`
  const versions: Partial<Record<ServerName, string>> = {}
  for (const text of server) {
    const [, name = '', version] = /^([a-z-]+)\/v?(\d+(?:\.\d+){0,2})$/i.exec(text) ?? []
    if (version === undefined || !Object.hasOwn(SETTING_DEFAULTS, name.toLowerCase()))
      return `${quote(text)} is no server with its version, such as nginx/1.29.8 or haproxy/2.6.`
    versions[name.toLowerCase() as ServerName] = version
  }
  if (behind !== undefined && !Object.hasOwn(EDGES, behind)) {
    const similar = findSimilar(behind, Object.keys(EDGES))
    return `nothing is known of ${quote(behind)}. ${similar === null ? `--behind knows ${Object.keys(EDGES).join(', ')}.` : `Did you mean "${similar}"?`}`
  }
  return {
    versions,
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(behind !== undefined && { edge: behind as EdgeName }),
  }
}

/** Files in /etc are those of this machine. */
export function machineFacts({ files }: Sources): Partial<LintFacts> {
  if (!files.some(({ path }) => resolve(path).startsWith('/etc/'))) return {}
  const isEnforcing = readFirst('/sys/fs/selinux/enforce') === '1'
  const mayConnect = readFirst('/sys/fs/selinux/booleans/httpd_can_network_connect')
  return {
    memoryBytes: totalmem(),
    somaxconn: Number(readFirst('/proc/sys/net/core/somaxconn')) || null,
    isConnectForbidden: isEnforcing && mayConnect === '0',
  }
}

/** The first word of a file of the kernel; '' where there is none. */
function readFirst(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim().split(/\s/, 1)[0] ?? ''
  } catch {
    return ''
  }
}

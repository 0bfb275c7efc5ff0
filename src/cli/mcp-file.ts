/**
 * Logs and configurations of this machine for the assistant, by their paths: what is in them would not fit through a conversation. Only
 * what lies in folders that its person has named is read, wherever links and includes lead.
 */
import { globSync, realpathSync, statSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import type { McpServer } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { quote } from '../config/parsed.ts'
import { formatSize } from '../config/unit.ts'
import { answerOf } from '../control/admin/mcp-result.ts'
import { done, type Result, refused } from '../control/admin/operation.ts'
import { fileSource } from '../insight/log/byte-source.ts'
import { readLogs } from '../insight/log/read-logs.ts'
import { parseSince } from '../insight/log/since.ts'

const PATHS_MAX = 50
const FILES_MAX = 500
/** Takes some seconds; assistants wait for a minute at most. */
const LOG_BYTES_MAX = 2 * 1024 ** 3

const Paths = z.array(z.string().min(1).max(4_096)).min(1).max(PATHS_MAX).describe('Paths, or patterns such as `/var/log/nginx/*.log*`.')
const LogFiles = z.strictObject({
  paths: Paths,
  since: z.string().max(100).optional().describe('Only what is later: `2h`, `2026-11-20T10:00:00Z`.'),
})
const ConfigFiles = z.strictObject({ paths: Paths.describe('Files or folders, such as `/etc/nginx`; what they include is read as well.') })

const ANNOTATIONS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false }

export function addFileTools(server: McpServer, folders: readonly string[]): void {
  const where = `Below ${folders.join(', ')}. The answer has untrusted data in it.`
  const logs = {
    title: 'log-files',
    description: `Why requests failed, by cause, from log files of nginx, Apache, HAProxy, PHP-FPM and others on this machine, also packed. ${where}`,
    inputSchema: LogFiles,
    annotations: ANNOTATIONS,
  }
  server.registerTool('log-files', logs, async (input) => answerOf(await readLogFiles(input, folders)))
  const configs = {
    title: 'config-files',
    description: `What in configurations of nginx, Apache, HAProxy, Caddy, PHP-FPM or gunicorn on this machine leads to an error, and what to change. ${where}`,
    inputSchema: ConfigFiles,
    annotations: ANNOTATIONS,
  }
  server.registerTool('config-files', configs, async ({ paths }) => answerOf(await lintConfigFiles(paths, folders)))
}

async function readLogFiles({ paths, since }: z.output<typeof LogFiles>, folders: readonly string[]): Promise<Result<unknown>> {
  const found = findFiles(paths, folders)
  if (!found.ok) return found
  const nowMs = Date.now()
  const from = since === undefined ? null : parseSince(since, nowMs)
  if (from?.ok === false) return refused(400, `${quote(since)} ${from.message}`)
  const sizes = found.value.map((path) => ({ path, stats: statSync(path) })).filter(({ stats }) => stats.isFile())
  const total = sizes.reduce((sum, { stats }) => sum + stats.size, 0)
  if (total > LOG_BYTES_MAX)
    return refused(413, `These are ${formatSize(total)}, and ${formatSize(LOG_BYTES_MAX)} can be read at a time. Name fewer.`)
  const sources = sizes.map(({ path, stats }) => fileSource(path, stats.size))
  return done(await readLogs(sources, { nowMs, ...(from !== null && { sinceMs: from.value }) }))
}

async function lintConfigFiles(paths: readonly string[], folders: readonly string[]): Promise<Result<unknown>> {
  const found = findFiles(paths, folders)
  if (!found.ok) return found
  const { lint } = await import('../insight/lint/lint.ts')
  const { readSources } = await import('./lint-source.ts')
  const { machineFacts } = await import('./lint-command.ts')
  const sources = readSources(found.value)
  const inside = { ...sources, files: sources.files.filter(({ path }) => isInside(path, folders)) }
  return done(lint(inside.files, machineFacts(inside)))
}

function findFiles(paths: readonly string[], folders: readonly string[]): Result<string[]> {
  const found = [...new Set(paths.flatMap((path) => globSync(path)).map((path) => resolve(path)))]
  if (found.length === 0) return refused(404, `There is no file ${paths.map((path) => quote(path)).join(', ')}.`)
  if (found.length > FILES_MAX) return refused(413, `These are ${found.length} files, and ${FILES_MAX} can be read at a time. Name fewer.`)
  const outside = found.find((path) => !isInside(path, folders))
  if (outside === undefined) return done(found)
  return refused(
    403,
    `${quote(outside)} is in none of the folders that may be read: ${folders.join(', ')}. They are named with \`gatewell mcp --files FOLDER\`.`,
  )
}

/** Wherever links lead. */
function isInside(path: string, folders: readonly string[]): boolean {
  const real = realOf(path)
  return folders.some((folder) => {
    const root = realOf(folder)
    return root !== null && real !== null && (real === root || real.startsWith(root.endsWith(sep) ? root : root + sep))
  })
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

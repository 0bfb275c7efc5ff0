/** Which files `gatewell lint` reads: those that are named, what looks like a configuration in folders, and what they include. */
import { globSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readText } from '../config/source.ts'
import type { Directive } from '../insight/dialect/directive.ts'
import type { ServerName } from '../insight/dialect/setting-default.ts'
import { parseFile, type SourceFile } from '../insight/lint/config-tree.ts'
import { includeCandidates, includePattern } from '../insight/lint/include.ts'

const FILE_BYTES_MAX = 8 * 1024 * 1024
/** Configurations in a folder are not larger than that, and not more. */
const FOUND_BYTES_MAX = 1024 * 1024
const FILES_MAX = 5_000
const DEPTH_MAX = 8

/** What is looked into in a folder: by its contents it may still be something else. */
const LIKELY =
  /(?:\.(?:conf|cfg|vhost|caddy|caddyfile|service|load)|^(?:Caddy|Proc|Docker)file.*|^gunicorn.*\.py|^gatewell.*\.ya?ml|^[\w-]+)$/i
const PASSED_OVER = /^(?:\.git|\.svn|node_modules|vendor|dist|(?:sites|conf|mods|modules)-available)$/

export type Sources = {
  readonly files: readonly SourceFile[]
  /** What could not be read, a sentence each. */
  readonly troubles: readonly string[]
  /** Something that was named on the command line could not be read. */
  readonly isMissing: boolean
}

export function readSources(paths: readonly string[]): Sources {
  const reader = new SourceReader()
  for (const path of paths) reader.readNamed(path)
  return reader
}

class SourceReader implements Sources {
  readonly files: SourceFile[] = []
  readonly troubles: string[] = []
  isMissing = false
  /** A link and what it leads to are one. */
  readonly #seen = new Set<string>()

  readNamed(path: string): void {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) this.#readFolder(path, 0)
    else if (!this.#read(path, path, FILE_BYTES_MAX)) this.isMissing = true
  }

  #readFolder(folder: string, depth: number): void {
    for (const name of this.#namesIn(folder)) {
      const path = join(folder, name)
      const stats = statSync(path, { throwIfNoEntry: false })
      if (stats?.isDirectory() && depth < DEPTH_MAX && !PASSED_OVER.test(name)) this.#readFolder(path, depth + 1)
      else if (stats?.isFile() && stats.size <= FOUND_BYTES_MAX && LIKELY.test(name)) this.#read(path, path, FOUND_BYTES_MAX, true)
    }
  }

  #namesIn(folder: string): string[] {
    try {
      return readdirSync(folder).sort()
    } catch (error) {
      this.troubles.push(`${folder}: cannot be read: ${(error as Error).message}.`)
      return []
    }
  }

  /** `root`: what it is included from, or itself; `by`: the server whose file includes it. */
  #read(path: string, root: string, bytesMax: number, isFound = false, by: ServerName | null = null): boolean {
    if (this.files.length >= FILES_MAX || this.#isSeen(path)) return true
    const text = readText(path, bytesMax)
    if (!text.ok) {
      if (!isFound) this.troubles.push(`${path}: ${text.message}`)
      return isFound
    }
    const file = by === null ? parseFile({ path, text: text.value }) : parseFile({ path, text: text.value }, by)
    if (file.format === null && isFound) return true
    this.files.push({ path, text: text.value })
    this.#follow(file.directives, file, root)
    return true
  }

  #isSeen(path: string): boolean {
    let real = resolve(path)
    try {
      real = realpathSync(path)
    } catch {
      // It is not there; reading it says so.
    }
    return this.#seen.size === this.#seen.add(real).size
  }

  #follow(directives: readonly Directive[], file: ReturnType<typeof parseFile>, root: string): void {
    for (const directive of directives) {
      const pattern = file.format === null ? null : includePattern(file.format, directive)
      if (pattern !== null) {
        const candidates = includeCandidates(file.format === 'caddy' ? file.path : root, pattern)
        const found = candidates.map((candidate) => globSync(candidate).sort()).find((paths) => paths.length > 0) ?? []
        for (const path of found)
          if (statSync(path, { throwIfNoEntry: false })?.isFile()) this.#read(path, root, FOUND_BYTES_MAX, true, file.format)
      }
      if (directive.body !== null) this.#follow(directive.body, file, root)
    }
  }
}

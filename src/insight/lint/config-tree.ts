/** Files as the servers read them: parsed, with what they include put in its place, and one tree for each that no other includes. */
import { readApache } from '../dialect/apache/config.ts'
import { readCaddy } from '../dialect/caddy/config.ts'
import type { Directive, Misread, Reading } from '../dialect/directive.ts'
import { readGunicorn } from '../dialect/gunicorn/config.ts'
import { readHaproxy } from '../dialect/haproxy/config.ts'
import { readNginx } from '../dialect/nginx/config.ts'
import { readPhpFpm } from '../dialect/php-fpm/config.ts'
import type { ServerName } from '../dialect/setting-default.ts'
import { readVersion, recogniseFormat } from './config-format.ts'
import { includeCandidates, includePattern, matchIncluded } from './include.ts'

export type SourceFile = { readonly path: string; readonly text: string }

export type ConfigFile = SourceFile & { readonly format: ServerName | null; readonly misreads: readonly Misread[] }

export type ConfigTree = {
  readonly format: ServerName
  /** The file at its root. */
  readonly file: SourceFile
  readonly directives: readonly Directive[]
  /** As a comment in one of its files says. */
  readonly version: string | null
}

const READERS: Readonly<Record<ServerName, (file: string, text: string) => Reading>> = {
  nginx: readNginx,
  apache: readApache,
  haproxy: readHaproxy,
  caddy: readCaddy,
  'php-fpm': readPhpFpm,
  gunicorn: readGunicorn,
  // Its document is read where it is surveyed.
  gatewell: () => ({ directives: [], misreads: [] }),
}

const DEPTH_MAX = 16
/** Files that include each other many times over could grow without end. */
const INCLUDES_MAX = 2_000

/** What another file includes is of that one's format, whatever it looks like. */
export function parseFile(
  file: SourceFile,
  format: ServerName | null = recogniseFormat(file.path, file.text),
): ConfigFile & { readonly directives: readonly Directive[] } {
  const { directives, misreads } = format === null ? { directives: [], misreads: [] } : READERS[format](file.path, file.text)
  return { ...file, format, directives, misreads }
}

export function growTrees(given: readonly SourceFile[]): { files: ConfigFile[]; trees: ConfigTree[] } {
  const sources = tellApart(given)
  const byPath = new Map(sources.map((source) => [source.path, parseFile(source)]))
  const weaver = new Weaver(byPath)
  const included = new Set<string>()
  for (const { path } of sources) {
    for (const other of weaver.includedBy(byPath.get(path)!)) markIncluded(other, byPath.get(path)!.format, { byPath, weaver, included })
  }
  const files = [...byPath.values()]
  const trees = files.flatMap((file): ConfigTree[] => {
    if (file.format === null || included.has(file.path)) return []
    const directives = weaver.weave(file)
    return [{ format: file.format, file, directives, version: readVersion(file.format, file.text) }]
  })
  return { files, trees }
}

type ParsedFile = ReturnType<typeof parseFile>

/** Two files of one name, as a browser gives them, are both read: the second is `2/nginx.conf`. */
function tellApart(sources: readonly SourceFile[]): SourceFile[] {
  const counts = new Map<string, number>()
  return sources.map(({ path, text }) => {
    const number = (counts.get(path) ?? 0) + 1
    counts.set(path, number)
    return number === 1 ? { path, text } : { path: `${number}/${path}`, text }
  })
}

type Marking = { readonly byPath: Map<string, ParsedFile>; readonly weaver: Weaver; readonly included: Set<string> }

function markIncluded(path: string, format: ServerName | null, marking: Marking): void {
  const { byPath, weaver, included } = marking
  if (included.has(path)) return
  included.add(path)
  const file = byPath.get(path)!
  if (file.format === format) return
  const own = parseFile(file, format)
  byPath.set(path, own)
  for (const other of weaver.includedBy(own)) markIncluded(other, format, marking)
}

class Weaver {
  readonly #files: ReadonlyMap<string, ParsedFile>
  readonly #paths: readonly string[]
  #includes = 0

  constructor(files: ReadonlyMap<string, ParsedFile>) {
    this.#files = files
    this.#paths = [...files.keys()]
  }

  /** The paths that it names, itself or in its blocks. */
  includedBy(file: ParsedFile): string[] {
    const found: string[] = []
    const visit = (directives: readonly Directive[]): void => {
      for (const directive of directives) {
        found.push(...this.#matches(file, file.path, directive))
        if (directive.body !== null) visit(directive.body)
      }
    }
    visit(file.directives)
    return found.filter((path) => path !== file.path)
  }

  weave(root: ParsedFile): Directive[] {
    return this.#weave(root.directives, { root, trail: [root.path] })
  }

  #weave(directives: readonly Directive[], { root, trail }: { root: ParsedFile; trail: readonly string[] }): Directive[] {
    return directives.map((directive) => {
      const paths = this.#matches(root, trail.at(-1)!, directive).filter((path) => !trail.includes(path))
      if (paths.length === 0 || trail.length > DEPTH_MAX) {
        return directive.body === null ? directive : { ...directive, body: this.#weave(directive.body, { root, trail }) }
      }
      this.#includes += paths.length
      const body = this.#includes > INCLUDES_MAX ? [] : paths.flatMap((path) => this.#weaveFile(path, { root, trail }))
      return { ...directive, body }
    })
  }

  #weaveFile(path: string, { root, trail }: { root: ParsedFile; trail: readonly string[] }): Directive[] {
    return this.#weave(this.#files.get(path)!.directives, { root, trail: [...trail, path] })
  }

  /** Caddy looks beside the file that imports, others beside the root. */
  #matches(root: ParsedFile, current: string, directive: Directive): string[] {
    if (root.format === null) return []
    const pattern = includePattern(root.format, directive)
    if (pattern === null) return []
    return matchIncluded(this.#paths, includeCandidates(root.format === 'caddy' ? current : root.path, pattern))
  }
}

/** What files of one server bring in of each other: patterns, where to look for them, and which of the files at hand they mean. Pure. */
import { posix } from 'node:path'
import type { Directive } from '../dialect/directive.ts'
import type { ServerName } from '../dialect/setting-default.ts'

const INCLUDES: Readonly<Partial<Record<ServerName, ReadonlySet<string>>>> = {
  nginx: new Set(['include']),
  apache: new Set(['include', 'includeoptional']),
  caddy: new Set(['import']),
  'php-fpm': new Set(['include']),
}

/** Where distributions keep them. In a copy elsewhere, its own folder stands for this. */
const HOMES =
  /^(?:\/usr\/local)?(?:\/etc\/(?:nginx|apache2|httpd|caddy|php(?:\/[\d.]+)?(?:\/fpm)?|php-fpm)|(?:\/openresty)?\/nginx\/conf)\//

export function includePattern(server: ServerName, directive: Directive): string | null {
  if (INCLUDES[server]?.has(directive.name) !== true) return null
  const pattern = directive.words[0]?.text ?? ''
  return pattern === '' || pattern.includes('$') || pattern.includes('{') ? null : pattern
}

/** The patterns by which to look, likeliest first. `root` is the file that everything is included from. */
export function includeCandidates(root: string, pattern: string): string[] {
  const folder = posix.dirname(root)
  const beside = (rest: string): string[] => [posix.join(folder, rest), posix.join(folder, '..', rest)]
  if (!pattern.startsWith('/')) return beside(pattern)
  const home = HOMES.exec(pattern)
  return home === null ? [pattern] : [pattern, ...beside(pattern.slice(home[0].length))]
}

/** Those of `paths` that the first fitting candidate means, in order. */
export function matchIncluded(paths: readonly string[], candidates: readonly string[]): string[] {
  for (const candidate of candidates) {
    const glob = globExpression(candidate)
    const matches = paths.filter((path) => glob.test(posix.normalize(path)))
    if (matches.length > 0) return matches.sort()
  }
  return []
}

/** `*` and `?` stay within a folder; `[a-z]` is a set. A folder alone means all in it, as Apache has it. */
function globExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]')
  try {
    return new RegExp(`^${source}$`)
  } catch {
    return new RegExp(`^${source.replace(/[[\]]/g, '\\$&')}$`)
  }
}

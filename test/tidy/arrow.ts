/** Who may import what: between the folders of src/, and from npm and Node. */
import type { Finding, Rule } from './rule.ts'
import type { Source } from './source.ts'
import { folderOf, imports, lineOf } from './source.ts'

/** A folder may import only from those before it. */
const FOLDERS = ['std', 'http', 'causes', 'wire', 'net', 'config', 'gateway', 'worker', 'insight', 'control', 'dashboard', 'cli']

/** The folders that may import an npm package. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@hono/node-server': ['control'],
  '@modelcontextprotocol/server': ['control', 'cli'],
  '@opentelemetry/api': ['control'],
  '@opentelemetry/exporter-metrics-otlp-http': ['control'],
  '@opentelemetry/exporter-prometheus': ['control'],
  '@opentelemetry/exporter-trace-otlp-http': ['control'],
  '@opentelemetry/resources': ['control'],
  '@opentelemetry/sdk-metrics': ['control'],
  '@opentelemetry/sdk-trace': ['control'],
  '@preact/signals': ['dashboard'],
  commander: ['cli'],
  hono: ['control'],
  'ipaddr.js': ['net', 'config', 'gateway'],
  isbot: ['gateway'],
  nodemailer: ['control'],
  pg: ['control'],
  pino: ['control', 'cli'],
  preact: ['dashboard'],
  'structured-headers': ['http'],
  uplot: ['dashboard'],
  vite: ['dashboard'],
  yaml: ['config', 'cli'],
  zod: ['config', 'control', 'cli'],
}

/** What a browser is given: its own files, the texts of causes, how numbers and facts are put. Of all else it may know the types. */
const BROWSER = ['src/dashboard/', 'src/causes/', 'src/std/quantity-text.ts', 'src/insight/diagnosis/wording.ts']
const BROWSER_BUILD = 'src/dashboard/vite.config.ts'

/** What does input or output. `node:http` is not among them: it is where the reason phrases are. */
const INPUT_OUTPUT = /^node:(child_process|cluster|dgram|dns|fs|http2|https|net|readline|tls|worker_threads)(\/|$)/
const PURE = ['http', 'causes', 'wire']

export const arrows: Rule = (sources) =>
  each(sources, (source, { path, isType }) => {
    const from = FOLDERS.indexOf(folderOf(source.path))
    if (from < 0) return `src/ has no folder ${folderOf(source.path)}; its folders are ${FOLDERS.join(', ')}`
    if (path === null) return null
    const to = FOLDERS.indexOf(folderOf(path))
    if (to < 0) return `src/ may not import ${path}, which is not part of the product; move what you need into src/`
    if (to <= from) return judgeBrowser(source, path, isType)
    return `${FOLDERS[from]} may not import from ${FOLDERS[to]}, which is below it; move what both need up, or hand it in from below`
  })

export const packages: Rule = (sources) =>
  each(sources, (source, { specifier, path, isType }) => {
    const folder = folderOf(source.path)
    if (path !== null) return null
    if (specifier.startsWith('node:')) {
      if (folder === 'dashboard' && !isType && source.path !== BROWSER_BUILD) return `a browser has no ${specifier}`
      if (!PURE.includes(folder) || !INPUT_OUTPUT.test(specifier)) return null
      return `${folder} does no input or output, so not ${specifier}; do that in net/ or gateway/ and hand the result in`
    }
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/')
    const allowed = PACKAGES[name]
    if (allowed?.includes(folder)) return null
    if (allowed) return `${name} belongs into ${allowed.join(', ')}; hand in from there what ${folder} needs of it`
    return `${name} has no place yet; if it is wanted, add it with its folders to PACKAGES in test/tidy/arrow.ts`
  })

/** What reaches a browser is small, has no secrets and needs no Node. */
function judgeBrowser({ path: from }: Source, path: string, isType: boolean): string | null {
  if (folderOf(from) !== 'dashboard' || isType || BROWSER.some((one) => path.startsWith(one))) return null
  return `dashboard takes types from ${folderOf(path)}, but no code: it runs in browsers; ask for it over the API`
}

/** Types may refer to each other: an attempt has an endpoint, which has connections, which carry attempts. */
export const acyclic: Rule = (sources) => {
  const files = new Map(sources.filter(isProduct).map((source) => [source.path, source]))
  const done = new Set<string>()
  const findings: Finding[] = []
  const visit = (source: Source, trail: readonly string[]): void => {
    done.add(source.path)
    for (const { path, isType, node } of imports(source)) {
      if (isType) continue
      const at = trail.indexOf(path ?? '')
      if (at >= 0) {
        const circle = [...trail.slice(at), path].join(' → ')
        findings.push({ path: source.path, line: lineOf(source, node), message: `imports in a circle: ${circle}; move what both need out` })
      }
      const next = files.get(path ?? '')
      if (next && !done.has(next.path)) visit(next, [...trail, next.path])
    }
  }
  for (const source of files.values()) if (!done.has(source.path)) visit(source, [source.path])
  return findings
}

/** One finding for each import of the product for which `judge` has something to say. */
function each(sources: readonly Source[], judge: (source: Source, what: ReturnType<typeof imports>[number]) => string | null): Finding[] {
  return sources.filter(isProduct).flatMap((source) =>
    imports(source).flatMap((what) => {
      const message = judge(source, what)
      return message === null ? [] : [{ path: source.path, line: lineOf(source, what.node), message }]
    }),
  )
}

function isProduct(source: Source): boolean {
  return source.path.startsWith('src/')
}

/** From the file that an operator wrote to a plan, or to every problem that keeps it from being one. Reads files, starts nothing. */
import { dirname, resolve } from 'node:path'
import { checkRelations } from './check.ts'
import { type CompileContext, compile } from './compile.ts'
import { ConfigDocument, type Span } from './document.ts'
import type { Environment } from './environment.ts'
import { explainIssues } from './explain.ts'
import { doubtful, type Finding, formatPath, type Path, valueAt, wrong } from './finding.ts'
import { hideCredentials } from './parsed.ts'
import type { Plan } from './plan.ts'
import { inOrder, type Problem, problemOfFile } from './problem.ts'
import { ConfigSchema } from './schema.ts'
import { isSecretPath } from './secret.ts'
import { readText } from './source.ts'

/** 10,000 routes take less than 1 MiB. */
const FILE_BYTES_MAX = 8 * 1024 * 1024
const PAGE_BYTES_MAX = 256 * 1024

const EMPTY = `is empty. The least that is useful:

  upstreams:
    app: { endpoints: ["http://127.0.0.1:3000"] }
  routes:
    - { to: app }`

export type LoadOptions = Pick<CompileContext, 'instance' | 'parallelism'> & {
  /** As the operator names it, and as the problems show it. */
  readonly file: string
  readonly environment: Environment
}

/** `plan` is null exactly when one of the problems is an error. */
export type Loaded = {
  readonly plan: Plan | null
  readonly problems: readonly Problem[]
  /** What the plan was made of, as it may be shown: without secrets. */
  readonly text?: string
}

export function loadPlan(options: LoadOptions): Loaded {
  const text = readText(options.file, FILE_BYTES_MAX)
  return text.ok ? planOf(text.value, options) : { plan: null, problems: [problemOfFile(options.file, text.message, text.suggestion)] }
}

/** The same for a text that is at hand; files that it names are looked for beside `options.file`. */
export function planOf(text: string, options: LoadOptions): Loaded {
  const document = new ConfigDocument(text, options.environment)
  const locate = makeLocator(document, options.file)
  if (document.syntaxErrors.length > 0) {
    return {
      plan: null,
      problems: inOrder(document.syntaxErrors.map((error) => locate({ ...wrong([], error.message, error), path: [] }, error))),
    }
  }
  if (document.isEmpty) return { plan: null, problems: [problemOfFile(options.file, EMPTY)] }

  const checked = ConfigSchema.safeParse(document.value)
  const pages = readPages(document.value, dirname(options.file))
  const issues = checked.success ? [] : explainIssues(checked.error.issues, document.value, ConfigSchema)
  const findings = [
    ...document.findings,
    ...withoutEchoes([...issues, ...pages.findings, ...checkRelations(document.value)], document.findings),
  ]
  const isWrong = !checked.success || findings.some(({ severity }) => severity === 'error')
  // What is doubtful beside a mistake is mostly its echo: a mistyped "host" makes a route hide the next one.
  const problems = inOrder(findings.filter(({ severity }) => !isWrong || severity === 'error').map((finding) => locate(finding)))
  if (isWrong) return { plan: null, problems }
  const plan = compile(checked.data, { ...options, directory: dirname(options.file), pages: pages.texts })
  return { plan, problems, text: document.blotSecrets() }
}

/** A value that could not even be read (a variable that is not set) is not reported again for being absent. */
function withoutEchoes(findings: readonly Finding[], unread: readonly Finding[]): Finding[] {
  const places = new Set(unread.filter((finding) => finding.at === 'value').map((finding) => formatPath(finding.path)))
  return findings.filter((finding) => !places.has(formatPath(finding.path)))
}

function makeLocator(document: ConfigDocument, file: string): (finding: Finding, span?: Span) => Problem {
  let blotted: string | null = null
  return (finding, span = document.locate(finding.path, finding.at)) => {
    if (finding.at === 'file') return { ...problemOfFile(file, finding.message), severity: finding.severity }
    blotted ??= document.blotSecrets()
    const { line, lineStart, lineEnd } = document.lineAt(span.start)
    const source = blotted.slice(lineStart, lineEnd).replace(/\r?\n$/, '')
    return {
      severity: finding.severity,
      file,
      line,
      column: span.start - lineStart + 1,
      length: Math.max(1, Math.min(span.end, lineStart + source.length) - span.start),
      path: formatPath(finding.path),
      message: finding.message,
      value: isSecretPath(finding.path) ? null : showable(finding.value),
      suggestion: finding.suggestion,
      source,
    }
  }
}

/** Lists and mappings are not shown: who knows what is in them. */
function showable(value: unknown): unknown {
  return typeof value === 'string' ? hideCredentials(value) : typeof value === 'object' ? null : (value ?? null)
}

type Pages = { readonly texts: ReadonlyMap<string, string>; readonly findings: readonly Finding[] }

/** Every error page that the configuration names, by its path as written. */
function readPages(root: unknown, directory: string): Pages {
  const texts = new Map<string, string>()
  const findings: Finding[] = []
  const routes = valueAt(root, ['routes'])
  const places: Path[] = [['errors', 'page'], ...(Array.isArray(routes) ? routes.map((_, i) => ['routes', i, 'errorPage']) : [])]
  for (const path of places) {
    const file = valueAt(root, path)
    if (typeof file !== 'string' || file === '' || texts.has(file)) continue
    const text = readText(resolve(directory, file), PAGE_BYTES_MAX)
    if (!text.ok) findings.push(wrong(path, `${file}: ${text.message}`, { value: file, suggestion: text.suggestion }))
    else if (!text.value.includes('<')) findings.push(doubtful(path, `${file} has no markup in it, but is sent as HTML.`, { value: file }))
    if (text.ok) texts.set(file, text.value)
  }
  return { texts, findings }
}

/** gatewell.yaml as plain data, with the environment put in and a way back from every path to its place in the text. YAML 1.2. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml'
import { type Environment, interpolate } from './environment.ts'
import { type Finding, type Path, wrong } from './finding.ts'
import { blotSecrets } from './secret.ts'
import { explainSyntax, type SyntaxFinding } from './syntax.ts'

/** Offsets into the text, `end` is past the last character. */
export type Span = { readonly start: number; readonly end: number }

/** How many values all aliases together may stand for: a few lines of nested aliases can stand for billions. */
const ALIASED_VALUES_MAX = 100_000

type Anchored = { readonly node: Node; readonly value: unknown; readonly size: number }

export class ConfigDocument {
  readonly value: unknown
  readonly syntaxErrors: readonly SyntaxFinding[]
  /** Duplicate keys, dangling aliases, missing variables. */
  readonly findings: Finding[] = []
  readonly #text: string
  readonly #lines = new LineCounter()
  readonly #document: Document.Parsed
  readonly #environment: Environment
  readonly #anchors = new Map<string, Anchored>()
  #visited = 0
  #aliased = 0

  constructor(text: string, environment: Environment) {
    this.#text = text
    this.#environment = environment
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: false, // checked here, in linear time and with a better message
      stringKeys: true,
      logLevel: 'silent',
    })
    this.syntaxErrors = explainSyntax(this.#document, text)
    this.value = this.syntaxErrors.length > 0 ? undefined : this.#read(this.#document.contents, [])
  }

  /** Nothing but comments and white space. */
  get isEmpty(): boolean {
    const contents: Node | null = this.#document.contents
    return contents === null || (isScalar(contents) && contents.value === null)
  }

  /** The text as it may be shown: of the same length, without secrets. */
  blotSecrets(): string {
    return blotSecrets(this.#text, this.#document)
  }

  lineAt(offset: number): { line: number; lineStart: number; lineEnd: number | undefined } {
    const { lineStarts } = this.#lines
    const line = Math.max(1, this.#lines.linePos(offset).line)
    return { line, lineStart: lineStarts[line - 1] ?? 0, lineEnd: lineStarts[line] }
  }

  /** The place of a path, or of the deepest part of it that is there. */
  locate(path: Path, at: Finding['at']): Span {
    let node: unknown = this.#document.contents
    let found = spanOf(node)
    for (const key of path) {
      if (isAlias(node)) node = this.#anchors.get(node.source)?.node
      if (isMap(node)) {
        const pair = findPair(node, String(key))
        if (pair === undefined) return found
        const keySpan = spanOf(pair.key)
        const valueSpan = spanOf(pair.value)
        node = pair.value
        found = at === 'key' || valueSpan.end <= valueSpan.start ? keySpan : valueSpan
      } else if (isSeq(node) && typeof key === 'number' && key < node.items.length) {
        node = node.items[key]
        found = spanOf(node)
      } else return found
    }
    return found
  }

  #read(node: unknown, path: Path): unknown {
    this.#visited++
    if (isAlias(node)) return this.#readAlias(node.source, path)
    const before = this.#visited
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined
    const value = isMap(node)
      ? this.#readMap(node, path)
      : isSeq(node)
        ? node.items.map((item, i) => this.#read(item, [...path, i]))
        : this.#readScalar(node, path)
    if (anchor !== undefined) this.#anchors.set(anchor, { node: node as Node, value, size: this.#visited - before + 1 })
    return value
  }

  #readMap(node: YAMLMap, path: Path): unknown {
    const value: Record<string, unknown> = {}
    for (const pair of node.items) {
      const key = String(isScalar(pair.key) ? pair.key.value : pair.key)
      const keyPath = [...path, key]
      if (key === '__proto__' || key === '<<') {
        const message =
          key === '<<'
            ? 'merge keys are not supported. Repeat the keys, or use an alias (*name) for a whole value.'
            : `"${key}" cannot be a key.`
        this.findings.push(wrong(keyPath, message, { at: 'key', value: key }))
        continue
      }
      if (Object.hasOwn(value, key))
        this.findings.push(
          wrong(keyPath, `the key "${key}" is already there further up. Remove one of the two.`, { at: 'key', value: key }),
        )
      // A key without a value has its default.
      value[key] = this.#read(pair.value, keyPath) ?? undefined
    }
    return value
  }

  #readScalar(node: unknown, path: Path): unknown {
    const value = isScalar(node) ? node.value : null
    if (typeof value === 'bigint') return String(value)
    if (typeof value !== 'string') return value
    const result = interpolate(value, this.#environment)
    if (result.ok) return result.value
    this.findings.push(wrong(path, result.message, { value, suggestion: result.suggestion }))
    return undefined
  }

  #readAlias(name: string, path: Path): unknown {
    const anchored = this.#anchors.get(name)
    if (anchored === undefined) {
      const isAliasMeant = /^\w+$/.test(name)
      const message = isAliasMeant
        ? `the alias *${name} stands for nothing: no value before it is marked &${name}.`
        : 'a value cannot begin with * unless it stands in quotes.'
      this.findings.push(wrong(path, message, { value: `*${name}`, suggestion: isAliasMeant ? null : `"*${name}"` }))
      return undefined
    }
    this.#aliased += anchored.size
    this.#visited += anchored.size
    if (this.#aliased <= ALIASED_VALUES_MAX) return anchored.value
    if (this.#aliased - anchored.size <= ALIASED_VALUES_MAX) {
      this.findings.push(
        wrong(path, `the aliases stand for more than ${ALIASED_VALUES_MAX.toLocaleString('en')} values. Write less of it by alias.`),
      )
    }
    return undefined
  }
}

/** Of two equal keys the last one counts, as it does for the value. */
function findPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === key)
}

function spanOf(node: unknown): Span {
  const range = (node as Node | null)?.range
  return range === null || range === undefined ? { start: 0, end: 0 } : { start: range[0], end: range[1] }
}

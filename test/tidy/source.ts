/** The files that tidy reads, parsed by TypeScript itself. Their paths are relative to the repository: `src/std/clock.ts`. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { Node, SourceFile } from 'typescript/unstable/ast'
import { SyntaxKind } from 'typescript/unstable/ast'
import { isCallExpression, isExportDeclaration, isImportDeclaration } from 'typescript/unstable/ast/is'
import { API } from 'typescript/unstable/sync'

export type Source = { readonly path: string; readonly tree: SourceFile; readonly lines: readonly string[] }
export type Import = {
  readonly specifier: string
  /** The path of what is imported, or null for a package. */
  readonly path: string | null
  /** Gone when the program runs. */
  readonly isType: boolean
  readonly node: Node
}

/** One compiler, in a process of its own, parses for all. It must be closed. */
export const compiler = new API()

/** What browsers run has types of its own. */
const CONFIGS = ['tsconfig.json', 'src/dashboard/tsconfig.json']

/** All that the project's configurations cover. */
export function readProject(root: string): Source[] {
  const configs = CONFIGS.map((path) => join(root, path)).filter((path) => existsSync(path))
  const snapshot = compiler.updateSnapshot({ openProjects: configs })
  const sources = new Map<string, Source>()
  for (const config of configs) {
    const project = snapshot.getProject(config)
    for (const file of project?.rootFiles ?? []) {
      const tree = project?.program.getSourceFile(file)
      if (tree) sources.set(file, { path: relative(root, file), tree, lines: tree.text.split('\n') })
    }
  }
  return [...sources.values()]
}

/** Texts by path as if they were a project, for showing that a rule notices what it is for. */
export function readTexts(files: Readonly<Record<string, string>>): Source[] {
  const root = mkdtempSync(join(tmpdir(), 'gatewell-tidy-'))
  const config = { compilerOptions: { noLib: true, types: [], jsx: 'preserve' }, files: Object.keys(files) }
  for (const [path, text] of Object.entries({ ...files, 'tsconfig.json': JSON.stringify(config) })) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const sources = readProject(root)
  rmSync(root, { recursive: true })
  return sources
}

/** Static and dynamic imports, types, and `export … from`. */
export function imports(source: Source): Import[] {
  return source.tree.imports.map((node) => {
    const specifier = node.getText().slice(1, -1)
    const isPath = specifier.startsWith('.')
    return { specifier, path: isPath ? join(dirname(source.path), specifier) : null, isType: isType(node.parent), node }
  })
}

function isType(node: Node): boolean {
  if (isImportDeclaration(node)) return node.importClause?.phaseModifier === SyntaxKind.TypeKeyword
  if (isExportDeclaration(node)) return node.isTypeOnly
  return !isCallExpression(node)
}

export function lineOf(source: Source, node: Node): number {
  return source.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1
}

/** Visits every node below `node`, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  node.forEachChild((child) => {
    visit(child)
    walk(child, visit)
  })
}

export function folderOf(path: string): string {
  return path.startsWith('src/') ? (path.split('/')[1] ?? '') : ''
}

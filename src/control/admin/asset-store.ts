/**
 * Where the dashboard's files come from. The npm package brings them; a clone has no build step, so there they are built when somebody
 * looks for the first time and whenever their sources have changed, by Vite in a process of its own.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { promisify } from 'node:util'
import { type AssetSet, readAssets } from './asset.ts'

export type Stock =
  | { readonly kind: 'ready'; readonly assets: AssetSet }
  | { readonly kind: 'building' }
  | { readonly kind: 'failed'; readonly reason: string }

const HOME = join(import.meta.dirname, '../../..')
const IS_CLONE = extname(import.meta.filename) === '.ts'
const BUILT = join(HOME, 'dist/dashboard')
const PACKED = join(import.meta.dirname, '../../dashboard')
/** What a browser is given is made of these. */
const SOURCES = ['src/dashboard', 'src/causes', 'package-lock.json'].map((path) => join(HOME, path))
const VITE = join(HOME, 'node_modules/vite/bin/vite.js')
const BUILD_MS = 120_000
/** Longer than that somebody who looks is shown that it takes a moment. */
const PATIENCE_MS = 250

const BUILDING: Stock = { kind: 'building' }

export class AssetStore {
  #assets: AssetSet | null = null
  #building: Promise<Stock> | null = null

  /** What was handed out last; it may be old. */
  get latest(): AssetSet | null {
    return this.#assets
  }

  async open(): Promise<Stock> {
    if (this.#building !== null) return soon(this.#building)
    if (!IS_CLONE) return this.#keep(this.#assets ?? (await readAssets(PACKED)))
    const changedAt = Math.max(...(await Promise.all(SOURCES.map(newestIn))))
    const isFresh = (assets: AssetSet | null): boolean => assets !== null && assets.builtAt >= changedAt
    if (isFresh(this.#assets)) return this.#keep(this.#assets)
    const found = await readAssets(BUILT)
    if (isFresh(found)) return this.#keep(found)
    this.#building ??= this.#build().finally(() => {
      this.#building = null
    })
    return soon(this.#building)
  }

  async #build(): Promise<Stock> {
    const built = await build()
    return typeof built === 'string' ? { kind: 'failed', reason: built } : this.#keep(built)
  }

  #keep(assets: AssetSet | null): Stock {
    if (assets === null) return { kind: 'failed', reason: `The files of the dashboard are missing in ${IS_CLONE ? BUILT : PACKED}.` }
    this.#assets = assets
    return { kind: 'ready', assets }
  }
}

/** What was built, or why not. */
async function build(): Promise<AssetSet | string> {
  const folder = join(HOME, `node_modules/.cache/gatewell-dashboard-${process.pid}`)
  const startedAt = new Date()
  try {
    if (!existsSync(VITE)) return 'Vite is not installed; `npm ci` installs it.'
    const words = ['build', '--config', join(HOME, 'src/dashboard/vite.config.ts'), '--outDir', folder]
    await promisify(execFile)(process.execPath, [VITE, ...words], { cwd: HOME, timeout: BUILD_MS })
    // What was edited meanwhile is newer.
    await utimes(join(folder, 'index.html'), startedAt, startedAt)
    const assets = await readAssets(folder)
    await putInPlace(folder)
    return assets ?? 'Vite has left no files.'
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    return stderr?.trim() || message
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** As a whole, for the next start. Where others do the same just now, or it cannot be, the next start builds again. */
async function putInPlace(folder: string): Promise<void> {
  try {
    await mkdir(dirname(BUILT), { recursive: true })
    await rm(BUILT, { recursive: true, force: true })
    await rename(folder, BUILT)
  } catch {}
}

async function newestIn(path: string): Promise<number> {
  const { mtimeMs } = await stat(path)
  const entries = await readdir(path, { recursive: true }).catch(() => [])
  const times = await Promise.all(entries.map(async (entry) => (await stat(join(path, entry)).catch(() => null))?.mtimeMs ?? 0))
  return Math.max(mtimeMs, ...times)
}

function soon(building: Promise<Stock>): Promise<Stock> {
  const late = Promise.withResolvers<Stock>()
  const timer = setTimeout(() => late.resolve(BUILDING), PATIENCE_MS)
  return Promise.race([building, late.promise]).finally(() => clearTimeout(timer))
}

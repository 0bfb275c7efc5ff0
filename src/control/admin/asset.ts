/** The files of the dashboard in memory: few, small, each with its type, its tag and a compressed twin. `asset-store.ts` builds them. */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

export type Asset = {
  readonly type: string
  readonly body: Buffer<ArrayBuffer>
  /** Null where it would hardly be smaller. */
  readonly gzip: Buffer<ArrayBuffer> | null
  /** For `ETag`, in quotes. */
  readonly tag: string
  /** Its name changes with what is in it. */
  readonly isImmutable: boolean
}

/** `byPath`: as they are asked for, `/` and `/assets/…`. `builtAt`: epoch milliseconds. */
export type AssetSet = { readonly byPath: ReadonlyMap<string, Asset>; readonly builtAt: number }

const PAGE = 'index.html'
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
const WORTH = 0.9

/** Null where they are not there, or not all: they may be being replaced just now. */
export async function readAssets(folder: string): Promise<AssetSet | null> {
  try {
    const { mtimeMs } = await stat(join(folder, PAGE))
    const names = await readdir(join(folder, 'assets'))
    const files = [PAGE, ...names.map((name) => `assets/${name}`)]
    const byPath = new Map<string, Asset>()
    for (const file of files) byPath.set(file === PAGE ? '/' : `/${file}`, assetOf(file, await readFile(join(folder, file))))
    return { byPath, builtAt: mtimeMs }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function assetOf(file: string, body: Buffer<ArrayBuffer>): Asset {
  const packed = gzipSync(body, { level: 9 })
  return {
    type: TYPES[extname(file)] ?? 'application/octet-stream',
    body,
    gzip: packed.length < body.length * WORTH ? packed : null,
    tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    isImmutable: file !== PAGE,
  }
}

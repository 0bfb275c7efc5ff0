/**
 * Tells when a file's text has changed, however that was done: written in place, replaced by a rename as editors do, or reached through
 * links of which one was turned, as Kubernetes does with a ConfigMap. Its folders are watched, and looked at now and then besides, for
 * where the system tells nothing, as on network file systems.
 */
import { createHash } from 'node:crypto'
import { type FSWatcher, readFileSync, realpathSync, watch } from 'node:fs'
import { dirname } from 'node:path'

/** Those who write a file in several steps are given so long for the next one. */
const QUIET_MS = 200
const LOOK_MS = 5_000

export class FileWatch {
  readonly #file: string
  readonly #onChange: () => void
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #looking: NodeJS.Timeout
  #settling: NodeJS.Timeout | null = null
  #digest: string | null

  constructor(file: string, onChange: () => void) {
    this.#file = file
    this.#onChange = onChange
    this.#digest = digestOf(file)
    this.#watchFolders()
    this.#looking = setInterval(() => this.#settle(), LOOK_MS).unref()
  }

  close(): void {
    clearInterval(this.#looking)
    if (this.#settling !== null) clearTimeout(this.#settling)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  /** That of the file as named, and that of the file that it leads to in the end. */
  #watchFolders(): void {
    const folders = new Set([dirname(this.#file), dirname(resolveLinks(this.#file))])
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watchFolder(folder)
  }

  #watchFolder(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#settle())
      // The folder is gone; it is looked for again.
      watcher.on('error', () => {
        watcher.close()
        this.#watchers.delete(folder)
      })
      this.#watchers.set(folder, watcher)
    } catch {
      // There is none, or no more can be watched: looking now and then will do.
    }
  }

  #settle(): void {
    if (this.#settling !== null) clearTimeout(this.#settling)
    this.#settling = setTimeout(() => this.#look(), QUIET_MS)
  }

  #look(): void {
    this.#settling = null
    this.#watchFolders()
    const digest = digestOf(this.#file)
    // A file that is gone is mostly about to come back; the configuration in force stays.
    if (digest === null || digest === this.#digest) return
    this.#digest = digest
    this.#onChange()
  }
}

function digestOf(file: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex')
  } catch {
    return null
  }
}

function resolveLinks(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

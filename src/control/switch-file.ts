/** The file in the data folder that keeps what operators have switched across restarts. Written whole or not at all. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { NOTHING_SWITCHED, type SwitchState, SwitchStateSchema } from './admin/switch-state.ts'

export class SwitchFile {
  readonly path: string

  constructor(folder: string) {
    this.path = join(folder, 'switches.json')
  }

  /** What it says, or a sentence why it cannot be read. No file: nothing is switched. */
  read(): SwitchState | string {
    try {
      const read = SwitchStateSchema.safeParse(JSON.parse(readFileSync(this.path, 'utf8')))
      return read.success ? read.data : `${this.path} is not what Gatewell wrote.`
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      return code === 'ENOENT' || code === 'ENOTDIR' ? NOTHING_SWITCHED : `${this.path} cannot be read: ${message}`
    }
  }

  /** Null, or a sentence why not: then the former file is still whole. */
  write(state: SwitchState): string | null {
    const folder = dirname(this.path)
    const draft = `${this.path}.${process.pid}`
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const file = openSync(draft, 'w', 0o600)
      try {
        writeSync(file, `${JSON.stringify(state, null, 2)}\n`)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(draft, this.path)
      syncFolder(folder)
      return null
    } catch (error) {
      return (error as Error).message
    }
  }
}

/** A rename is only certain to outlive a power cut when its folder is on the disk, too. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Finds the programs that tests run, as `packages.txt` lists them, or says which package brings a missing one. */
import { accessSync, constants, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Debian keeps the versions of Postgres apart, and out of the path. */
const POSTGRES = globSync('/usr/lib/postgresql/*/bin').sort().reverse()
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', ...POSTGRES]

/** The full path of a program, `nginx` say. Throws if it is not installed, which fails the test with what to do. */
export function program(name: string): string {
  const found = FOLDERS.map((folder) => join(folder, name)).find(isExecutable)
  if (found) return found
  throw new Error(`This test needs ${name}. Run: apt-get install -y --no-install-recommends ${packageOf(name)}`)
}

function packageOf(name: string): string {
  const lines = readFileSync(join(import.meta.dirname, 'packages.txt'), 'utf8').split('\n')
  const row = lines.map((line) => line.split(/\s+/)).find((words) => words[1] === name)
  if (!row?.[0]) throw new Error(`test/setup/packages.txt does not list ${name}; add a line with its Debian package`)
  return row[0]
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

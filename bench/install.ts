/** The programs the bench needs from Debian: installed when they are missing and we are root, otherwise the one line that does it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, chmodSync, constants, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Program = 'nginx' | 'haproxy' | 'caddy' | 'wrk' | 'taskset' | 'setpriv' | 'prlimit' | 'goaccess'

const PACKAGES: Record<Program, string> = {
  nginx: 'nginx-light',
  haproxy: 'haproxy',
  caddy: 'caddy',
  wrk: 'wrk',
  taskset: 'util-linux',
  setpriv: 'util-linux',
  prlimit: 'util-linux',
  goaccess: 'goaccess',
}

/** Debian keeps servers where a plain user's PATH does not look. */
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/local/sbin']

const POLICY = '/usr/sbin/policy-rc.d'

export function find(program: Program): string | null {
  return FOLDERS.map((folder) => join(folder, program)).find(isExecutable) ?? null
}

/** Throws with the line to run when something is missing and cannot be installed from here. */
export function ensure(programs: readonly Program[], say: (line: string) => void): void {
  const packages = missing(programs)
  if (packages.length === 0) return
  const line = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    throw new Error(`The bench needs a few programs. Run this once, then try again:\n  sudo ${line}`)
  }
  say(`installing ${packages.join(', ')} …`)
  withoutStartingServices(() => install(packages))
  if (missing(programs).length > 0) throw new Error(`Installed, yet not to be found: ${missing(programs).join(', ')}`)
}

const missing = (programs: readonly Program[]): string[] => [
  ...new Set(programs.filter((program) => find(program) === null).map((program) => PACKAGES[program])),
]

function install(packages: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = (...args: string[]) => execFileSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], { env, stdio: 'pipe' })
  const add = () => run('install', '-y', '--no-install-recommends', ...packages)
  try {
    add()
  } catch {
    run('update')
    add()
  }
}

/** Debian starts a server as soon as it is installed, unless this file says no; it is put back as it was. */
function withoutStartingServices(work: () => void): void {
  const before = existsSync(POLICY) ? { text: readFileSync(POLICY), mode: statSync(POLICY).mode } : null
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n')
  chmodSync(POLICY, 0o755)
  try {
    work()
  } finally {
    if (before === null) rmSync(POLICY, { force: true })
    else {
      writeFileSync(POLICY, before.text)
      chmodSync(POLICY, before.mode)
    }
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The launcher `./gatewell`, in folders of its own with programs that only say that they were run and how. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const LAUNCHER = join(import.meta.dirname, '..', 'gatewell')
const BROUGHT = `node-linux-${process.arch}/bin/node`
/** Says who it is, what it was given, and what it finds in its surroundings. */
const ECHO = 'for word; do printf "[%s]" "$word"; done; echo " cache=$NODE_COMPILE_CACHE pid=$$"'

let root = ''
/** A clone, and the only folder on PATH. */
let home = ''
let bin = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatewell-launcher-'))
  home = join(root, 'my clone')
  bin = join(root, 'bin')
  write(join(home, 'src/cli/main.ts'), '')
  write(join(home, 'package-lock.json'), '{}')
  copyFileSync(LAUNCHER, join(home, 'gatewell'))
  mkdirSync(bin)
  symlinkSync('/usr/bin/readlink', join(bin, 'readlink'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('in a clone', () => {
  test('starts the Node that npm brought, with the arguments as they are', () => {
    installed()
    const { stdout, stderr, status } = run(['3000', 'a b', '*', ''])
    expect(stdout).toContain(`brought[${home}/src/cli/main.ts][3000][a b][*][]`)
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  })

  test('installs the dependencies where it lives, once, with one line on standard error', () => {
    script(
      'npm',
      `mkdir -p node_modules; : >node_modules/.package-lock.json; echo "npm $* in $PWD" >>"${root}/npm"; echo added 141 packages`,
    )
    script('node', `case $1 in --version) echo v24.1.0 ;; *) echo ran ;; esac`)
    const first = run(['x'], { cwd: root })
    expect(first).toMatchObject({ stdout: 'ran\n', stderr: 'Installing dependencies (first run only)…\n', status: 0 })
    expect(run(['x'])).toMatchObject({ stdout: 'ran\n', stderr: '' })
    expect(readFileSync(join(root, 'npm'), 'utf8')).toBe(`npm ci --loglevel=error in ${home}\n`)
  })

  test('installs again when the lock file is newer than what is installed', () => {
    installed()
    script('npm', 'echo "npm ran" >&2')
    const later = new Date(Date.now() + 60_000)
    utimesSync(join(home, 'package-lock.json'), later, later)
    expect(run([]).stderr).toBe('Installing dependencies (first run only)…\nnpm ran\n')
  })

  test('says what to do when installing fails', () => {
    script('npm', 'echo "npm error no network" >&2; exit 1')
    const { stdout, stderr, status } = run([])
    expect({ stdout, status }).toEqual({ stdout: '', status: 1 })
    expect(stderr).toContain('npm error no network')
    expect(stderr).toContain(`gatewell: the dependencies could not be installed; npm says why above. To try again: cd ${home} && npm ci`)
  })

  test('says what to do when there is no npm', () => {
    expect(run([])).toMatchObject({ status: 1, stderr: expect.stringContaining('npm is missing. Install Node.js with npm') })
  })
})

describe('without the Node that npm brings', () => {
  beforeEach(() => write(join(home, 'node_modules/.package-lock.json'), '{}'))

  test('takes the one on PATH if it is new enough', () => {
    script('node', 'case $1 in --version) echo v26.0.0 ;; *) echo "own $1" ;; esac')
    expect(run([]).stdout).toBe(`own ${home}/src/cli/main.ts\n`)
  })

  test('refuses an old one and says where to get another', () => {
    script('node', 'echo v20.20.2')
    const { stderr, status } = run([])
    expect(status).toBe(1)
    expect(stderr).toContain(`Node.js 24 or newer is needed, ${bin}/node is v20.20.2.`)
    expect(stderr).toContain('https://nodejs.org/en/download')
  })

  test('says so when there is none', () => {
    expect(run([])).toMatchObject({ status: 1, stderr: expect.stringContaining('Node.js is missing. Install version 24 or newer') })
  })
})

describe('wherever it is', () => {
  test('finds its folder through links, absolute and relative ones', () => {
    installed()
    symlinkSync(join(home, 'gatewell'), join(root, 'one'))
    symlinkSync('../one', join(bin, 'gw'))
    for (const path of [join(root, 'one'), join(bin, 'gw')]) expect(run([], { path }).stdout).toContain(`[${home}/src/cli/main.ts]`)
    expect(spawnSync('/bin/sh', ['one'], { cwd: root, env: { PATH: bin }, encoding: 'utf8' }).stdout).toContain('/src/cli/main.ts]')
  })

  test('runs what was built when it is installed as a package, on the Node beside it', () => {
    const modules = join(root, 'app/node_modules')
    write(join(modules, 'gatewell/dist/cli/main.js'), '')
    copyFileSync(LAUNCHER, join(modules, 'gatewell/gatewell'))
    executable(join(modules, BROUGHT), `printf brought; ${ECHO}`)
    mkdirSync(join(modules, '.bin'))
    symlinkSync('../gatewell/gatewell', join(modules, '.bin/gatewell'))
    const { stdout, stderr } = run(['--version'], { path: join(modules, '.bin/gatewell') })
    expect(stdout).toMatch(/^brought\[.*\/gatewell\/dist\/cli\/main\.js\]\[--version\]/)
    expect(stderr).toBe('')
  })

  test('keeps compiled code in the cache folder of its user, or where it is told to', () => {
    installed()
    const cacheOf = (env: Record<string, string>): string | undefined => / cache=(.*) pid/.exec(run([], { env }).stdout)?.[1]
    expect(cacheOf({ HOME: '/home/me' })).toBe('/home/me/.cache/gatewell')
    expect(cacheOf({ HOME: '/home/me', XDG_CACHE_HOME: '/cache' })).toBe('/cache/gatewell')
    expect(cacheOf({ HOME: '/home/me', NODE_COMPILE_CACHE: '/mine' })).toBe('/mine')
    expect(cacheOf({})).toBe('')
  })

  test('becomes the program, so that signals and the exit code are the program’s', () => {
    installed()
    const { stdout, pid } = run([])
    expect(stdout).toContain(`pid=${pid}\n`)
  })
})

test('this clone’s own launcher gives the version and says nothing else', () => {
  const { version } = JSON.parse(readFileSync(join(dirname(LAUNCHER), 'package.json'), 'utf8')) as { version: string }
  const { stdout, stderr, status } = spawnSync(LAUNCHER, ['--version'], { encoding: 'utf8' })
  expect({ stdout, stderr, status }).toEqual({ stdout: `${version}\n`, stderr: '', status: 0 })
})

function installed(): void {
  write(join(home, 'node_modules/.package-lock.json'), '{}')
  executable(join(home, 'node_modules', BROUGHT), `printf brought; ${ECHO}`)
}

type Place = { readonly cwd?: string; readonly path?: string; readonly env?: Record<string, string> }

function run(words: readonly string[], { cwd, path = join(home, 'gatewell'), env = {} }: Place = {}): SpawnSyncReturns<string> {
  return spawnSync(path, words, { cwd, env: { PATH: bin, ...env }, encoding: 'utf8', timeout: 5_000 })
}

/** A program on PATH. It may use a few others itself. */
function script(name: string, text: string): void {
  executable(join(bin, name), `PATH=/usr/bin:/bin; ${text}`)
}

function executable(path: string, text: string): void {
  write(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/**
 * Completes package-lock.json: `node test/setup/lock.ts`. Where the registry's mirror lacks a package for a foreign platform, npm leaves
 * it out of the lock file without a word, and `npm ci` then fails everywhere. What npm must know of it follows from its name.
 */
import { readFileSync, writeFileSync } from 'node:fs'

type Package = { version?: string; dev?: boolean; license?: string; optionalDependencies?: Record<string, string> }
export type Lock = { packages: Record<string, Package & Record<string, unknown>> }

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const PROCESSORS = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']
const LIBRARIES: Record<string, string> = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

/** The optional dependencies that the lock file mentions but has no entry for, as the entries to add. */
export function missing(lock: Lock): Lock['packages'] {
  const added: Lock['packages'] = {}
  for (const [path, owner] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      if (lock.packages[`${path}/node_modules/${name}`] || lock.packages[`node_modules/${name}`]) continue
      added[`node_modules/${name}`] = entry(name, version, owner)
    }
  }
  return added
}

function entry(name: string, version: string, owner: Package): Lock['packages'][string] {
  const words = name.split(/[/-]/)
  const os = words.filter((word) => SYSTEMS.includes(word))
  const libc = os[0] === 'linux' ? words.flatMap((word) => LIBRARIES[word] ?? []) : []
  return {
    version,
    cpu: words.filter((word) => PROCESSORS.includes(word)),
    ...(owner.dev ? { dev: true } : {}),
    ...(libc.length > 0 ? { libc } : {}),
    ...(owner.license ? { license: owner.license } : {}),
    optional: true,
    os,
  }
}

if (import.meta.main) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock
  const packages = Object.entries({ ...lock.packages, ...missing(lock) })
  packages.sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync('package-lock.json', `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`)
}

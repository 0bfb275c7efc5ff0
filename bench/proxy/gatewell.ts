/**
 * Gatewell as npm installs it: built, started through its command line, with every default on and one worker. `--gatewell-command`
 * puts something else in its place: `{port}`, `{origin}` and `{admin}` are filled in; a command without `{port}` gets the usual
 * arguments.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Started } from '../stage.ts'
import type { Contender, Place } from './contender.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export type GatewellOptions = { readonly command: string | null; readonly env: Readonly<Record<string, string>> }

export function gatewell(options: GatewellOptions): Contender {
  const target = ['http://127.0.0.1:{origin}', '--listen', '127.0.0.1:{port}', '--admin', '127.0.0.1:{admin}']
  return { name: 'gatewell', program: null, version, start: (place) => startGatewell(place, options, target) }
}

let isBuilt = false

/** The entry of a build made from the sources as they are now. */
function build(): string {
  if (!isBuilt) execFileSync(process.execPath, ['build.ts'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] })
  isBuilt = true
  return `${ROOT}dist/cli/main.js`
}

/** `target` says where to listen and whom to forward to, and with how many workers if not with one. */
export function startGatewell(place: Place, { command, env }: GatewellOptions, target: readonly string[]): Started {
  const given = command?.split(/\s+/).filter(Boolean) ?? [process.execPath, build()]
  const words = given.some((word) => word.includes('{port}'))
    ? given
    : [...given, ...target, ...(target.includes('--workers') ? [] : ['--workers', '1'])]
  const argv = words.map((word) => word.replace(/\{(port|origin|admin)\}/g, (_, name: 'port' | 'origin' | 'admin') => `${place[name]}`))
  // Its data folder is made where it stands; a command of one's own may name files by where one stands.
  const cwd = command === null ? place.folder : process.cwd()
  return place.stage.start({ name: 'gatewell', argv, core: place.core, cwd, env })
}

function version(): string {
  const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))
  try {
    return `${version} (${execFileSync('git', ['describe', '--always', '--dirty'], { cwd: ROOT, stdio: 'pipe' }).toString().trim()})`
  } catch {
    return version
  }
}

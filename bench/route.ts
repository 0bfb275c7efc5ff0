/** Gatewell with 10,000 routes over 100 hosts, of which the last is the one asked for, and with that one alone. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contender } from './proxy/contender.ts'
import { type GatewellOptions, startGatewell } from './proxy/gatewell.ts'

const HOSTS = 100
const PATHS = 100

export const routed = (options: GatewellOptions): readonly Contender[] => [
  one(options, '1 route', ALL.slice(-1)),
  one(options, '10,000 routes', ALL),
]

/** Of each host's paths half are prefixes and half exact, and every tenth host is a wildcard, as a large table of tenants would be. */
const ALL: readonly string[] = Array.from({ length: HOSTS * PATHS }, (_, index) => {
  const [host, path] = [Math.floor(index / PATHS), index % PATHS]
  const name = host % 10 === 5 ? `"*.site-${host}.example"` : `site-${host}.example`
  return `  - { host: ${name}, path: ${path % 2 === 1 ? `"/part-${path}/*"` : `/part-${path}`}, to: origin }`
})

function one(options: GatewellOptions, name: string, routes: readonly string[]): Contender {
  return {
    name: `gatewell, ${name}`,
    program: null,
    version: () => '',
    start: (place) => {
      if (options.command?.includes('{port}')) throw new Error('needs a command that takes the arguments of gatewell')
      const file = join(place.folder, 'gatewell.yaml')
      writeFileSync(
        file,
        `listen: ["127.0.0.1:${place.port}"]
admin: { listen: "127.0.0.1:${place.admin}" }
upstreams:
  origin: { endpoints: ["http://127.0.0.1:${place.origin}"] }
routes:
${routes.join('\n')}
`,
      )
      return startGatewell(place, options, ['run', '-c', file])
    },
  }
}

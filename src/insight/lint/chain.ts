/** All that the files together say: each server's own view, the hops and the services, and which hop leads to which service. */
import { type ApacheConfig, surveyApache } from '../dialect/apache/config-hop.ts'
import { type CaddyConfig, surveyCaddy } from '../dialect/caddy/config-hop.ts'
import type { Place } from '../dialect/directive.ts'
import { readGatewell } from '../dialect/gatewell/config.ts'
import { isCommandLine } from '../dialect/gunicorn/config.ts'
import { type GunicornService, surveyGunicorn } from '../dialect/gunicorn/config-service.ts'
import { type HaproxyConfig, surveyHaproxy } from '../dialect/haproxy/config-hop.ts'
import { type Hop, isLoopbackHost, isName, type Listen, type Service, type Target } from '../dialect/hop.ts'
import { type NginxConfig, surveyNginx } from '../dialect/nginx/config-hop.ts'
import { type FpmConfig, surveyPhpFpm } from '../dialect/php-fpm/config-pool.ts'
import type { EdgeName, ServerName } from '../dialect/setting-default.ts'
import type { ConfigTree } from './config-tree.ts'

/** What no file says. null: not known. */
export type LintFacts = {
  /** By server; what a comment in a file says has the word there. */
  readonly versions: Readonly<Partial<Record<ServerName, string>>>
  readonly memoryBytes: number | null
  /** net.core.somaxconn */
  readonly somaxconn: number | null
  /** SELinux is enforcing, and httpd_can_network_connect is off. */
  readonly isConnectForbidden: boolean
  /** The load balancer in front of it all. */
  readonly edge: EdgeName | null
}

export type Link = { readonly hop: Hop; readonly target: Target; readonly service: Service; readonly listen: Listen }

export type Chain = {
  readonly nginx: readonly NginxConfig[]
  readonly apache: readonly ApacheConfig[]
  readonly haproxy: readonly HaproxyConfig[]
  readonly caddy: readonly CaddyConfig[]
  readonly fpm: readonly FpmConfig[]
  readonly gunicorn: readonly GunicornService[]
  readonly hops: readonly Hop[]
  readonly services: readonly Service[]
  readonly links: readonly Link[]
  readonly facts: LintFacts
}

export function forgeChain(trees: readonly ConfigTree[], facts: LintFacts): Chain {
  const of = (format: ServerName): readonly ConfigTree[] => joinFragments(trees.filter((tree) => tree.format === format))
  const versionOf = ({ format, version }: ConfigTree): string | null => version ?? facts.versions[format] ?? null
  const nginx = of('nginx').map((tree) => surveyNginx(tree.directives, versionOf(tree)))
  const apache = of('apache').map((tree) => surveyApache(tree.directives, versionOf(tree)))
  const haproxy = of('haproxy').map((tree) => surveyHaproxy(tree.directives, versionOf(tree)))
  const caddy = of('caddy').map((tree) => surveyCaddy(tree.directives, versionOf(tree)))
  const fpm = of('php-fpm').map((tree) => surveyPhpFpm(tree.directives))
  const gunicorn = of('gunicorn').map(({ directives, file }) =>
    surveyGunicorn(directives, startOf(file.path), isCommandLine(file.path, file.text)),
  )
  const gatewell = of('gatewell').map(({ file }) => readGatewell(file.path, file.text))
  const proxies = [...nginx, ...apache, ...haproxy, ...caddy, ...gatewell]
  const hops = proxies.flatMap((config): readonly Hop[] => config.hops)
  const services = [...proxies.flatMap((config): readonly Service[] => config.services), ...fpm.flatMap(({ pools }) => pools), ...gunicorn]
  return { nginx, apache, haproxy, caddy, fpm, gunicorn, hops, services, links: linkAll(hops, services), facts }
}

function startOf(file: string): Place {
  return { file, line: 1, column: 1, length: 1 }
}

/** What makes a file one that a server is started with. The others are parts of one whose whole is not at hand. */
const MAIN = new Set(['http', 'events', 'serverroot', 'includeoptional'])

function joinFragments(trees: readonly ConfigTree[]): readonly ConfigTree[] {
  const isFragment = ({ format, directives }: ConfigTree): boolean =>
    (format === 'nginx' || format === 'apache') && !directives.some(({ name }) => MAIN.has(name))
  const fragments = trees.filter(isFragment)
  const [first] = fragments
  if (first === undefined || fragments.length === 1) return trees
  const version = fragments.find((tree) => tree.version !== null)?.version ?? null
  return [
    ...trees.filter((tree) => !isFragment(tree)),
    { ...first, version, directives: fragments.flatMap(({ directives }) => directives) },
  ]
}

/** Of the services at one address, one speaks for the others. */
const SERVICES_MAX = 32

function linkAll(hops: readonly Hop[], services: readonly Service[]): Link[] {
  const listens = services.flatMap((service) => service.listens.map((listen) => ({ service, listen })))
  const byKey = Map.groupBy(listens, ({ listen }) => keyOf(listen.target))
  return hops.flatMap((hop) =>
    hop.targets.flatMap((target) => {
      const near = (byKey.get(keyOf(target)) ?? []).slice(0, SERVICES_MAX)
      return near
        .filter(({ service, listen }) => !service.hops.includes(hop) && isReached(target, listen.target, hop, service))
        .map(({ service, listen }) => ({ hop, target, service, listen }))
    }),
  )
}

function keyOf(target: Target): string | number {
  return target.kind === 'unix' ? plainPath(target.path) : target.port
}

function isReached(target: Target, listen: Target, hop: Hop, service: Service): boolean {
  if (target.kind === 'unix' || listen.kind === 'unix') return target.kind === listen.kind
  if (target.port === 0) return false
  if (target.host === listen.host) return true
  if (isLoopbackHost(target.host)) return listen.host === '' || isLoopbackHost(listen.host)
  // Another machine, or a container: of the files at hand it is that one, unless it is the same program, which cannot be both.
  const isAnother = service.server !== hop.server || service.place.file !== hop.place.file
  return isAnother && (listen.host === '' || isName(target.host))
}

/** `/var/run` is a link to `/run`. */
function plainPath(path: string): string {
  return path.replace(/^\/var\/run\//, '/run/').replace(/\/+/g, '/')
}

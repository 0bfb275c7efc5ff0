/**
 * What an app depends on: `tcp://host:port`, `postgres://…`, `mysql://…`, `redis://…`. It may be the app's own connection string: user,
 * password and all behind the port are dropped here, so that they get no further.
 */
import { isIPv6 } from 'node:net'
import { bracket, isPort, splitHostPort, toHostName } from './address.ts'
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'
import type { DependencyPlan } from './plan.ts'

const FORMS = 'Write tcp://host:port, postgres://host, mysql://host or redis://host.'
const EXAMPLE = 'tcp://db.internal:5432'

/** By scheme: what is spoken there, and its usual port; 0: it has none. */
const SCHEMES: Readonly<Record<string, readonly [DependencyPlan['kind'], number]>> = {
  tcp: ['tcp', 0],
  postgres: ['postgres', 5432],
  postgresql: ['postgres', 5432],
  mysql: ['mysql', 3306],
  mariadb: ['mysql', 3306],
  redis: ['redis', 6379],
}

export function parseDependency(input: unknown): Parsed<DependencyPlan> {
  if (typeof input !== 'string') return wrongType(`a URL such as ${EXAMPLE}`, input)
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(input) ?? []
  // A password may hold what it should not, a slash say.
  const shown = quote(`${scheme}${scheme === '' ? '' : '://'}${(scheme === '' ? input : rest).split('@').at(-1)}`)
  if (scheme === '') return misread(`${shown} is not a URL. ${FORMS}`, splitHostPort(input) === null ? null : `tcp://${input}`)
  const known = SCHEMES[scheme.toLowerCase()]
  if (known === undefined) return misread(`${shown}: Gatewell cannot ask ${scheme}. ${FORMS}`)
  const [kind, usualPort] = known
  const authority = (/^[^/?#]*/.exec(rest)![0].split('@').at(-1) ?? '').replace(/:$/, '')
  const isPortless = /^\[[^[\]]*\]$|^[^:]+$/.test(authority)
  const split = splitHostPort(isPortless && usualPort > 0 ? `${authority}:${usualPort}` : authority)
  if (split === null) return misread(`${shown} has no valid host and port. ${FORMS}`)
  const host = isIPv6(split.host) ? split.host : toHostName(split.host)
  if (host === null) return misread(`${shown} has neither a host name nor an IP address. ${FORMS}`)
  if (!isPort(split.port, 1)) return misread(`${shown} has no valid port: ports go from 1 to 65535.`)
  const port = Number(split.port)
  return parsed({ url: `${scheme.toLowerCase()}://${bracket(host)}:${port}`, kind, host, port })
}

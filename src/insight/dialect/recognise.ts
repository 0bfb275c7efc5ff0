/** Which server answers at an endpoint, and which hop made an error: told by what they say of themselves, and by their process. */
import { APP_ORIGINS } from './app-origin.ts'
import type { Origin } from './origin.ts'
import { PROXY_ORIGINS } from './proxy-origin.ts'

export const ORIGINS: readonly Origin[] = [...Object.values(APP_ORIGINS), ...Object.values(PROXY_ORIGINS)]

/** All that may tell it. What is not known is left out. */
export type Traits = {
  readonly server?: string | undefined
  readonly poweredBy?: string | undefined
  readonly process?: string | undefined
  /** `Keep-Alive: timeout=`. */
  readonly keepAliveS?: number | undefined
}

export type Recognised = {
  readonly origin: Origin
  readonly name: 'server' | 'x_powered_by' | 'process' | 'keep_alive_s'
  readonly value: string
}

/** The server that Gatewell speaks to. What it says comes before its process, which may be no more than an interpreter. */
export function recogniseOrigin({ server, poweredBy, process, keepAliveS }: Traits): Recognised | null {
  const bySelf = find((origin) => origin.server, server)
  if (bySelf !== null) return { origin: bySelf, name: 'server', value: server as string }
  const byApp = find((origin) => origin.poweredBy, poweredBy)
  if (byApp !== null && server === undefined) return { origin: byApp, name: 'x_powered_by', value: poweredBy as string }
  const byProcess = find((origin) => origin.process, process)
  if (byProcess !== null) return { origin: byProcess, name: 'process', value: process as string }
  // Of all that say for how long they keep a connection, only Node does not say its name.
  if (server === undefined && keepAliveS !== undefined && [5, 65, 72].includes(keepAliveS)) {
    return { origin: APP_ORIGINS.node, name: 'keep_alive_s', value: `${keepAliveS}` }
  }
  return null
}

/** What an error answer says of the hops it came through. */
export type ErrorTraits = {
  readonly server?: string | undefined
  readonly proxyStatus?: string | undefined
  readonly page?: string | undefined
  readonly squidError?: string | undefined
  readonly vercelError?: string | undefined
  readonly envoyOverloaded?: string | undefined
  readonly envoyTime?: string | undefined
}

export type Speaker = { readonly name: string; readonly origin: Origin | null; readonly by: string; readonly value: string }

/** The proxy that made the error itself, or null when it came from the app. In the order of how much each sign proves. */
export function recogniseSpeaker(traits: ErrorTraits): Speaker | null {
  const { server, proxyStatus, page, squidError, vercelError, envoyOverloaded, envoyTime } = traits
  if (proxyStatus?.includes('error='))
    return speakerOf(
      find((origin) => origin.via, proxyStatus),
      firstWord(proxyStatus),
      'proxy_status',
      proxyStatus,
    )
  if (squidError !== undefined) return speakerOf(PROXY_ORIGINS.squid, 'Squid', 'x_squid_error', squidError)
  if (vercelError !== undefined) return speakerOf(PROXY_ORIGINS.vercel, 'Vercel', 'x_vercel_error', vercelError)
  if (envoyOverloaded !== undefined) return speakerOf(PROXY_ORIGINS.envoy, 'Envoy', 'x_envoy_overloaded', envoyOverloaded)
  const byPage = page === undefined ? undefined : ORIGINS.find((origin) => origin.isProxy && origin.page === page)
  if (byPage !== undefined) return speakerOf(byPage, byPage.name, 'page_of', page as string)
  // These put their name on nothing but what they made themselves.
  const own = find((origin) => origin.server, server)
  const isOwn = own === PROXY_ORIGINS.caddy || own === PROXY_ORIGINS.alb || own === PROXY_ORIGINS.cloudfront
  const isOwnEnvoy = own === PROXY_ORIGINS.envoy && envoyTime === undefined
  return own !== null && (isOwn || isOwnEnvoy) ? speakerOf(own, own.name, 'server', server as string) : null
}

function speakerOf(origin: Origin | null, name: string, by: string, value: string): Speaker {
  return { name: origin?.name ?? name, origin, by, value }
}

function find(pattern: (origin: Origin) => RegExp | undefined, text: string | undefined): Origin | null {
  if (text === undefined || text === '') return null
  return ORIGINS.find((origin) => pattern(origin)?.test(text)) ?? null
}

function firstWord(text: string): string {
  return text.split(/[;,\s]/, 1)[0] as string
}

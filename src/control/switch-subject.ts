/** Which endpoint, upstream or route an operator means, or that there is none. Pure. */
import { splitHostPort } from '../config/address.ts'
import { quote } from '../config/parsed.ts'
import { findSimilar } from '../config/suggestion.ts'
import { done, type Refused, type Result, refused } from './admin/operation.ts'

/** What there is to be switched now: of the plan, and of the names that it resolves. */
export type Subjects = {
  /** Endpoints by their URLs. */
  readonly upstreams: readonly { readonly name: string; readonly endpoints: readonly string[] }[]
  readonly routes: readonly string[]
}

export type EndpointSubject = { readonly upstream: string; readonly endpoint: string }

/** `text` as the status shows it, without its scheme, or its port alone. The same endpoint may be in several upstreams. */
export function findEndpoints(subjects: Subjects, text: string, upstream?: string): Result<readonly EndpointSubject[]> {
  const within = upstream === undefined ? subjects.upstreams : subjects.upstreams.filter(({ name }) => name === upstream)
  if (upstream !== undefined && within.length === 0) return noUpstream(subjects, upstream)
  const found = within.flatMap(({ name, endpoints }) =>
    endpoints.filter((url) => isMeant(url, text)).map((endpoint) => ({ upstream: name, endpoint })),
  )
  const urls = new Set(found.map(({ endpoint }) => endpoint))
  if (urls.size === 1) return done(found)
  if (urls.size > 1) return refused(400, `${quote(text)} could be any of ${[...urls].join(', ')}. Name one of them whole.`)
  const known = within.flatMap(({ endpoints }) => endpoints)
  return refused(
    404,
    `There is no endpoint ${quote(text)}${upstream === undefined ? '' : ` in upstream ${upstream}`}. ${hint(text, known)}`,
  )
}

export function checkUpstream(subjects: Subjects, name: string): Refused | null {
  return subjects.upstreams.some((one) => one.name === name) ? null : noUpstream(subjects, name)
}

export function checkRoute({ routes }: Subjects, name: string): Refused | null {
  return routes.includes(name) ? null : refused(404, `There is no route ${quote(name)}. ${hint(name, routes)}`)
}

/** It is written as an address, which no name of an upstream is. */
export function isAddress(text: string): boolean {
  return /^(?:https?|h2c|unix|fastcgi|srv):/.test(text) || text.includes('/') || splitHostPort(text) !== null || /^:?\d+$/.test(text)
}

function isMeant(url: string, text: string): boolean {
  if (url === text || url === text.replace(/\/$/, '')) return true
  const bare = url.replace(/^[a-z0-9]+:\/\//, '')
  return bare === text || bare.endsWith(`:${text.replace(/^:/, '')}`)
}

function noUpstream({ upstreams }: Subjects, name: string): Refused {
  const names = upstreams.map((one) => one.name)
  return refused(404, `There is no upstream ${quote(name)}. ${hint(name, names)}`)
}

const SHOWN_MAX = 8

function hint(word: string, known: readonly string[]): string {
  const similar = findSimilar(word, known)
  if (similar !== null) return `Did you mean ${similar}?`
  if (known.length === 0) return 'There are none.'
  return `There ${known.length === 1 ? 'is' : 'are'} ${known.slice(0, SHOWN_MAX).join(', ')}${known.length > SHOWN_MAX ? ', …' : ''}.`
}

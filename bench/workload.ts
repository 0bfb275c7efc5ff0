/** What the proxies are asked to do. The names are what `--workload` takes. */
import type { Load } from './load.ts'

export type Workload = { readonly name: string; readonly title: string; readonly load: Load }

export const HELLO: Load = { path: '/small', connections: 64 }

/** Every proxy does each of these, round by round. */
export const WORKLOADS: readonly Workload[] = [
  { name: 'small', title: 'small GET, 64 connections kept alive', load: HELLO },
  { name: 'small-1000', title: 'small GET, 1,000 connections kept alive', load: { path: '/small', connections: 1_000 } },
  { name: '64k', title: '64 KiB response, 64 connections', load: { path: '/64k', connections: 64 } },
  { name: '1m', title: '1 MiB response, 64 connections', load: { path: '/1m', connections: 64 } },
  { name: 'post', title: 'POST of 16 KiB, 64 connections', load: { path: '/post', connections: 64, bodyBytes: 16 * 1_024 } },
  {
    name: 'connect',
    title: 'small GET, a new connection each',
    load: { path: '/small', connections: 64, headers: { Connection: 'close' } },
  },
]

/** Gatewell against itself: the request goes to the last of 10,000 routes, or to the only one. */
export const ROUTES: Workload = {
  name: 'routes',
  title: 'small GET to the last of 10,000 routes, 64 connections',
  load: { path: '/part-99/page', connections: 64, headers: { Host: 'site-99.example' } },
}

export const IDLE = { name: 'idle', title: '10,000 idle connections, each after one request', connections: 10_000, load: HELLO } as const

/** Gatewell against itself: what two workers carry, of what one does. */
export const WORKERS = { name: 'workers', title: 'two workers against one, 64 connections' } as const

export const WORKLOAD_NAMES: readonly string[] = [...WORKLOADS.map(({ name }) => name), ROUTES.name, IDLE.name, WORKERS.name, 'logs']

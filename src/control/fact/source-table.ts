/** What is looked at after which causes. One row a kind of fact; they are gathered side by side and know nothing of each other. */
import { isIP } from 'node:net'
import { CAUSE_IDS, CAUSES, type CauseId } from '../../causes/catalogue.ts'
import { parseEndpoint } from '../../config/endpoint-url.ts'
import type { Plan, UpstreamPlan } from '../../config/plan.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'
import { attemptOf } from '../../insight/diagnosis/case.ts'
import type { Facts, ListenerFact, NameFact } from '../../insight/diagnosis/diagnosis.ts'
import type { Address, EndpointAddress, NamedAddress } from '../../net/address.ts'
import { Resolver } from '../../net/resolver.ts'
import type { Wheel } from '../../std/wheel.ts'
import { probeDependency } from './dependency.ts'
import { countLocalPorts, findListening, isOwnAddress } from './listening.ts'
import { readDescriptors, readDisk, readLoad, readMemory, readSocketFile } from './machine.ts'
import { askPhp } from './php-pool.ts'
import { findProcess } from './process.ts'
import { type Asking, askServer, askTls, tryConnection } from './question.ts'

export type Surroundings = {
  readonly cause: CauseId
  readonly record: FailureRecord
  /** The endpoint, or null where none is concerned. */
  readonly address: EndpointAddress | null
  readonly upstream: UpstreamPlan | null
  readonly plan: Plan
  readonly wheel: Wheel
  readonly asking: Asking
  readonly signal: AbortSignal
  readonly pids: readonly number[]
  readonly folder: string
  readonly killed: () => Promise<{ killed: number; killedLately: number }>
}

export type Source = {
  readonly causes: readonly CauseId[] | 'any'
  readonly find: (place: Surroundings) => Promise<Partial<Facts> | null>
}

const UNCONNECTED: readonly CauseId[] = ['connect-refused', 'connect-timeout', 'connect-unreachable', 'dns-stale']
const UNIX: readonly CauseId[] = ['socket-missing', 'socket-permission', 'backlog-overflow', 'connect-refused']
const BROKEN: readonly CauseId[] = ['reset-before-response', 'closed-before-response', 'truncated-body', 'request-write-failed']
const SLOW: readonly CauseId[] = ['response-timeout', 'deadline-exceeded', 'idle-timeout', 'request-write-timeout']
const ANSWERED: readonly CauseId[] = [
  'upstream-5xx',
  'upstream-overloaded',
  'malformed-response',
  'header-too-large',
  'content-length-mismatch',
]
const OF_APP: readonly CauseId[] = [...BROKEN, ...SLOW, 'upstream-5xx', 'upstream-overloaded', 'overload-shed', 'no-healthy-upstream']
/** Requests that are wrong by themselves say nothing about this machine. */
const BEHIND = CAUSE_IDS.filter((id) => CAUSES[id].side === 'upstream' || CAUSES[id].side === 'app')
const OWN: readonly CauseId[] = ['fd-exhaustion', 'local-resource-exhausted', 'port-exhaustion', 'overload-shed', 'gateway-internal']

export const SOURCES: readonly Source[] = [
  { causes: [...BEHIND, 'socket-permission', 'overload-shed'], find: findListeners },
  { causes: UNIX, find: async ({ address }) => (address?.kind === 'unix' ? { socket: await readSocketFile(address.path) } : null) },
  {
    causes: [...UNCONNECTED, 'backlog-overflow', 'no-healthy-upstream'],
    find: async ({ address, asking }) => (isReachable(address) ? { connection: await tryConnection(address, asking) } : null),
  },
  {
    causes: [...BROKEN, ...SLOW, ...ANSWERED, 'keepalive-race', 'upgrade-failed', 'overload-shed'],
    find: async ({ address, asking }) => {
      const server = isReachable(address) ? await askServer(address, asking) : null
      return server === null ? null : { server }
    },
  },
  {
    causes: ['reset-before-response', 'closed-before-response', 'plaintext-to-tls-port'],
    find: async ({ address, asking, record }) => {
      const host = record.host.replace(/:\d+$/, '')
      const shown = isReachable(address) ? await askTls(address, asking, host === '' ? undefined : host) : null
      return shown === null ? null : shown === false ? { isTls: false } : { isTls: true, certificate: shown }
    },
  },
  { causes: UNCONNECTED, find: lookUp },
  {
    causes: [...OF_APP, 'connect-refused'],
    find: async ({ upstream, asking }) => {
      const dependencies = await Promise.all((upstream?.dependencies ?? []).map((one) => probeDependency(one, asking)))
      return dependencies.length === 0 ? null : { dependencies }
    },
  },
  {
    causes: [...OF_APP, 'connect-timeout', 'backlog-overflow'],
    find: async ({ upstream, signal }) => {
      const php = upstream?.phpStatus ? await askPhp(upstream.phpStatus, signal) : null
      return php === null ? null : { php }
    },
  },
  {
    causes: [...BEHIND, ...OWN],
    find: async ({ killed }) => {
      const [memory, counts] = await Promise.all([readMemory(), killed()])
      return memory === null ? null : { memory: { ...memory, ...counts } }
    },
  },
  { causes: [...OF_APP, ...OWN], find: async () => ({ load: readLoad() }) },
  {
    causes: [...OF_APP, ...OWN],
    find: async ({ folder }) => {
      const disk = await readDisk(folder)
      return disk === null ? null : { disk }
    },
  },
  {
    causes: OWN,
    find: async ({ pids }) => {
      const descriptors = await readDescriptors(pids)
      return descriptors === null ? null : { descriptors }
    },
  },
  {
    causes: ['port-exhaustion'],
    find: async ({ address }) => {
      const ports = address?.kind === 'tcp' ? await countLocalPorts(address.host, address.port) : null
      return ports === null ? null : { ports }
    },
  },
]

async function findListeners({ address, signal }: Surroundings): Promise<Partial<Facts> | null> {
  if (!isReachable(address)) return null
  const isLocal = address.kind === 'unix' || address.host === 'localhost' || isOwnAddress(address.host)
  const found = isLocal ? await findListening(address) : null
  if (found === null) return { isLocal }
  const listeners: ListenerFact[] = []
  for (const { inode, ...one } of found.slice(0, 8)) {
    const process = await findProcess(inode, signal)
    listeners.push(process === null ? one : { ...one, process })
  }
  return { isLocal, listeners }
}

/** What the name servers say now, asked anew. */
async function lookUp({ record, plan, wheel, asking }: Surroundings): Promise<Partial<Facts> | null> {
  const attempt = attemptOf(record)
  const parsed = attempt === null ? null : parseEndpoint(attempt.endpoint)
  if (parsed?.ok !== true || parsed.value.address.kind !== 'tcp') return null
  const address: NamedAddress = parsed.value.address
  if (isIP(address.host) !== 0) return null
  const tried = attempt?.evidence.find(({ name }) => name === 'cached_addresses' || name === 'address')?.value.toString() ?? ''
  const used = tried.split(' ').filter((one) => isIP(one) !== 0)
  const resolver = new Resolver(plan.resolver, asking.clock, wheel)
  try {
    return {
      name: await new Promise<NameFact>((resolve) => {
        resolver.resolve(address, (outcome) => {
          if (outcome.kind === 'resolution') return resolve({ host: address.host, used, fresh: outcome.places.map((one) => one.address) })
          const code = outcome.evidence.find(({ name }) => name === 'code')?.value.toString()
          resolve({ host: address.host, used, fresh: [], ...(code === undefined ? {} : { code }) })
        })
      }),
    }
  } finally {
    resolver.close()
  }
}

/** A service of SRV records has no port of its own. */
function isReachable(address: EndpointAddress | null): address is Address {
  return address !== null && address.kind !== 'srv' && (address.kind === 'unix' || address.port > 0)
}

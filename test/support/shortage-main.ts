/**
 * A process: a gateway in front of two servers, in a network with few local ports or with few descriptors. It asks as its scenario says
 * and prints what came of it, as JSON. Clients come over a unix socket, which needs no port.
 */
import { closeSync, openSync } from 'node:fs'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { NO_SWITCHES } from '../../src/gateway/switches.ts'
import { type Finished, type RunningGateway, startGateway } from './gateway.ts'
import { SiteServer } from './named-site.ts'
import { RawClient } from './raw-client.ts'

export type Shortage = { readonly scarce: readonly Finished[]; readonly later: readonly Finished[] }

/** Fixed, so that they are none of the few that connections may begin at. */
const PORT = 3_000
const WORK_MS = 150
const MANY = 12

const [scenario = '', socketPath = ''] = process.argv.slice(2)
const first = await SiteServer.open('127.0.0.1', PORT, WORK_MS)
const second = await SiteServer.open('127.0.0.2', PORT, WORK_MS)

/** Nearly all goes to the first; the second is for what it cannot take. */
async function start(): Promise<RunningGateway> {
  const endpoints = [first, second].map(({ host }, index) => ({
    url: `http://${host}:${PORT}`,
    address: { kind: 'tcp', host, port: PORT } as const,
    weight: index === 0 ? 1_000 : 1,
    isBackup: false,
  }))
  const gateway = await startGateway({ endpoints: [], upstream: { endpoints, balance: 'round-robin' } })
  await gateway.gateway.listen({ name: 'unix', address: { kind: 'unix', path: socketPath } })
  return gateway
}

function ask(): Promise<number> {
  return new Promise((resolve, reject) => {
    const one = request({ socketPath, agent: false }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0)))
    one.on('error', reject).end()
  })
}

/** Each of them is under way while the others are. */
async function askMany(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, ask))
}

const SCENARIOS: Readonly<Record<string, (gateway: RunningGateway) => Promise<void>>> = {
  /** More at a time than there are ports towards one server. */
  ports: () => askMany(MANY),
  /** More than there are towards both of them. */
  'all-ports': () => askMany(4 * MANY),
  /** The last descriptor is taken; the second server has a connection open. */
  descriptors: async (gateway) => {
    gateway.gateway.operate({ ...NO_SWITCHES, drained: [{ upstream: 'app', endpoint: `http://${first.host}:${PORT}` }] })
    await ask()
    gateway.gateway.operate(NO_SWITCHES)
    gateway.finished.length = 0
    await askWithout(gateway)
  },
  /** And nothing is open. */
  'all-descriptors': (gateway) => askWithout(gateway),
}

/** One request on a connection that is open already, while there is no descriptor for another. */
async function askWithout({ port }: RunningGateway): Promise<void> {
  const client = await RawClient.open(port)
  const taken: number[] = []
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'))
  } catch {
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    await client.answer()
  }
  for (const descriptor of taken) closeSync(descriptor)
  client.close()
}

const gateway = await start()
await SCENARIOS[scenario]?.(gateway)
const scarce = gateway.finished.splice(0)
await sleep(2 * WORK_MS)
await askMany(2)
console.log(JSON.stringify({ scarce, later: gateway.finished } satisfies Shortage))
process.exit(0)

/** Faults in the answer itself. */

import { once } from 'node:events'
import { createServer } from 'node:http2'
import type { Address } from '../../net/address.ts'
import { afterHead, served } from './exchange-fault.ts'
import { ask, type Fault } from './fault.ts'
import type { Script } from './origin.ts'

/** TLS alert, fatal, handshake_failure: RFC 8446 §6. */
const TLS_ALERT = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28])
const UPGRADE = 'GET / HTTP/1.1\r\nHost: rehearsal.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

export const ANSWER_FAULTS = {
  'malformed-response': {
    describe: 'The answer gives its length twice, and differently.',
    stage: (stage) => served(stage, saying('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok')),
  },
  'header-too-large': {
    describe: 'The header of the answer has 100 KiB.',
    stage: (stage) => served(stage, saying(`HTTP/1.1 200 OK\r\nX-Large: ${'x'.repeat(100 * 1024)}\r\n\r\n`)),
  },
  'http-protocol-mismatch': {
    describe: 'The server speaks HTTP/2 only.',
    stage: async (stage) => {
      const server = createServer()
      server.listen(0, '127.0.0.1')
      await stage.keep(once(server, 'listening').then(() => server))
      const endpoint: Address = { kind: 'tcp', host: '127.0.0.1', port: (server.address() as { port: number }).port }
      return { setup: { endpoints: [endpoint] } }
    },
  },
  'plaintext-to-tls-port': {
    describe: 'The server expects TLS and takes the request for a broken handshake.',
    stage: (stage) => served(stage, saying(TLS_ALERT)),
  },
  'upgrade-failed': {
    describe: 'The server agrees to a switch of protocols without saying to which.',
    stage: async (stage) => {
      const { setup } = await served(stage, saying('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n'))
      return { setup, act: (gateway) => ask(stage, gateway, UPGRADE) }
    },
  },
  'truncated-body': {
    describe: 'The server closes the connection when half of its answer is sent.',
    stage: (stage) => served(stage, saying(`HTTP/1.1 200 OK\r\nContent-Length: 10240\r\n\r\n${'x'.repeat(5_000)}`)),
  },
  'content-length-mismatch': {
    describe: 'The server sends more than its Content-Length says.',
    outcome: 'relayed',
    stage: (stage) => served(stage, saying('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and a warning')),
  },
  'upstream-overloaded': {
    describe: 'The server answers 503.',
    outcome: 'relayed',
    stage: (stage) => served(stage, saying('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy')),
  },
  'upstream-5xx': {
    describe: 'The server answers 500.',
    outcome: 'relayed',
    stage: (stage) => served(stage, saying('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops')),
  },
} as const satisfies Record<string, Fault>

/** Answers the first request of a connection like this, and closes it. */
function saying(bytes: string | Buffer): Script {
  return afterHead((connection) => {
    connection.send(bytes)
    connection.end()
  })
}

/**
 * @fastify/http-proxy over its own undici pool, with as many connections to the origin as there are clients. It hands on the origin's
 * `Connection: keep-alive` to clients that asked for `close`, which wrk rightly counts as an error.
 */
import proxy from '@fastify/http-proxy'
import createFastify from 'fastify'
import { KEEP_ALIVE_MS, port, target } from './setting.ts'

const fastify = createFastify({ logger: false, keepAliveTimeout: KEEP_ALIVE_MS })

await fastify.register(proxy, { upstream: target, undici: { connections: 1_024, keepAliveTimeout: KEEP_ALIVE_MS } })
await fastify.listen({ port, host: '127.0.0.1', backlog: 4_096 })

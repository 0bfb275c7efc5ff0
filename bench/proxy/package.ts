/** The proxies of npm: each is a short server of `node/`, run by the same Node as Gatewell. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Contender } from './contender.ts'

export const httpxy = packaged('httpxy', 'httpxy', new URL('./node/httpxy.ts', import.meta.url))
export const httpProxy = packaged('http-proxy', 'http-proxy', new URL('./node/http-proxy.ts', import.meta.url))
export const fastify = packaged('fastify', '@fastify/http-proxy', new URL('./node/fastify.ts', import.meta.url))

function packaged(name: string, packageName: string, script: URL): Contender {
  return {
    name,
    program: null,
    version: () => JSON.parse(readFileSync(new URL(`../../node_modules/${packageName}/package.json`, import.meta.url), 'utf8')).version,
    start: ({ stage, core, port, origin }) =>
      stage.start({ name, argv: [process.execPath, fileURLToPath(script), `${port}`, `${origin}`], core, env: { NODE_ENV: 'production' } }),
  }
}

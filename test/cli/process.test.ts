/** The command line as a process of its own: started, spoken to by signals, ended. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { Child, run } from '../support/child.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const folder = mkdtempSync(join(tmpdir(), 'gatewell-cli-'))
const socket = join(folder, 'gatewell.sock')
const origin = createServer((_, response) => response.end('from the origin'))
let originPort = 0

beforeAll(async () => {
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
  originPort = (origin.address() as { port: number }).port
})
afterAll(() => {
  origin.close()
  rmSync(folder, { recursive: true })
})

function get(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, path, headers: { host: 'test' }, agent: false }, (response) => {
      let body = `${response.statusCode} `
      response.on('data', (bytes: Buffer) => {
        body += bytes.toString()
      })
      response.on('end', () => resolve(body))
    })
    asked.on('error', reject)
    asked.end()
  })
}

function configure(extra: string): void {
  const text = `listen: unix:${socket}\nadmin: { listen: off }\nworkers: 1\nupstreams: { app: { endpoints: ["http://127.0.0.1:${originPort}"] } }\n`
  writeFileSync(join(folder, 'gatewell.yaml'), text + extra)
}

test('--version prints the version of the package', async () => {
  const { stdout, stderr } = await run([process.execPath, MAIN, '--version'])
  expect({ stdout: stdout.toString(), stderr }).toEqual({ stdout: `${packageJson.version}\n`, stderr: '' })
})

test('run carries traffic, keeps its configuration when the new one is bad, takes a good one, and ends on SIGTERM', async () => {
  configure('routes: [{ to: app }]\n')
  const child = new Child([process.execPath, MAIN, 'run'], { cwd: folder })
  await child.says(/listens on +unix:/)
  expect(await get('/')).toBe('200 from the origin')

  configure('routes: [{ too: app }]\n')
  child.kill('SIGHUP')
  await child.says(/unknown key \\"too\\"[\s\S]*the former one goes on/)
  expect(await get('/')).toBe('200 from the origin')

  configure('routes: [{ to: { respond: { body: changed } } }]\n')
  child.kill('SIGHUP')
  await child.says(/The new configuration is in force/)
  expect(await get('/')).toBe('200 changed')

  child.kill('SIGTERM')
  const { code, stdout } = await child.ended
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: '' })
})

/**
 * Makes the golden files of this folder: error answers of the real servers, each with the version that made it.
 * `node test/golden/speaker/make.ts [NAME…]`. It needs the Debian packages of the servers; one that is not installed is told and left out.
 * Files ending in `.hand.json` are written by hand after the source that each names, for servers that cannot be had here.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { program } from '../../setup/program.ts'
import { answering } from '../../support/answering.ts'
import { Child } from '../../support/child.ts'
import { unusedPort } from '../../support/raw-origin.ts'
import { commandOf, SPEAKING_SERVERS, type SpeakingName, startBehind } from '../../support/speaking-server.ts'
import type { GoldenAnswer, GoldenServer } from './golden.ts'

const DEBIAN = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'an unknown system'
const BODY_BYTES_KEPT = 4_096
const AGENT = 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36\r\n'

const behind = await startBehind()
const wanted = process.argv.slice(2)
for (const name of Object.keys(SPEAKING_SERVERS) as SpeakingName[]) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  try {
    await make(name)
  } catch (error) {
    console.error(`${name} is left out: ${(error as Error).message}`)
  }
}
behind.close()

async function make(name: SpeakingName): Promise<void> {
  const { binary, version, paths } = SPEAKING_SERVERS[name]
  const folder = mkdtempSync(join(tmpdir(), `gatewell-${name}-`))
  const port = await unusedPort()
  const child = new Child(commandOf(name, folder, port, behind.ports), { cwd: folder, limitMs: 60_000 })
  try {
    await answering(port, child)
    const answers: GoldenAnswer[] = []
    for (const path of paths) {
      for (const agent of name === 'nginx' ? ['', AGENT] : ['']) {
        answers.push({ path, isBrowser: agent !== '', ...(await ask(port, path, agent)) })
      }
    }
    const golden: GoldenServer = { server: name, made: `${versionOf([...version(program(binary))])}, ${DEBIAN}`, answers }
    writeFileSync(join(import.meta.dirname, `${name}.json`), `${JSON.stringify(golden, null, 2)}\n`)
    console.log(name, golden.made, answers.map(({ path, status }) => `${path} ${status}`).join(' '))
  } finally {
    await child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Some tell it on standard error. */
function versionOf([command = '', ...words]: string[]): string {
  const shell = ['-c', '"$@" 2>&1', 'sh', command, ...words]
  return (execFileSync('sh', shell, { encoding: 'utf8' }).split('\n')[0] as string).trim()
}

function ask(port: number, path: string, agent: string): Promise<Pick<GoldenAnswer, 'status' | 'fields' | 'body' | 'bodyBytes'>> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer at ${path}`)))
    socket.on('error', reject)
    socket.on('data', (bytes) => {
      received += bytes.latin1Slice()
    })
    socket.on('close', () => {
      const [head = '', ...rest] = received.split('\r\n\r\n')
      const [line = '', ...lines] = head.split('\r\n')
      const fields = lines.flatMap((one) => [one.slice(0, one.indexOf(':')), one.slice(one.indexOf(':') + 1).trim()])
      const whole = rest.join('\r\n\r\n')
      const body = /^transfer-encoding: chunked/im.test(head) ? unchunked(whole) : whole
      if (line === '') return reject(new Error(`it closed without an answer at ${path}`))
      resolve({ status: Number(line.split(' ')[1]), fields, body: body.slice(0, BODY_BYTES_KEPT), bodyBytes: body.length })
    })
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n${agent}Connection: close\r\n\r\n`)
  })
}

function unchunked(text: string): string {
  let body = ''
  for (let rest = text; rest !== ''; ) {
    const size = Number.parseInt(rest, 16)
    const begin = rest.indexOf('\r\n') + 2
    if (!(size > 0)) break
    body += rest.slice(begin, begin + size)
    rest = rest.slice(begin + size + 2)
  }
  return body
}

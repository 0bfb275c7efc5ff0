/** The servers that start quickly are asked for real: what is installed here may be newer than the golden files. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recogniseSpeaker } from '../../src/insight/speaker/speaker.ts'
import { answering } from '../support/answering.ts'
import { Child } from '../support/child.ts'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { ask } from '../support/raw-client.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { commandOf, type SpeakingName, startBehind } from '../support/speaking-server.ts'

async function speakerAt(port: number, path: string): Promise<ReturnType<typeof recogniseSpeaker>> {
  const answer = await ask(port, `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`)
  if (answer === null) throw new Error('no answer')
  const body = answer.body.latin1Slice()
  return recogniseSpeaker({ status: answer.status, fields: [...answer.fields].flat(), body, bodyBytes: body.length })
}

test.for<SpeakingName>(['nginx', 'apache', 'haproxy'])('%s', { timeout: 20_000 }, async (name) => {
  const folder = mkdtempSync(join(tmpdir(), `gatewell-${name}-`))
  closing({ close: () => rmSync(folder, { recursive: true, force: true }) })
  const behind = closing(await startBehind())
  const port = await unusedPort()
  const child = new Child(commandOf(name, folder, port, behind.ports), { cwd: folder, limitMs: 15_000 })
  closing({ close: async () => void (await child.stop()) })
  await answering(port, child)
  expect(await speakerAt(port, '/closed')).toMatchObject({ server: name, page: 'own' })
  expect(await speakerAt(port, '/relayed')).toMatchObject({ server: 'node', isProxy: false })
})

test('Gatewell, which says the cause as well', async () => {
  const gateway = closing(await startGateway({ endpoints: [await unusedPort()], retry: { attempts: 1 } }))
  const speaker = await speakerAt(gateway.port, '/')
  expect(speaker).toMatchObject({ server: 'gatewell', page: 'own', cause: 'connect-refused' })
  expect(speaker?.confidence).toBeGreaterThan(0.9)
})

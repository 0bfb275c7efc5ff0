/** The switch to WebSocket, asked for and, once granted, left at once. RFC 6455 §4. Of a page, a refusal is as it should be. */
import { createHash, randomBytes } from 'node:crypto'
import { evidence } from '../../causes/failure.ts'
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { causeOfStatus } from '../../gateway/judge.ts'
import { fieldMapOf } from '../speaker/hop.ts'
import { type Entrance, nameOf, openEntrance } from './entrance.ts'
import { type Answer, ask } from './exchange.ts'
import type { Instruments } from './instrument.ts'
import type { Hop } from './report.ts'
import type { WebTarget } from './target.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export async function askToSwitch(tools: Instruments, target: WebTarget, entrance: Entrance): Promise<Hop> {
  const beganMs = tools.now()
  const key = randomBytes(16).toString('base64')
  const line = await openEntrance(tools, entrance)
  const fields = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n`
  const outcome = line.kind === 'trouble' ? line : await ask(tools, line.stream, { authority: target.authority, path: target.path, fields })
  if (line.kind === 'line') line.stream.destroy()
  const cause = outcome.kind === 'trouble' ? outcome.cause : causeOf(outcome, key)
  const isWrong = target.isWebSocket && cause !== null
  const accepted = cause === null
  return {
    name: nameOf(entrance.prefix, 'websocket'),
    address: target.url,
    ok: !isWrong,
    ...(isWrong ? { cause } : {}),
    timings: { beganMs, ms: tools.since(beganMs) },
    evidence: [
      ...evidence({ switched: accepted, status: outcome.kind === 'answer' ? outcome.status : undefined }),
      ...(outcome.kind === 'trouble' ? outcome.evidence : evidence({ reason: accepted ? undefined : reasonOf(outcome, key) })),
    ],
  }
}

function causeOf(answer: Answer, key: string): KnownCauseId | null {
  if (answer.status === 101) return reasonOf(answer, key) === undefined ? null : 'upgrade-failed'
  return causeOfStatus(answer.status) ?? 'upgrade-failed'
}

function reasonOf({ status, upgrade, fields }: Answer, key: string): string | undefined {
  if (status !== 101) return status === 400 || status === 426 ? 'the server did not see the wish to switch' : undefined
  if (upgrade.toLowerCase() !== 'websocket') return `it switched to ${JSON.stringify(upgrade)}`
  const proof = createHash('sha1').update(`${key}${GUID}`).digest('base64')
  return fieldMapOf(fields).get('sec-websocket-accept') === proof ? undefined : 'its answer does not fit the key that was sent'
}

/** Answers, at the address that resolv.conf names, as the name server of a case does. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type NameAnswer, NameServer } from '../../../../src/insight/fault/name-server.ts'
import type { Scene } from './scene.ts'

export async function startNameServer(scene: Scene, answer: NameAnswer): Promise<void> {
  const names = await NameServer.open(() => answer)
  const [host = '', port = ''] = names.address.split(':')
  const front = createSocket('udp4')
  front.bind(53, '127.0.0.1')
  await once(front, 'listening')
  front.on('message', (query, from) => {
    const back = createSocket('udp4')
    back.on('message', (reply) => {
      front.send(reply, from.port, from.address)
      back.close()
    })
    back.send(query, Number(port), host)
    back.unref()
  })
  scene.keep(() => {
    front.close()
    names.close()
  })
}

import { describe, expect, test } from 'vitest'
import type { OriginConnection } from '../support/raw-origin.ts'
import { feed, get, head, post, type Rig, settle, startRig } from './rig.ts'

describe('Incomplete requests (RFC 9112 §8)', () => {
  const whole = [post(['Content-Length: 5'], 'hello'), post(['Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n')]

  test('a request that breaks off anywhere is never a whole one upstream, and gets no answer', async () => {
    const rig = await startRig()
    for (const request of whole) {
      for (let length = 1; length < request.length; length += 3) {
        const client = await rig.client()
        client.send(request.slice(0, length))
        client.socket.end()
        expect((await client.end()).latin1Slice()).toBe('')
        client.close()
      }
    }
    expect(rig.seen).toEqual([])
    for (const connection of rig.origin.connections) while (!connection.isEnded) await connection.more()
  })

  test('a body that breaks off is recorded as the client leaving', async () => {
    const rig = await startRig()
    const client = await rig.client()
    client.send((whole[0] as string).slice(0, -2))
    await settle()
    client.socket.end()
    expect((await rig.gateway.finishedCount(1))[0]).toMatchObject({ status: 499, cause: 'client-closed' })
  })
})

describe('Incomplete answers (RFC 9112 §8)', () => {
  /** An origin whose every connection gets `answered` and then ends in that way. */
  function ending(answered: string, end: (connection: OriginConnection) => void): Promise<Rig> {
    return startRig({ retry: { attempts: 1, isHolding: false } }, undefined, async (connection) => {
      if ((await connection.head()) === null) return
      await feed(connection, answered, answered.length)
      await settle()
      end(connection)
    })
  }
  const fin = (connection: OriginConnection): void => connection.end()
  const rst = (connection: OriginConnection): void => connection.reset()
  const chunked = head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')
  const declared = head('HTTP/1.1 200 OK', 'Content-Length: 6')

  test.for([
    ['a declared length, ended by FIN', `${declared}hello`, fin],
    ['a declared length, ended by RST', `${declared}hello`, rst],
    ['a declared length, nothing of it', declared, fin],
    ['a chunk not whole', `${chunked}6\r\nhello`, fin],
    ['no last chunk', `${chunked}5\r\nhello\r\n`, fin],
    ['a last chunk without its empty line', `${chunked}5\r\nhello\r\n0\r\n`, fin],
    ['trailers without their empty line', `${chunked}5\r\nhello\r\n0\r\nX: y\r\n`, fin],
    ['chunks, ended by RST', `${chunked}5\r\nhello\r\n`, rst],
    ['a length until close, ended by RST', `${head('HTTP/1.1 200 OK')}hello`, rst],
  ] as const)('%s: the client sees that it is not whole', async ([, answered, end]) => {
    const rig = await ending(answered, end)
    const client = await rig.client()
    client.send(get())
    const received = (await client.end()).latin1Slice()
    expect(client.isReset).toBe(true)
    expect(received).not.toMatch(/\r\n0\r\n\r\n$/)
    expect(rig.gateway.finished).toMatchObject([{ cause: 'truncated-body', status: 200 }])
  })

  test.for([
    ['nothing', '', fin, 'closed-before-response'],
    ['nothing, and RST', '', rst, 'reset-before-response'],
    ['half a status line', 'HTTP/1.1 20', fin, 'closed-before-response'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-', fin, 'closed-before-response'],
    ['a head without its empty line', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n', fin, 'closed-before-response'],
    ['an interim answer alone', head('HTTP/1.1 103 Early Hints'), fin, 'closed-before-response'],
  ] as const)('%s of an answer is a failure with a name', async ([, answered, end, cause]) => {
    const rig = await ending(answered, end)
    const client = await rig.client()
    client.send(get())
    let answer = await client.answer()
    if (answer?.status === 103) answer = await client.answer()
    expect(answer?.status).toBe(502)
    expect(answer?.fields.get('proxy-status')).toContain(`details="${cause}"`)
  })

  test('one of declared length that is held is answered with 502 in full', async () => {
    const rig = await startRig({ retry: { attempts: 1 } }, undefined, async (connection) => {
      if ((await connection.head()) === null) return
      connection.send(`${declared}hello`)
      connection.end()
    })
    const answer = await rig.ask(get())
    expect(answer?.status).toBe(502)
    expect(answer?.fields.get('proxy-status')).toContain('details="truncated-body"')
    expect(answer?.body.latin1Slice()).not.toContain('hello')
  })
})

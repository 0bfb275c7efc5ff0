/** Where TCP cuts a message must not matter: each of these is cut at every place, in two and in three. */
import { describe, expect, test } from 'vitest'
import type { RawAnswer } from '../support/raw-client.ts'
import { get, head, post, type Rig, type Seen, settle, startRig } from './rig.ts'

const TRAILED = '5;a="b"\r\nhello\r\n1\r\n!\r\n0\r\nT: u\r\n\r\n'

const REQUESTS: Readonly<Record<string, string>> = {
  'a GET behind an empty line': `\r\n${get('A:  b ', 'Connection: x', 'X: 1')}`,
  'a body of declared length': post(['Content-Length: 11'], '0\r\n\r\nGET / '),
  'a body in chunks with trailers': post(['Transfer-Encoding: chunked'], TRAILED),
  'three requests behind each other': `${post(['Content-Length: 2'], 'hi')}${get()}${post(['Transfer-Encoding: chunked'], TRAILED)}`,
  'a request behind which another is refused': `${get()}GET / HTTP/1.1\r\nX : y\r\n\r\n`,
}

const ANSWERS: Readonly<Record<string, string>> = {
  'a body of declared length': `${head('HTTP/1.1 200 OK', 'A:  b ', 'Content-Length: 7')}0\r\n\r\nHT`,
  'a body in chunks with trailers': `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}${TRAILED}`,
  'interim answers before it': `${head('HTTP/1.1 100 Continue')}${head('HTTP/1.1 103 Early Hints', 'Link: a')}${head('HTTP/1.1 204 No Content')}`,
  'an answer that is malformed': head('HTTP/1.1 200 OK', 'Content-Length: 5', 'X : y'),
}

/** Sends `text` cut at `places`. */
async function sendCut(target: { send(bytes: string): void }, text: string, places: readonly number[]): Promise<void> {
  let from = 0
  for (const place of [...places, text.length]) {
    if (place > from) target.send(text.slice(from, place))
    from = place
    await settle()
  }
}

/** Every place, alone and with the one two bytes on, so that short pieces are among them. */
function* cuts(text: string): Generator<number[]> {
  for (let place = 1; place < text.length; place++) yield place + 2 < text.length ? [place, place + 2] : [place]
}

const told = (answer: RawAnswer | null): object => ({
  status: answer?.status,
  body: answer?.body.latin1Slice().replace(/request [0-9a-f]+-[0-9a-z]+/, ''),
  trailers: answer?.trailers,
  fields: [...(answer?.fields ?? [])].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name)),
})

describe('Requests (RFC 9112 §2.1)', () => {
  const seenAs = ({ line, fields, body, trailers }: Seen): object => ({
    ...{ line, body, trailers },
    fields: fields.filter((one) => !one.startsWith('X-Request-Id')),
  })

  async function exchange(rig: Rig, text: string, places: readonly number[], answers: number): Promise<object> {
    rig.seen.length = 0
    const client = await rig.client()
    await sendCut(client, text, places)
    const all: object[] = []
    for (let i = 0; i < answers; i++) all.push(told(await client.answer()))
    client.close()
    return { all, seen: rig.seen.map(seenAs) }
  }

  test.for(Object.entries(REQUESTS))('%s', async ([, text]) => {
    const rig = await startRig({}, (seen) => `${head('HTTP/1.1 200 OK', `Content-Length: ${seen.body.length}`)}${seen.body}`)
    const answers = text.split(' HTTP/1.1').length - 1
    const whole = await exchange(rig, text, [], answers)
    for (const places of cuts(text)) expect(await exchange(rig, text, places, answers), `cut at ${places}`).toEqual(whole)
  })
})

describe('Answers (RFC 9112 §2.1)', () => {
  test.for(Object.entries(ANSWERS))('%s', async ([, text]) => {
    let places: readonly number[] = []
    const rig = await startRig({ retry: { attempts: 1 } }, undefined, async (connection) => {
      while ((await connection.head()) !== null) await sendCut(connection, text, places)
    })
    const answers = text.split('HTTP/1.1').length - 1
    const ask = async (): Promise<object[]> => {
      const client = await rig.client()
      client.send(get())
      const all: object[] = []
      for (let i = 0; i < answers; i++) all.push(told(await client.answer()))
      client.close()
      return all
    }
    const whole = await ask()
    for (places of cuts(text)) expect(await ask(), `cut at ${places}`).toEqual(whole)
  })
})

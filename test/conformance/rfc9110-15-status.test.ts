import { describe, expect, test } from 'vitest'
import { answeredWith } from './malformation.ts'
import { get, head, startRig } from './rig.ts'

const FINAL = `${head('HTTP/1.1 200 OK', 'Content-Length: 2')}ok`

describe('Interim answers (RFC 9110 §15.2)', () => {
  const hints = head('HTTP/1.1 103 Early Hints', 'Link: </a.css>; rel=preload', 'Connection: x', 'X: hop', 'Keep-Alive: timeout=5')

  test.for([1_000, 1, 5])('103 is relayed with its fields before the answer, in steps of %i', async (stepBytes) => {
    const { client, answer, rig } = await answeredWith(hints + hints + FINAL, stepBytes)
    expect(answer?.head).toBe('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload')
    expect((await client.answer())?.status).toBe(103)
    expect((await client.answer())?.body.latin1Slice()).toBe('ok')
    rig.close()
  })

  test.for(['100 Continue', '102 Processing', '199 Own'])('%s is relayed, asked for or not', async (line) => {
    const { client, answer } = await answeredWith(head(`HTTP/1.1 ${line}`) + FINAL)
    expect(answer?.head).toBe(`HTTP/1.1 ${line}`)
    expect((await client.answer())?.status).toBe(200)
  })

  test('it has no body, whatever it says of one', async () => {
    const { client, answer } = await answeredWith(head('HTTP/1.1 103 Early Hints', 'Content-Length: 5') + FINAL)
    expect(answer?.head).toBe('HTTP/1.1 103 Early Hints')
    expect((await client.answer())?.body.latin1Slice()).toBe('ok')
  })

  test('HTTP/1.0 clients never see one', async () => {
    const { answer, client } = await answeredWith(hints + FINAL, 1, head('GET / HTTP/1.0'))
    expect(answer?.status).toBe(200)
    expect((await client.end()).length).toBe(0)
  })

  test('it does not spoil the connection to the origin', async () => {
    const rig = await startRig({}, () => hints + FINAL)
    const client = await rig.client()
    for (let i = 0; i < 3; i++) {
      client.send(get())
      expect((await client.answer())?.status).toBe(103)
      expect((await client.answer())?.status).toBe(200)
    }
    expect(rig.seen.map((one) => one.connection)).toEqual([1, 1, 1])
  })

  test('it may come long before the answer does', async () => {
    const { client, answer } = await answeredWith(hints)
    expect(answer?.status).toBe(103)
    expect(client.isEnded).toBe(false)
  })
})

describe('Answers without content (RFC 9110 §15.3.5, §15.4.5)', () => {
  const cases = [
    ['204', head('HTTP/1.1 204 No Content'), undefined],
    ['204 with a length', head('HTTP/1.1 204 No Content', 'Content-Length: 0'), undefined],
    ['204 with a length and no content', head('HTTP/1.1 204 No Content', 'Content-Length: 5'), undefined],
    ['204 in chunks that are not there', head('HTTP/1.1 204 No Content', 'Transfer-Encoding: chunked'), undefined],
    ['304', head('HTTP/1.1 304 Not Modified', 'ETag: "a"'), undefined],
    ['304 with the length that a 200 would have', head('HTTP/1.1 304 Not Modified', 'Content-Length: 1000'), '1000'],
    ['304 in chunks that are not there', head('HTTP/1.1 304 Not Modified', 'Transfer-Encoding: chunked'), undefined],
  ] as const
  test.for(cases)('%s', async ([, answered, length]) => {
    let count = 0
    const rig = await startRig({}, () => (count++ % 2 === 0 ? answered : FINAL))
    const client = await rig.client()
    client.send(get() + get() + get())
    const answer = await client.answer()
    expect(answer?.status).toBe(Number(answered.slice(9, 12)))
    expect(answer?.fields.get('content-length')).toBe(length)
    expect(answer?.fields.has('transfer-encoding')).toBe(false)
    expect((await client.answer())?.body.latin1Slice()).toBe('ok')
    expect((await client.answer())?.status).toBe(answer?.status)
    expect(rig.seen.map((one) => one.connection)).toEqual([1, 1, 1])
  })

  test('content that an origin sends all the same goes nowhere, and costs that origin the connection', async () => {
    for (const line of ['204 No Content', '304 Not Modified']) {
      const rig = await startRig({}, () => `${head(`HTTP/1.1 ${line}`, 'Content-Length: 30')}${FINAL.slice(0, 30)}`)
      const client = await rig.client()
      for (let i = 0; i < 2; i++) {
        client.send(get())
        expect((await client.answer())?.status).toBe(Number(line.slice(0, 3)))
        expect(client.received.length).toBe(0)
      }
      expect(rig.seen.map((one) => one.connection)).toEqual([1, 2])
    }
  })

  test("a fixed 204 of a route's own has no length either", async () => {
    const to = { kind: 'respond', status: 204, contentType: 'text/plain', body: '' } as const
    const rig = await startRig({
      routes: [{ name: 'all', host: '', path: '', to, bodyBytesMax: 0, criticality: 'auto' as const, errorPage: null }],
    })
    const client = await rig.client()
    client.send(get() + get())
    for (let i = 0; i < 2; i++) {
      const answer = await client.answer()
      expect(answer?.status).toBe(204)
      expect(answer?.fields.has('content-length')).toBe(false)
    }
  })
})

describe('Date (RFC 9110 §6.6.1)', () => {
  test("the origin's is kept", async () => {
    const date = 'Sun, 06 Nov 1994 08:49:37 GMT'
    const { answer } = await answeredWith(head('HTTP/1.1 200 OK', `dAtE: ${date}`, 'Content-Length: 0'))
    expect(answer?.fields.get('date')).toBe(date)
  })

  test('where there is none the gateway adds the moment', async () => {
    const { answer } = await answeredWith(FINAL)
    const date = answer?.fields.get('date') ?? ''
    expect(new Date(date).toUTCString()).toBe(date)
  })

  test("answers of the gateway's own have it", async () => {
    const rig = await startRig()
    expect((await rig.ask(head('GET / HTTP/1.1')))?.fields.get('date')).toMatch(/ GMT$/)
  })
})

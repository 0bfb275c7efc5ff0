/**
 * A gateway in front of an origin that reads strictly and answers as told, both in this process and on loopback.
 * What reached the origin is kept byte by byte, so that a test can say what exactly goes upstream.
 */
import { setImmediate } from 'node:timers/promises'
import { afterAll } from 'vitest'
import { type GatewaySetup, type RunningGateway, startGateway } from '../support/gateway.ts'
import { type RawAnswer, RawClient } from '../support/raw-client.ts'
import { type OriginConnection, type RawOrigin, type Script, startOrigin } from '../support/raw-origin.ts'

/** A request as the origin saw it. */
export type Seen = {
  readonly line: string
  /** Field lines in their order, names as they were written. */
  readonly fields: readonly string[]
  /** Decoded from its framing. */
  readonly body: string
  readonly trailers: string
  /** Ordinal of the connection that it came on. */
  readonly connection: number
}

export type Answering = (seen: Seen) => string | Buffer

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** Fields that every request carries upstream, whatever the client sent. */
const OWN = /^(?:x-forwarded-(?:for|proto|host)|forwarded|via|x-request-id): /i

const open: { close(): void }[] = []
afterAll(() => {
  for (const one of open.splice(0)) one.close()
})

export class Rig {
  readonly gateway: RunningGateway
  readonly origin: RawOrigin
  /** All requests that reached the origin. */
  readonly seen: Seen[]

  constructor(gateway: RunningGateway, origin: RawOrigin, seen: Seen[]) {
    this.gateway = gateway
    this.origin = origin
    this.seen = seen
  }

  async client(): Promise<RawClient> {
    const client = await RawClient.open(this.gateway.port)
    open.push(client)
    return client
  }

  close(): void {
    this.gateway.close()
    this.origin.close()
  }

  /** Sends `bytes` on a connection of their own. With `stepBytes` in pieces of that size, each read by itself. */
  async ask(bytes: string, options: { method?: string; stepBytes?: number } = {}): Promise<RawAnswer | null> {
    const client = await this.client()
    await feed(client, bytes, options.stepBytes ?? bytes.length)
    try {
      return await client.answer(options.method ?? bytes.slice(0, bytes.indexOf(' ')))
    } finally {
      client.close()
    }
  }

  /** What the origin sees of a request: its line, the fields but for those that every request gets, its body. */
  async upstream(bytes: string, stepBytes?: number): Promise<Seen | null> {
    const before = this.seen.length
    const answer = await this.ask(bytes, stepBytes === undefined ? {} : { stepBytes })
    const seen = this.seen[before]
    if (answer === null || seen === undefined) return null
    return { ...seen, fields: seen.fields.filter((line) => !OWN.test(line)) }
  }
}

/** `script` replaces the strict origin that answers each request with what `answering` says. */
export async function startRig(
  setup: Omit<GatewaySetup, 'endpoints'> = {},
  answering: Answering = () => OK,
  script?: Script,
): Promise<Rig> {
  const seen: Seen[] = []
  const origin = await startOrigin(script ?? recording(seen, answering))
  const gateway = await startGateway({ endpoints: [origin.port], ...setup })
  const rig = new Rig(gateway, origin, seen)
  open.push(rig)
  return rig
}

/** Writes in pieces, and lets the event loop turn after each, so that the gateway reads each by itself. */
export async function feed(target: { send(bytes: string): void }, bytes: string, stepBytes: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += stepBytes) {
    target.send(bytes.slice(at, at + stepBytes))
    if (at + stepBytes < bytes.length) await setImmediate()
  }
}

/** Until all that was written on loopback has been read: each turn of the event loop reads what is there. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await setImmediate()
}

function recording(seen: Seen[], answering: Answering): Script {
  return async (connection) => {
    while (!connection.isEnded || connection.received.length > 0) {
      const one = await readRequest(connection)
      if (one === null) return
      seen.push(one)
      connection.send(answering(one))
    }
  }
}

/** The next request with its body, by the one framing that the gateway may use for it; null when the connection ends before it is whole. */
async function readRequest(connection: OriginConnection): Promise<Seen | null> {
  const head = await connection.head()
  if (head === null) return null
  const [line = '', ...fields] = head.slice(0, -4).split('\r\n')
  let body = ''
  let trailers = ''
  const length = Number(fields.find((one) => one.startsWith('Content-Length: '))?.slice(16) ?? 0)
  if (fields.includes('Transfer-Encoding: chunked')) {
    const read = await readChunked(connection)
    if (read === null) return null
    ;[body, trailers] = read
  } else body = await take(connection, length)
  if (body.length < length) return null
  return { line, fields, body, trailers, connection: connection.ordinal }
}

async function readChunked(connection: OriginConnection): Promise<[string, string] | null> {
  let body = ''
  for (;;) {
    const size = await takeLine(connection)
    if (size === null) return null
    if (size === '0') break
    body += await take(connection, Number.parseInt(size, 16))
    const end = await takeLine(connection)
    if (end === null) return null
    if (end !== '') throw new Error(`a chunk is not as long as its size: ${size}`)
  }
  let trailers = ''
  for (;;) {
    const line = await takeLine(connection)
    if (line === null) return null
    if (line === '') return [body, trailers]
    trailers += `${line}\r\n`
  }
}

async function take(connection: OriginConnection, length: number): Promise<string> {
  while (connection.received.length < length && !connection.isEnded) await connection.more()
  const text = connection.received.latin1Slice(0, Math.min(length, connection.received.length))
  connection.received = connection.received.subarray(text.length)
  return text
}

async function takeLine(connection: OriginConnection): Promise<string | null> {
  while (!connection.received.includes('\r\n') && !connection.isEnded) await connection.more()
  const end = connection.received.indexOf('\r\n')
  if (end === -1) return null
  const line = connection.received.latin1Slice(0, end)
  connection.received = connection.received.subarray(end + 2)
  return line
}

/** A head from its lines. */
export function head(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** A valid GET with more field lines. */
export function get(...fields: string[]): string {
  return head('GET / HTTP/1.1', 'Host: example.com', ...fields)
}

/** A valid POST with more field lines, and whatever follows its head. */
export function post(fields: readonly string[], rest = ''): string {
  return head('POST / HTTP/1.1', 'Host: example.com', ...fields) + rest
}

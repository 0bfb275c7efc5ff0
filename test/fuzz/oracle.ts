/**
 * Node's own parser (llhttp, in its strict mode) as the oracle: the parser behind `node:http`, fed directly, without sockets.
 * It is reached by a module of Node's that is not documented; where it goes away the fuzzers say so at once.
 */
import type { Asked, Message, Reading } from './reading.ts'

type Callback = (...args: never[]) => unknown
type Parser = {
  initialize(type: number, resource: object, maxHeaderBytes: number, lenient: number): void
  execute(bytes: Buffer): number | (Error & { code: string })
  finish(): undefined | (Error & { code: string })
  free(): void
  [callback: number]: Callback
}
type ParserClass = { new (): Parser } & Record<
  'REQUEST' | 'RESPONSE' | 'kOnHeaders' | 'kOnHeadersComplete' | 'kOnBody' | 'kOnMessageComplete' | 'kLenientNone',
  number
>

const { HTTPParser, methods } = process.getBuiltinModule('_http_common' as 'http') as unknown as {
  HTTPParser: ParserClass
  methods: readonly string[]
}

const HEADER_BYTES_MAX = 1024 * 1024
/** What `kOnHeadersComplete` returns: read on, there is no body, or all that follows is another protocol. */
const READ_ON = 0
const NO_BODY = 1
const SWITCHED = 2

/** The parser knows a list of methods and refuses all others. */
export const KNOWN_METHODS: ReadonlySet<string> = new Set(methods)

/** The parser counts the methods of RTSP before its latest one, the list has none of them. */
function methodOf(method: number): string {
  return method === 46 ? 'QUERY' : (methods[method] as string)
}

export function oracleRequests(bytes: Buffer): Reading {
  const reading: Reading = { messages: [], fault: '' }
  let at = 0
  // A request to switch stops the parser; if nobody switches, HTTP goes on behind it.
  while (at < bytes.length && reading.fault === '') at += readAll(HTTPParser.REQUEST, bytes.subarray(at), reading, () => READ_ON)
  return reading
}

/** One answer with the interim ones before it. `isEnded`: the connection ends behind the bytes. */
export function oracleAnswer(bytes: Buffer, asked: Asked, isEnded: boolean): Reading {
  const reading: Reading = { messages: [], fault: '' }
  const rule = ({ status }: Message): number => {
    if (status === 101) return asked.isUpgrade ? SWITCHED : NO_BODY
    return asked.method === 'HEAD' || status < 200 ? NO_BODY : READ_ON
  }
  readAll(HTTPParser.RESPONSE, bytes, reading, rule, isEnded)
  return reading
}

function readAll(type: number, bytes: Buffer, reading: Reading, rule: (message: Message) => number, isEnded = false): number {
  const parser = new HTTPParser()
  parser.initialize(type, {}, HEADER_BYTES_MAX, HTTPParser.kLenientNone)
  let flushed: string[] = []
  let flushedTarget = ''
  let current: Message | null = null
  parser[HTTPParser.kOnHeaders] = (fields: string[], target: string) => {
    if (current !== null) current.trailers.push(...fields)
    else {
      flushed.push(...fields)
      flushedTarget += target
    }
  }
  parser[HTTPParser.kOnHeadersComplete] = (
    _major: number,
    minor: number,
    fields: string[] | undefined,
    method: number,
    target: string | undefined,
    status: number | undefined,
    _reason: string,
    isUpgrade: boolean,
    isKeepAlive: boolean,
  ) => {
    current = {
      method: type === HTTPParser.REQUEST ? methodOf(method) : '',
      target: target ?? flushedTarget,
      status: status ?? 0,
      minor,
      fields: fields ?? flushed,
      body: '',
      trailers: [],
      isKeepAlive,
      isUpgrade,
      isWhole: false,
    }
    flushed = []
    flushedTarget = ''
    reading.messages.push(current)
    return rule(current)
  }
  parser[HTTPParser.kOnBody] = (piece: Buffer) => {
    if (current !== null) current.body += piece.latin1Slice()
  }
  parser[HTTPParser.kOnMessageComplete] = () => {
    if (current !== null) current.isWhole = true
    current = null
  }
  const result = parser.execute(bytes)
  if (typeof result !== 'number') reading.fault = result.code
  else if (isEnded) reading.fault = parser.finish()?.code ?? ''
  parser.free()
  return typeof result === 'number' && result > 0 ? result : bytes.length
}

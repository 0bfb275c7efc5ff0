/** The codec under test over a whole stream, as a connection drives it: head, body, next head, until it refuses, closes or ends. */
import { fieldsOf, RequestHead, ResponseHead } from '../../src/http/message.ts'
import { BodyReader } from '../../src/wire/h1/body-reader.ts'
import { INCOMPLETE, REFUSED } from '../../src/wire/h1/field-scanner.ts'
import { RequestHeadParser } from '../../src/wire/h1/request-head.ts'
import { ResponseHeadParser } from '../../src/wire/h1/response-head.ts'
import { fieldText, lengthText, writeRequestHead, writeResponseHead } from '../../src/wire/h1/write-head.ts'
import type { Asked, Message, Reading } from './reading.ts'

const LIMITS = { requestLineBytesMax: 8_192, headBytesMax: 32_768, fieldsMax: 100 }
const EMPTY_LINES_MAX = 4

/** What goes upstream of each request, framed anew. */
export type Passed = { readonly message: Message; readonly text: string }

export function readRequests(bytes: Buffer): Reading & { readonly passed: Passed[] } {
  const parser = new RequestHeadParser(LIMITS)
  const head = new RequestHead()
  const reading: Reading & { passed: Passed[] } = { messages: [], fault: '', passed: [] }
  for (let at = 0; at < bytes.length; ) {
    at = skipEmptyLines(bytes, at)
    if (at >= bytes.length || (at + 1 === bytes.length && bytes[at] === 0x0d)) break
    const next = parser.parse(bytes, at, bytes.length, head)
    if (next === INCOMPLETE) break
    if (next === REFUSED) {
      reading.fault = ruleOf(parser)
      break
    }
    const targetAt = at + head.method.length + 1
    const target = bytes.latin1Slice(targetAt, bytes.indexOf(' ', targetAt, 'latin1'))
    const reader = new BodyReader()
    if (head.isChunked) reader.beginChunked()
    else if (head.length > 0) reader.beginLength(head.length)
    else reader.beginNone()
    const { method, minor, isKeepAlive } = head
    const fields = ['Host', head.host, ...fieldsOf(head.fieldText)]
    const message = messageOf({ method, target, status: 0, minor, fields, isKeepAlive, isUpgrade: head.upgrade !== '' })
    reading.messages.push(message)
    at = readBody(bytes, next, reader, message, reading)
    if (!message.isWhole) break
    reading.passed.push({ message, text: requestText(head, message) })
    if (!message.isKeepAlive) break
  }
  return reading
}

/** One answer with the interim ones before it. `isEnded`: the connection ends behind the bytes. */
export function readAnswer(bytes: Buffer, asked: Asked, isEnded: boolean): Reading & { relayed: string } {
  const parser = new ResponseHeadParser()
  const head = new ResponseHead()
  const reading: Reading & { relayed: string } = { messages: [], fault: '', relayed: '' }
  let at = 0
  for (;;) {
    const next = parser.parse(bytes, at, bytes.length, head)
    if (next === REFUSED) reading.fault = parser.fault.rule
    if (next === REFUSED || next === INCOMPLETE) return reading
    const { status, minor, isKeepAlive } = head
    const isUpgrade = head.upgrade !== ''
    const message = messageOf({ method: '', target: '', status, minor, fields: fieldsOf(head.fieldText), isKeepAlive, isUpgrade })
    reading.messages.push(message)
    at = next
    if (status === 101) {
      if (!asked.isUpgrade || !isUpgrade) reading.fault = 'unasked-101'
      message.isWhole = reading.fault === ''
      return reading
    }
    message.isWhole = status < 200
    if (status < 200) continue
    const reader = new BodyReader()
    if (asked.method === 'HEAD' || status === 204 || status === 304) reader.beginNone()
    else if (head.isChunked) reader.beginChunked()
    else if (head.length >= 0) reader.beginLength(head.length)
    else {
      reader.beginUntilClose()
      message.isKeepAlive = false
    }
    readBody(bytes, at, reader, message, reading)
    if (reader.isUntilClose && isEnded) message.isWhole = true
    if (message.isWhole) reading.relayed = answerText(head, message, asked)
    return reading
  }
}

function skipEmptyLines(bytes: Buffer, start: number): number {
  let at = start
  for (let lines = 0; lines < EMPTY_LINES_MAX && bytes[at] === 0x0d && bytes[at + 1] === 0x0a; lines++) at += 2
  return at
}

function ruleOf({ failure }: RequestHeadParser): string {
  const rule = failure?.evidence.find((one) => one.name === 'rule')?.value
  return rule === undefined ? `${failure?.cause}` : `${rule}`
}

function messageOf(known: Omit<Message, 'body' | 'trailers' | 'isWhole'>): Message {
  return { ...known, body: '', trailers: [], isWhole: false }
}

function readBody(bytes: Buffer, start: number, reader: BodyReader, message: Message, reading: Reading): number {
  const taker = {
    onContent: (piece: Buffer) => {
      message.body += piece.latin1Slice()
    },
  }
  const at = reader.read(bytes, start, bytes.length, taker)
  if (reader.isBroken) reading.fault = reader.fault
  message.isWhole = reader.isDone
  message.trailers = [...reader.trailers]
  return at
}

function requestText(head: RequestHead, { body, trailers }: Message): string {
  const hostText = ` HTTP/1.1\r\nHost: ${head.host === '' ? 'endpoint.example' : head.host}\r\n`
  const text = writeRequestHead(head, hostText, 'Via: 1.1 fuzz\r\n\r\n')
  return text + (head.isChunked ? chunksOf(body, trailers) : body)
}

function answerText(head: ResponseHead, { body, trailers }: Message, asked: Asked): string {
  const isBodiless = asked.method === 'HEAD' || head.status === 204 || head.status === 304
  if (isBodiless) return writeResponseHead(head, lengthText(head), '\r\n')
  if (head.length >= 0) return writeResponseHead(head, lengthText(head), '\r\n') + body
  return writeResponseHead(head, 'Transfer-Encoding: chunked\r\n', '\r\n') + chunksOf(body, trailers)
}

function chunksOf(body: string, trailers: readonly string[]): string {
  const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`
  return `${chunk}0\r\n${fieldText([...trailers])}\r\n`
}

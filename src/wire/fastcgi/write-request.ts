/** A request → FastCGI records: how it begins, its parameters, its body. FastCGI 1.0 §3.4, §5.1 to §5.3. */
import type { Fields } from '../../http/message.ts'
import { CONTENT_BYTES_MAX, FLAG_KEEP_CONNECTION, HEADER_BYTES, RecordType, ROLE_RESPONDER, writeHeader } from './record.ts'

/** §5.1: a role, flags, and five octets that are reserved. */
const BEGIN_BYTES = 8
/** §3.4: longer names and values need four octets for their length. */
const SHORT_LENGTH_MAX = 127
const LONG_LENGTH_MARK = 0x80

export type RequestOptions = {
  /** 1 to 65535. A connection that carries one request at a time needs but one number. */
  readonly requestId: number
  /** The connection is to stay open behind the answer. */
  readonly isKept: boolean
}

/** All that goes before the body. `params`: names and values in turn, as ISO 8859-1 like the fields of HTTP. */
export function writeRequestStart(params: Fields, { requestId, isKept }: RequestOptions): Buffer {
  const content = paramsBytes(params)
  const records = Math.ceil(content / CONTENT_BYTES_MAX)
  const bytes = Buffer.alloc(HEADER_BYTES + BEGIN_BYTES + content + (records + 1) * HEADER_BYTES)
  let at = writeHeader(bytes, 0, RecordType.beginRequest, requestId, BEGIN_BYTES)
  bytes.writeUInt16BE(ROLE_RESPONDER, at)
  bytes[at + 2] = isKept ? FLAG_KEEP_CONNECTION : 0
  at += BEGIN_BYTES
  if (records === 1) at = writeParams(bytes, writeHeader(bytes, at, RecordType.params, requestId, content), params)
  else if (records > 1) at = writeInPieces(bytes, at, requestId, params, content)
  // §3.3: a record without content ends the stream of parameters.
  writeHeader(bytes, at, RecordType.params, requestId, 0)
  return bytes
}

/** The header of a piece of the body, of at most `CONTENT_BYTES_MAX` bytes; of 0 bytes: the end of the body. */
export function stdinHeader(requestId: number, contentBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES)
  writeHeader(bytes, 0, RecordType.stdin, requestId, contentBytes)
  return bytes
}

/** A pair may begin in one record and end in the next. */
function writeInPieces(bytes: Buffer, start: number, requestId: number, params: Fields, length: number): number {
  const content = Buffer.allocUnsafe(length)
  writeParams(content, 0, params)
  let at = start
  for (let from = 0; from < length; from += CONTENT_BYTES_MAX) {
    const to = Math.min(length, from + CONTENT_BYTES_MAX)
    at = writeHeader(bytes, at, RecordType.params, requestId, to - from)
    at += content.copy(bytes, at, from, to)
  }
  return at
}

function paramsBytes(params: Fields): number {
  let bytes = 0
  for (const text of params) bytes += text.length + (text.length > SHORT_LENGTH_MAX ? 4 : 1)
  return bytes
}

/** §3.4: both lengths, then both texts. */
function writeParams(bytes: Buffer, start: number, params: Fields): number {
  let at = start
  for (let i = 0; i + 1 < params.length; i += 2) {
    const name = params[i] as string
    const value = params[i + 1] as string
    at = writeLength(bytes, writeLength(bytes, at, name.length), value.length)
    at += bytes.latin1Write(name, at)
    at += bytes.latin1Write(value, at)
  }
  return at
}

function writeLength(bytes: Buffer, at: number, length: number): number {
  if (length <= SHORT_LENGTH_MAX) {
    bytes[at] = length
    return at + 1
  }
  bytes.writeUInt32BE(length, at)
  bytes[at] = (bytes[at] as number) | LONG_LENGTH_MARK
  return at + 4
}

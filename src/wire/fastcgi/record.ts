/**
 * What a FastCGI record is made of: its header, its types, what a request begins with and ends with. FastCGI 1.0 §3.3, §5 and §8.
 * https://fastcgi-archives.github.io/FastCGI_Specification.html
 */

export const VERSION = 1
export const HEADER_BYTES = 8
/** The length of a record's content has two octets. */
export const CONTENT_BYTES_MAX = 65_535

export const RecordType = {
  beginRequest: 1,
  endRequest: 3,
  params: 4,
  stdin: 5,
  stdout: 6,
  stderr: 7,
  data: 8,
  getValues: 9,
  getValuesResult: 10,
  unknownType: 11,
} as const

/** §5.1: answers a request as a CGI program would. */
export const ROLE_RESPONDER = 1
/** §5.1: the server does not close the connection behind its answer. */
export const FLAG_KEEP_CONNECTION = 1

/** §5.5: how the server took the request. By the number that it sends. */
export const PROTOCOL_STATUSES = ['complete', 'cannot-multiplex', 'overloaded', 'unknown-role'] as const

/** Writes a header at `at`, and returns the offset behind it. */
export function writeHeader(bytes: Buffer, at: number, type: number, requestId: number, contentBytes: number): number {
  bytes[at] = VERSION
  bytes[at + 1] = type
  bytes.writeUInt16BE(requestId, at + 2)
  bytes.writeUInt16BE(contentBytes, at + 4)
  // No padding: no server needs it, and every byte is one more to send.
  bytes.writeUInt16BE(0, at + 6)
  return at + HEADER_BYTES
}

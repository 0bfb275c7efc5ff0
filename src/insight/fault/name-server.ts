/** A DNS server (RFC 1035, over UDP) that answers each question as it is told to, or not at all. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'

export type Question = { readonly name: string; readonly type: 'A' | 'AAAA' | 'other' }

export type NameAnswer =
  | { readonly addresses: readonly string[]; readonly ttlS: number }
  | { readonly error: 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED' }
  | 'silence'

const RCODES = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const
const TYPES: Readonly<Record<number, Question['type']>> = { 1: 'A', 28: 'AAAA' }

export class NameServer {
  /** What it says from now on. Addresses of the family that was not asked for are left out. */
  answer: (question: Question) => NameAnswer
  /** All that it was asked. */
  readonly asked: Question[] = []
  readonly #socket: Socket

  private constructor(socket: Socket, answer: (question: Question) => NameAnswer) {
    this.#socket = socket
    this.answer = answer
    socket.on('message', (query, from) => this.#reply(query, from))
  }

  static async open(answer: (question: Question) => NameAnswer): Promise<NameServer> {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new NameServer(socket, answer)
  }

  /** As a resolver is told of it: `address:port`. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`
  }

  close(): void {
    this.#socket.close()
  }

  #reply(query: Buffer, from: RemoteInfo): void {
    const labels: string[] = []
    let at = 12
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.latin1Slice(at + 1, at + 1 + length))
      at += 1 + length
    }
    const question: Question = { name: labels.join('.').toLowerCase(), type: TYPES[query.readUInt16BE(at + 1)] ?? 'other' }
    this.asked.push(question)
    const answer = this.answer(question)
    if (answer !== 'silence') this.#socket.send(message(query.subarray(0, at + 5), question, answer), from.port, from.address)
  }
}

/** `asked`: the query's header and question, which the answer repeats. */
function message(asked: Buffer, question: Question, answer: Exclude<NameAnswer, 'silence'>): Buffer {
  const records = 'addresses' in answer ? answer.addresses.filter((one) => isIPv6(one) === (question.type === 'AAAA')) : []
  const head = Buffer.from(asked)
  // A response to a recursive query, by a server that does recursion.
  head.writeUInt16BE(0x8180 | ('error' in answer ? RCODES[answer.error] : 0), 2)
  head.writeUInt16BE(records.length, 6)
  head.writeUInt32BE(0, 8)
  const ttlS = 'addresses' in answer ? answer.ttlS : 0
  return Buffer.concat([head, ...records.map((one) => record(one, ttlS))])
}

function record(address: string, ttlS: number): Buffer {
  const data = isIPv6(address) ? bytesOfIPv6(address) : Buffer.from(address.split('.').map(Number))
  const head = Buffer.alloc(12)
  // A pointer to the name in the question.
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(data.length === 16 ? 28 : 1, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(ttlS, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

function bytesOfIPv6(address: string): Buffer {
  const [left = '', right = ''] = address.split('::')
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '')
  const zeros = Array<string>(8 - groups(left).length - groups(right).length).fill('0')
  const all = address.includes('::') ? [...groups(left), ...zeros, ...groups(right)] : groups(left)
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

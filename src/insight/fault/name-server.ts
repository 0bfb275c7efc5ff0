/** A DNS server (RFC 1035, over UDP; RFC 2782) that answers each question as it is told to, or not at all. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'

export type Question = { readonly name: string; readonly type: 'A' | 'AAAA' | 'SRV' | 'other' }

/** A record of a service: `target` is the name of a host. */
export type ServiceTarget = { readonly target: string; readonly port: number; readonly priority?: number; readonly weight?: number }

export type NameAnswer =
  | { readonly addresses: readonly string[]; readonly ttlS: number }
  | { readonly targets: readonly ServiceTarget[]; readonly ttlS: number }
  | { readonly error: 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED' }
  | 'silence'

const RCODES = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const
const TYPES: Readonly<Record<number, Question['type']>> = { 1: 'A', 28: 'AAAA', 33: 'SRV' }

export class NameServer {
  /** What it says from now on. Records of a type that was not asked for are left out. */
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
  const records = 'error' in answer ? [] : dataOf(question, answer).map((data) => record(asked.subarray(-4, -2), data, answer.ttlS))
  const head = Buffer.from(asked)
  // A response to a recursive query, by a server that does recursion.
  head.writeUInt16BE(0x8180 | ('error' in answer ? RCODES[answer.error] : 0), 2)
  head.writeUInt16BE(records.length, 6)
  head.writeUInt32BE(0, 8)
  return Buffer.concat([head, ...records])
}

function dataOf({ type }: Question, answer: Exclude<NameAnswer, 'silence' | { error: string }>): Buffer[] {
  if ('targets' in answer) return type === 'SRV' ? answer.targets.map(bytesOfTarget) : []
  if (type !== 'A' && type !== 'AAAA') return []
  const fitting = answer.addresses.filter((one) => isIPv6(one) === (type === 'AAAA'))
  return fitting.map((one) => (isIPv6(one) ? bytesOfIPv6(one) : Buffer.from(one.split('.').map(Number))))
}

function record(type: Buffer, data: Buffer, ttlS: number): Buffer {
  const head = Buffer.alloc(12)
  // A pointer to the name in the question.
  head.writeUInt16BE(0xc00c, 0)
  type.copy(head, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(ttlS, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

function bytesOfTarget({ target, port, priority = 0, weight = 0 }: ServiceTarget): Buffer {
  const numbers = Buffer.alloc(6)
  numbers.writeUInt16BE(priority, 0)
  numbers.writeUInt16BE(weight, 2)
  numbers.writeUInt16BE(port, 4)
  const labels = target.split('.').filter((label) => label !== '')
  return Buffer.concat([numbers, ...labels.flatMap((label) => [Buffer.of(label.length), Buffer.from(label)]), Buffer.of(0)])
}

function bytesOfIPv6(address: string): Buffer {
  const [left = '', right = ''] = address.split('::')
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '')
  const zeros = Array<string>(8 - groups(left).length - groups(right).length).fill('0')
  const all = address.includes('::') ? [...groups(left), ...zeros, ...groups(right)] : groups(left)
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

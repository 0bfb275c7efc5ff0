/** Whether what an app depends on answers: a connection, and for those that can be asked without logging in, a first word. */
import type { DependencyPlan } from '../../config/plan.ts'
import type { DependencyFact } from '../../insight/diagnosis/diagnosis.ts'
import { type Asking, converse } from './question.ts'

type Manner = {
  /** What is said first; empty where the other one begins. */
  readonly greeting: Buffer
  /** What its answer means, or null while it is not yet enough. */
  readonly judge: (answer: Buffer) => { readonly isUp: boolean; readonly says: string } | null
}

/** SSLRequest: it is answered with one byte by every version, before any login. PostgreSQL, "Message Formats". */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const MYSQL_ERROR = 0xff

const MANNERS: Readonly<Record<DependencyPlan['kind'], Manner | null>> = {
  tcp: null,
  postgres: {
    greeting: SSL_REQUEST,
    judge: (answer) => {
      const letter = String.fromCharCode(answer[0] as number)
      if (letter === 'S' || letter === 'N') return { isUp: true, says: 'PostgreSQL answers' }
      return { isUp: false, says: letter === 'E' ? 'PostgreSQL answers with an error' : 'what answers there is not PostgreSQL' }
    },
  },
  mysql: {
    greeting: Buffer.alloc(0),
    judge: (answer) => {
      if (answer.length < 5) return null
      if (answer[4] !== MYSQL_ERROR) return { isUp: true, says: 'MySQL answers' }
      return { isUp: false, says: answer.readUInt16LE(5) === 1040 ? 'it has too many connections' : 'MySQL answers with an error' }
    },
  },
  redis: {
    greeting: Buffer.from('PING\r\n'),
    judge: (answer) => {
      const text = answer.toString('latin1', 0, 64)
      if (!text.includes('\r\n')) return null
      if (/^\+PONG|^-(?:NOAUTH|NOPERM|DENIED)/.test(text)) return { isUp: true, says: 'Redis answers' }
      const isLoading = text.startsWith('-LOADING')
      return { isUp: false, says: isLoading ? 'Redis is still loading its data' : 'what answers there is not Redis, or not well' }
    },
  },
}

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'its name does not exist',
  EAI_AGAIN: 'its name cannot be looked up',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ECONNRESET: 'it reset the connection',
}

export function probeDependency({ url, kind, host, port }: DependencyPlan, { clock, timeoutMs }: Asking): Promise<DependencyFact> {
  const began = clock.now()
  const manner = MANNERS[kind]
  return converse({ kind: 'tcp', host, port }, timeoutMs, (socket, done: (fact: DependencyFact) => void) => {
    const end = (isUp: boolean, says: string): void => done({ url, isUp, ms: Math.round(clock.now() - began), says })
    let received = Buffer.alloc(0)
    let isConnected = false
    socket.once('connect', () => {
      isConnected = true
      if (manner === null) end(true, 'it takes connections')
      else socket.write(manner.greeting)
    })
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      const verdict = manner?.judge(received) ?? null
      if (verdict !== null) end(verdict.isUp, verdict.says)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => end(false, CODES[error.code ?? ''] ?? error.code ?? 'no connection'))
    socket.once('close', () => end(false, 'it closed the connection without an answer'))
    return () => end(false, isConnected ? `connected, but no answer in ${timeoutMs} ms` : `no connection in ${timeoutMs} ms`)
  })
}

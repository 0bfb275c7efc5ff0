/**
 * Asks a running gateway at its admin address: the operations of `control/admin/operation-table.ts`, typed by it and not loading it.
 * Every way in which that fails is a sentence for people.
 */
import { readFileSync } from 'node:fs'
import { type IncomingMessage, type RequestOptions, request } from 'node:http'
import { bracket, formatAddress, isLoopback } from '../config/address.ts'
import type { Address } from '../config/plan.ts'
import type { Problem } from '../config/problem.ts'
import type { InputOf, NameWith, OperationName, OutputOf } from '../control/admin/operation-table.ts'

/** `status`: of the refusal, or 0 where no gateway answered. */
export type Refusal = { readonly ok: false; readonly status: number; readonly error: string; readonly problems: readonly Problem[] }
export type Reply<T> = { readonly ok: true; readonly value: T } | Refusal

const PATIENCE_MS = 60_000

export type AdminClientOptions = {
  readonly address: Address
  readonly token: string | null
  /** What this program calls itself in the audit lines. */
  readonly name: string
}

export class AdminClient {
  readonly #options: AdminClientOptions

  constructor(options: AdminClientOptions) {
    this.#options = options
  }

  /** An operation that only looks. */
  read<N extends NameWith<'read'>>(name: N, input: InputOf<N>): Promise<Reply<OutputOf<N>>> {
    return this.ask(name, input, false) as Promise<Reply<OutputOf<N>>>
  }

  /** Any operation; `isPosted` is what the table says of how its input is sent. */
  ask(name: OperationName, input: object, isPosted: boolean): Promise<Reply<unknown>> {
    if (isPosted) return this.#ask(name, 'POST', '', JSON.stringify(input))
    const query = new URLSearchParams(input as Record<string, string>).toString()
    return this.#ask(name, 'GET', query === '' ? '' : `?${query}`, null)
  }

  /** An operation that changes something. */
  change<N extends NameWith<'change'>>(name: N, input: InputOf<N>): Promise<Reply<OutputOf<N>>> {
    return this.#ask(name, 'POST', '', JSON.stringify(input))
  }

  #ask<N extends OperationName>(name: N, method: string, query: string, body: string | null): Promise<Reply<OutputOf<N>>> {
    const { address, token, name: program } = this.#options
    const headers: Record<string, string> = { host: hostOf(address), 'user-agent': program }
    if (token !== null) headers.authorization = `Bearer ${token}`
    if (body !== null) headers['content-type'] = 'application/json'
    const place: RequestOptions =
      address.kind === 'unix'
        ? { socketPath: address.path }
        : { host: isEverywhere(address) ? '127.0.0.1' : address.host, port: address.port }
    return new Promise((resolve) => {
      const one = request({ ...place, method, path: `/api/${name}${query}`, headers, agent: false, timeout: PATIENCE_MS })
      one.on('error', (error: NodeJS.ErrnoException) => resolve(refusal(0, this.#explain(error))))
      one.on('timeout', () => one.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
      one.on('response', (answer) => void this.#read<OutputOf<N>>(answer).then(resolve))
      one.end(body)
    })
  }

  async #read<T>(answer: IncomingMessage): Promise<Reply<T>> {
    const pieces: Buffer[] = []
    try {
      for await (const piece of answer) pieces.push(piece)
      const value: unknown = JSON.parse(Buffer.concat(pieces).toString())
      if (answer.statusCode === 200) return { ok: true, value: value as T }
      const { error, problems } = value as { error?: unknown; problems?: readonly Problem[] }
      if (typeof error === 'string') return refusal(answer.statusCode ?? 0, this.#advise(answer.statusCode, error), problems)
    } catch {}
    return refusal(0, `What answers at ${this.#where} is no gateway's admin address. Name the right one with --admin.`)
  }

  #advise(status: number | undefined, error: string): string {
    if (status === 401) return 'The gateway wants its admin token. Give it in the environment as GATEWELL_TOKEN, or with --token-file FILE.'
    if (status === 404 && error.startsWith('There is nothing here.')) {
      return `The gateway at ${this.#where} does not know this command: it is another version (\`gatewell status\` says which).`
    }
    return error
  }

  get #where(): string {
    return formatAddress(this.#options.address)
  }

  #explain({ code, message }: NodeJS.ErrnoException): string {
    const elsewhere =
      "If its admin address is another one, name it with --admin (its first lines and its configuration's `admin.listen` say it)."
    switch (code) {
      case 'ECONNREFUSED':
      case 'ENOENT':
        return `No gateway answers at ${this.#where}. Is it running? ${elsewhere}`
      case 'EACCES':
        return `This user may not use ${this.#where}. Run the command as the user that the gateway runs as.`
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return `The name in ${this.#where} cannot be found.`
      case 'ETIMEDOUT':
      case 'EHOSTUNREACH':
      case 'ENETUNREACH':
        return `Nothing answers at ${this.#where} (${code}). Is the gateway running, and may this machine reach it?`
      case 'ECONNRESET':
        return `The gateway at ${this.#where} ended before it had answered.`
      default:
        return `The gateway at ${this.#where} could not be asked: ${message}.`
    }
  }
}

/** The token of `--token-file`, or of the environment. Throws what the file system says of the file. */
export function readToken(file: string | undefined, environment: Readonly<Record<string, string | undefined>>): string | null {
  const text = file === undefined ? environment.GATEWELL_TOKEN : readFileSync(file, 'utf8')
  return text === undefined || text.trim() === '' ? null : text.trim()
}

function refusal(status: number, error: string, problems: readonly Problem[] = []): Refusal {
  return { ok: false, status, error, problems }
}

function isEverywhere(address: Address): boolean {
  return address.kind === 'tcp' && ['', '0.0.0.0', '::'].includes(address.host)
}

/** What a gateway on a loopback address answers to, whatever way led there. */
function hostOf(address: Address): string {
  if (address.kind === 'unix' || isLoopback(address) || isEverywhere(address)) return 'localhost'
  return `${bracket(address.host)}:${address.port}`
}

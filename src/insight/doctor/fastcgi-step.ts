/** A FastCGI server, such as PHP-FPM, asked as a web server would ask it: one GET of one script. */
import type { Duplex } from 'node:stream'
import { evidence } from '../../causes/failure.ts'
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { causeOfStatus } from '../../gateway/judge.ts'
import { recognise } from '../../gateway/pool/foreign-protocol.ts'
import { excerptOf } from '../../gateway/pool/wire-fact.ts'
import { ResponseHead } from '../../http/message.ts'
import { addressText } from '../../net/address.ts'
import { findHeadEnd, httpHeadOf } from '../../wire/fastcgi/cgi-head.ts'
import { RecordReader } from '../../wire/fastcgi/record-reader.ts'
import { stdinHeader, writeRequestStart } from '../../wire/fastcgi/write-request.ts'
import { INCOMPLETE } from '../../wire/h1/field-scanner.ts'
import { ResponseHeadParser } from '../../wire/h1/response-head.ts'
import type { Place } from './dns-step.ts'
import { type Instruments, USER_AGENT } from './instrument.ts'
import { dialStream } from './line.ts'
import type { Hop } from './report.ts'
import type { FastcgiTarget } from './target.ts'

const REQUEST_ID = 1
const KEPT_MAX = 128 * 1024
const TEXT_MAX = 300

export async function askFastcgi(tools: Instruments, target: FastcgiTarget, place: Place | null): Promise<Hop> {
  const beganMs = tools.now()
  const address = place === null ? target.address : ({ kind: 'tcp', host: place.address, port: place.port } as const)
  const stream = await dialStream(tools, address)
  const connectMs = tools.since(beganMs)
  const outcome = 'kind' in stream ? stream : await new Conversation(tools, stream).run(target)
  const timings = {
    beganMs,
    ms: tools.since(beganMs),
    ...('kind' in stream ? {} : { connectMs, waitMs: tools.since(beganMs) - connectMs }),
  }
  const { cause, evidence: facts } = outcome
  const where = { name: 'fastcgi', address: addressText(address) } as const
  return {
    ...where,
    ok: cause === null,
    ...(cause === null ? {} : { cause }),
    timings,
    evidence: [...evidence({ script: target.script }), ...facts],
  }
}

type Result = Pick<Hop, 'evidence'> & { readonly cause: KnownCauseId | null }

class Conversation {
  readonly #tools: Instruments
  readonly #stream: Duplex
  readonly #reader = new RecordReader(REQUEST_ID)
  #output: Buffer = Buffer.alloc(0)
  #errors = ''
  #bytes = 0
  #resolve: (result: Result) => void = () => {}
  #timer: NodeJS.Timeout | null = null
  #first: Buffer = Buffer.alloc(0)

  constructor(tools: Instruments, stream: Duplex) {
    this.#tools = tools
    this.#stream = stream
  }

  run(target: FastcgiTarget): Promise<Result> {
    const limitMs = this.#tools.within(this.#tools.limits.answerMs)
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.#timer = setTimeout(() => this.#fail('response-timeout', { limit_ms: Math.round(limitMs) }), limitMs)
      this.#stream.on('data', (bytes: Buffer) => this.#read(bytes))
      this.#stream.on('end', () => this.#break())
      this.#stream.on('error', (error: NodeJS.ErrnoException) => this.#fail('reset-before-response', { code: error.code }))
      this.#stream.on('close', () => this.#break())
      this.#stream.write(writeRequestStart(paramsOf(target), { requestId: REQUEST_ID, isKept: false }))
      this.#stream.write(stdinHeader(REQUEST_ID, 0))
    })
  }

  onOutput(bytes: Buffer): void {
    this.#bytes += bytes.length
    if (this.#output.length < KEPT_MAX) this.#output = Buffer.concat([this.#output, bytes])
  }

  onErrorOutput(bytes: Buffer): void {
    if (this.#errors.length < TEXT_MAX) this.#errors += bytes.toString('utf8')
  }

  onRequestEnd(appStatus: number, protocolStatus: string): void {
    if (protocolStatus === 'overloaded') return this.#fail('upstream-overloaded', { protocol_status: protocolStatus })
    if (protocolStatus !== 'complete') return this.#fail('http-protocol-mismatch', { protocol_status: protocolStatus })
    const headEnd = findHeadEnd(this.#output, 0, this.#output.length)
    const http = headEnd === INCOMPLETE ? null : httpHeadOf(this.#output, 0, headEnd)
    const head = new ResponseHead()
    const parser = new ResponseHeadParser()
    const next = http === null ? INCOMPLETE : parser.parse(http, 0, http.length, head)
    const facts = { app_status: appStatus || undefined, error_output: plain(this.#errors) || undefined }
    if (next <= 0)
      return this.#fail(parser.fault.rule === '' ? 'malformed-response' : parser.fault.cause, {
        ...facts,
        rule: parser.fault.rule || 'cgi-head',
      })
    const body = this.#output.toString('utf8', headEnd, headEnd + TEXT_MAX)
    this.#finish({
      cause: causeOf(head.status, `${this.#errors} ${body}`),
      evidence: evidence({
        status: head.status,
        head_bytes: headEnd,
        body_bytes: this.#bytes - headEnd,
        powered_by: /^x-powered-by: (.*)$/im.exec(head.fieldText)?.[1]?.trim(),
        ...facts,
      }),
    })
  }

  #read(bytes: Buffer): void {
    if (this.#first.length === 0) this.#first = Buffer.from(bytes)
    this.#reader.read(bytes, 0, bytes.length, this)
    const { fault } = this.#reader
    if (fault === null) return
    const known = recognise(this.#first)?.protocol ?? (this.#first.toString('latin1', 0, 5) === 'HTTP/' ? 'http' : undefined)
    this.#fail('http-protocol-mismatch', { rule: fault, protocol: known, answer_begins: excerptOf(this.#first, 0, this.#first.length) })
  }

  #break(): void {
    if (this.#first.length === 0) this.#fail('closed-before-response', { error_output: plain(this.#errors) || undefined })
    else this.#fail('truncated-body', { received_bytes: this.#bytes, error_output: plain(this.#errors) || undefined })
  }

  #fail(cause: KnownCauseId, facts: Parameters<typeof evidence>[0]): void {
    this.#finish({ cause, evidence: evidence(facts) })
  }

  /** The first to come counts. */
  #finish(result: Result): void {
    clearTimeout(this.#timer ?? undefined)
    this.#resolve(result)
    this.#stream.destroy()
  }
}

/** RFC 3875 §4.1, and SCRIPT_FILENAME, by which PHP-FPM finds the script. */
function paramsOf({ script, root }: FastcgiTarget): string[] {
  const name = root !== '' && script.startsWith(root) ? script.slice(root.length) : script
  return [
    ...['GATEWAY_INTERFACE', 'CGI/1.1', 'SERVER_PROTOCOL', 'HTTP/1.1', 'REQUEST_METHOD', 'GET', 'REQUEST_URI', name, 'QUERY_STRING', ''],
    ...['SCRIPT_FILENAME', script, 'SCRIPT_NAME', name, 'DOCUMENT_ROOT', root, 'SERVER_SOFTWARE', USER_AGENT, 'REMOTE_ADDR', '127.0.0.1'],
    ...['SERVER_NAME', 'localhost', 'SERVER_PORT', '80', 'HTTP_HOST', 'localhost', 'HTTP_USER_AGENT', USER_AGENT],
  ]
}

function causeOf(status: number, said: string): KnownCauseId | null {
  if (
    /primary script unknown|no input file specified|file not found\.|access (?:to the script|denied)/i.test(said) &&
    status >= 403 &&
    status <= 404
  )
    return 'script-not-found'
  return causeOfStatus(status)
}

function plain(text: string): string {
  return text
    .replace(/[\x00-\x1f]+/g, ' ')
    .trim()
    .slice(0, TEXT_MAX)
}

/**
 * The public status page, answered from memory: it was made elsewhere and is here as it goes out, so that it is there while every upstream
 * is down, and while nobody makes it any more. What it says and when it was made is in it. RFC 9110 §13 for what the client has already.
 */
import { fieldOf, type RequestHead } from '../../http/message.ts'
import type { LocalAnswer } from './failure-answer.ts'

/** One file of it. `fields`: names and values in turn, all that its answer has besides the hop's own; `etag` is among them. */
export type StatusFile = {
  readonly path: string
  readonly fields: readonly string[]
  readonly etag: string
  readonly body: string
}

type ReadyFile = StatusFile & { readonly bytes: Buffer }

const NOTHING = Buffer.alloc(0)
const TEXT = ['Content-Type', 'text/plain; charset=utf-8', 'X-Content-Type-Options', 'nosniff', 'Cache-Control', 'no-store']
const METHODS = 'GET, HEAD'
const SOON_S = '3'

export class StatusPage {
  #files = new Map<string, ReadyFile>()

  /** All of it, in place of the former one. */
  set(files: readonly StatusFile[]): void {
    this.#files = new Map(files.map((file) => [file.path, { ...file, bytes: Buffer.from(file.body) }]))
  }

  answer({ method, path, fieldText }: Pick<RequestHead, 'method' | 'path' | 'fieldText'>): LocalAnswer {
    if (this.#files.size === 0) return plain(503, 'The status page is being made. Try again in a moment.\n', ['Retry-After', SOON_S])
    const file = this.#files.get(path)
    if (file === undefined) return plain(404, 'There is nothing here. The status page is at /.\n')
    if (method !== 'GET' && method !== 'HEAD') return plain(405, 'This can only be read.\n', ['Allow', METHODS])
    const isKnown = fieldOf(fieldText, 'if-none-match').includes(file.etag)
    return { status: isKnown ? 304 : 200, fields: [...file.fields], body: isKnown ? NOTHING : file.bytes }
  }
}

function plain(status: number, text: string, fields: readonly string[] = []): LocalAnswer {
  return { status, fields: [...TEXT, ...fields], body: Buffer.from(text) }
}

/** One line of the access log, as JSON or in NCSA's combined format. Whatever a request contains, it cannot forge another line. */
import type { Clock } from '../../std/clock.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { FIELDS } from './field.ts'

/** Texts of strangers in a line that must be short: a line of these fits `PIPE_BUF`. */
const SHORT_TEXT_MAX = 64

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const KEYS = FIELDS.map(({ name }) => `"${name}":`)

export class LogLine {
  readonly #clock: Clock
  #second = -1
  #iso = ''
  #ncsa = ''

  constructor(options: { clock: Clock }) {
    this.#clock = options.clock
  }

  /** `bytesMax`: longer lines are made anew with their texts cut, to `...`; 0 for no limit. */
  format(exchange: Exchange, format: 'json' | 'combined', bytesMax: number): string {
    const write = format === 'json' ? this.#json : this.#combined
    const line = write.call(this, exchange, Number.MAX_SAFE_INTEGER)
    // A character takes at most three bytes of UTF-8.
    if (bytesMax === 0 || line.length * 3 <= bytesMax || Buffer.byteLength(line) <= bytesMax) return line
    return write.call(this, exchange, SHORT_TEXT_MAX)
  }

  #json(exchange: Exchange, textMax: number): string {
    const epoch = this.#tick()
    const time = `${this.#iso}${String(epoch % 1000).padStart(3, '0')}Z`
    let line = ''
    for (let index = 0; index < FIELDS.length; index++) {
      const value = FIELDS[index]!.read(exchange, time, textMax)
      if (value !== '') line += (line === '' ? '{' : ',') + KEYS[index] + value
    }
    return `${line}}\n`
  }

  #combined(exchange: Exchange, textMax: number): string {
    this.#tick()
    const { request } = exchange
    const line = request.method === '' ? '-' : `${request.method} ${request.target || '-'} HTTP/1.${request.minor}`
    return (
      `${quoted(exchange.client || '-', textMax).replaceAll(' ', '\\x20')} - - [${this.#ncsa}] "${quoted(line, textMax)}" ${exchange.status} ${exchange.bytesOut}` +
      ` "${quoted(request.referer || '-', textMax)}" "${quoted(request.userAgent || '-', textMax)}"\n`
    )
  }

  /** Texts of the time are made once a second. Returns the epoch milliseconds. */
  #tick(): number {
    const epoch = Math.floor(this.#clock.epoch())
    const second = Math.floor(epoch / 1000)
    if (second !== this.#second) {
      this.#second = second
      const iso = new Date(second * 1000).toISOString()
      this.#iso = iso.slice(0, 20)
      this.#ncsa = `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
    }
    return epoch
  }
}

/** As nginx and Apache escape: `\xHH` for quotes, backslashes and all that is not printable ASCII. Values are one character a byte. */
function quoted(value: string, max: number): string {
  const cut = value.length > max ? `${value.slice(0, max)}...` : value
  return cut.replace(/[^ !#-[\]-~]/g, (character) => `\\x${(character.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, '0')}`)
}

/** A made access log in the combined format, always the same for the same seed: `node bench/log-file.ts FILE BYTES`. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { Random } from '../src/std/random.ts'

const SEED = 502
const BEGIN_MS = Date.UTC(2026, 10, 1)
const CHUNK_BYTES = 1 << 20
/** Of a thousand requests, as on a site with some trouble. */
const FAILED_SHARE = 0.004

const PATHS = [
  '/',
  '/cart',
  '/search?q=shoes&page=2',
  '/product/',
  '/static/css/main.8f3a91.css',
  '/static/js/app.51c0de.js',
  '/img/hero.webp',
  '/api/orders/',
]
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'curl/8.14.1',
]
const REFERERS = ['-', 'https://shop.example.com/', 'https://www.google.com/']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export type MadeLog = { readonly lines: number; readonly failed: number; readonly bytes: number }

/** At least so many bytes, in whole lines. */
export function makeLog(path: string, bytesMin: number): MadeLog {
  const random = new Random(SEED)
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T
  const file = openSync(path, 'w')
  let [bytes, lines, failed, timeMs] = [0, 0, 0, BEGIN_MS]
  let [second, time] = [0, '']
  try {
    while (bytes < bytesMin) {
      let chunk = ''
      while (chunk.length < CHUNK_BYTES) {
        timeMs += random.fraction() * 8
        if (Math.floor(timeMs / 1_000) !== second) {
          second = Math.floor(timeMs / 1_000)
          time = clfTime(timeMs)
        }
        const isFailed = random.fraction() < FAILED_SHARE
        const status = isFailed ? pick([502, 502, 503, 504]) : pick([200, 200, 200, 200, 200, 200, 304, 301, 404])
        const path = pick(PATHS)
        const target = path.endsWith('/') && path !== '/' ? `${path}${random.below(1_000_000)}` : path
        const client = `198.51.${random.below(256)}.${random.below(256)}`
        const length = isFailed ? 157 : random.below(60_000)
        chunk += `${client} - - [${time}] "GET ${target} HTTP/1.1" ${status} ${length} "${pick(REFERERS)}" "${pick(AGENTS)}"\n`
        lines++
        if (isFailed) failed++
      }
      bytes += writeSync(file, chunk)
    }
  } finally {
    closeSync(file)
  }
  return { lines, failed, bytes }
}

function clfTime(ms: number): string {
  const at = new Date(ms)
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}

/** The series of a route or an endpoint, found again on the hot path by two small numbers, method and status; and what is slow there. */
import { countOf, createHistogram, quantileOf, sumOf } from '../../std/histogram.ts'
import { DURATION_BOUNDS } from './metric.ts'

/** RFC 9110 §9, PATCH and QUERY. Whatever else clients send counts as `_OTHER`, so that nobody can invent a thousand series. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'QUERY', 'CONNECT', 'TRACE', '_OTHER'] as const

/** An index into `METHODS`. */
export function methodIndex(method: string): number {
  switch (method) {
    case 'GET':
      return 0
    case 'HEAD':
      return 1
    case 'POST':
      return 2
    case 'PUT':
      return 3
    case 'DELETE':
      return 4
    case 'OPTIONS':
      return 5
    case 'PATCH':
      return 6
    case 'QUERY':
      return 7
    case 'CONNECT':
      return 8
    case 'TRACE':
      return 9
    default:
      return 10
  }
}

/** Statuses with a place of their own; any other is found the slow way. */
const STATUSES = [
  101, 200, 201, 202, 203, 204, 205, 206, 207, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410,
  411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505,
]
const PLACES = new Int8Array(600).fill(-1)
for (const [place, status] of STATUSES.entries()) PLACES[status] = place

/** A request is slow that took longer than 99 of 100, and than twice the mean, where all are about as quick. */
const SLOW_QUANTILE = 0.99
const SLOW_TIMES = 2
const SLOW_SAMPLES_MIN = 200
/** From here on older ones count half. */
const SAMPLES_MAX = 10_000
/** A tunnel's time says nothing of the server. */
const TUNNEL = 101

export class Meter {
  /** Seconds beyond which a request is slow; infinite while too little is known. */
  slowS = Number.POSITIVE_INFINITY
  /** What 99 of 100 took less than, seconds. */
  usualS = 0
  readonly #cells: (Float64Array | undefined)[] = []
  /** Those that count for what is usual. */
  readonly #learnt: Float64Array[] = []
  readonly #recent = createHistogram(DURATION_BOUNDS)
  readonly #find: (method: string, status: string) => Float64Array

  /** `find` gives the series of a method and a status; it is asked once for each pair. */
  constructor(find: (method: string, status: string) => Float64Array) {
    this.#find = find
  }

  at(method: number, status: number): Float64Array {
    const place = PLACES[status]
    if (place === undefined || place < 0) return this.#find(METHODS[method] as string, String(status))
    const index = place * METHODS.length + method
    return this.#cells[index] ?? this.#open(index, method, status)
  }

  /** Apart from `at`, which is small enough to become part of its caller so: a number that is handed over costs an object else. */
  #open(index: number, method: number, status: number): Float64Array {
    const cell = this.#find(METHODS[method] as string, String(status))
    this.#cells[index] = cell
    if (status !== TUNNEL) this.#learnt.push(cell)
    return cell
  }

  /** Takes in what was counted since the last time, right before that is taken away. */
  learn(): void {
    const recent = this.#recent
    for (const cell of this.#learnt) for (let i = 0; i < recent.length; i++) recent[i]! += cell[i] as number
    const count = countOf(recent)
    if (count < SLOW_SAMPLES_MIN) return
    this.usualS = quantileOf(recent, DURATION_BOUNDS, SLOW_QUANTILE)
    this.slowS = Math.max(this.usualS, (SLOW_TIMES * sumOf(recent)) / count)
    if (count >= SAMPLES_MAX) for (let i = 0; i < recent.length; i++) recent[i]! /= 2
  }
}

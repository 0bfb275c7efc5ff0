/** The series of a route or an endpoint, found again on the hot path by two small numbers: method and status. */

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

export class Meter {
  readonly #cells: (Float64Array | undefined)[] = []
  readonly #find: (method: string, status: string) => Float64Array

  /** `find` gives the series of a method and a status; it is asked once for each pair. */
  constructor(find: (method: string, status: string) => Float64Array) {
    this.#find = find
  }

  at(method: number, status: number): Float64Array {
    const place = PLACES[status]
    if (place === undefined || place < 0) return this.#find(METHODS[method] as string, String(status))
    const index = place * METHODS.length + method
    let cell = this.#cells[index]
    if (cell === undefined) {
      cell = this.#find(METHODS[method] as string, String(status))
      this.#cells[index] = cell
    }
    return cell
  }
}

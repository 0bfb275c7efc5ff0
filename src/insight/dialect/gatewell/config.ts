/** Our own gatewell.yaml as the linter sees it: hops and services. Whether it is valid is for `gatewell check` to say. */
import { splitHostPort } from '../../../config/address.ts'
import { ConfigDocument } from '../../../config/document.ts'
import { parseEndpoint } from '../../../config/endpoint-url.ts'
import { type Path, valueAt } from '../../../config/finding.ts'
import { parseDuration, parseSize } from '../../../config/unit.ts'
import type { Misread, Place } from '../directive.ts'
import { defaultOf, type Hop, type Listen, readTarget, rowOf, type Service, type Setting, settingOf, type Target } from '../hop.ts'
import type { Role } from '../setting-default.ts'

export type GatewellReading = {
  readonly services: readonly Service[]
  readonly hops: readonly Hop[]
  readonly misreads: readonly Misread[]
}

export function readGatewell(file: string, text: string): GatewellReading {
  const document = new ConfigDocument(text, {})
  const places = new DocumentPlaces(file, document)
  const misreads = document.syntaxErrors.map(({ message, start, end }) => ({ place: places.span(start, end), message }))
  if (misreads.length > 0 || document.isEmpty) return { services: [], hops: [], misreads }
  const hops = Object.keys(recordAt(document.value, ['upstreams'])).map((name) => hopOf(document.value, ['upstreams', name], places))
  return { hops, services: [serviceOf(document.value, places, hops)], misreads }
}

class DocumentPlaces {
  readonly #file: string
  readonly #document: ConfigDocument

  constructor(file: string, document: ConfigDocument) {
    this.#file = file
    this.#document = document
  }

  of(path: Path, at: 'key' | 'value'): Place {
    const { start, end } = this.#document.locate(path, at)
    return this.span(start, end)
  }

  span(start: number, end: number): Place {
    const { line, lineStart, lineEnd = end } = this.#document.lineAt(start)
    return { file: this.#file, line, column: start - lineStart + 1, length: Math.max(1, Math.min(end, lineEnd) - start) }
  }
}

function recordAt(root: unknown, path: Path): Record<string, unknown> {
  const value = valueAt(root, path)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function listAt(root: unknown, path: Path): unknown[] {
  const value = valueAt(root, path)
  return Array.isArray(value) ? value : value === undefined ? [] : [value]
}

function hopOf(root: unknown, path: Path, places: DocumentPlaces): Hop {
  const place = places.of(path, 'key')
  const targets = listAt(root, [...path, 'endpoints']).flatMap((endpoint, index): Target[] => {
    const url = typeof endpoint === 'object' && endpoint !== null ? (endpoint as { url?: unknown }).url : endpoint
    const read = parseEndpoint(url)
    const at = places.of([...path, 'endpoints', index], 'value')
    if (!read.ok) return []
    const { address } = read.value
    if (address.kind === 'unix') return [{ kind: 'unix', path: address.path, place: at }]
    return 'port' in address ? [{ kind: 'tcp', host: address.host, port: address.port, place: at }] : []
  })
  return {
    server: 'gatewell',
    protocol: 'http',
    place,
    targets,
    // It learns when endpoints close, and keeps connections for less time than that.
    keep: null,
    answer: settingAt(root, [...path, 'timeouts', 'response'], 'answer', places, place),
    header: null,
    body: settingAt(root, ['limits', 'body'], 'body', places, place),
    proxyProtocol: null,
    retries: null,
  }
}

function serviceOf(root: unknown, places: DocumentPlaces, hops: readonly Hop[]): Service {
  const place = places.of(['listen'], 'key')
  const listens = listAt(root, ['listen']).flatMap((listen): Listen[] => {
    const text = typeof listen === 'object' && listen !== null ? (listen as { address?: unknown }).address : listen
    if (typeof text !== 'string') return []
    const target = readTarget(splitHostPort(text) === null ? text : text.replace(/^\*:/, ':'), place, 0)
    return target === null ? [] : [{ target, isTls: typeof listen === 'object', isProxyProtocol: false }]
  })
  return {
    server: 'gatewell',
    name: 'gatewell',
    protocol: 'http',
    place,
    listens,
    offer: settingAt(root, ['limits', 'keepAlive'], 'offer', places, place),
    work: null,
    body: settingAt(root, ['limits', 'body'], 'body', places, place),
    hops,
  }
}

function settingAt(root: unknown, path: Path, role: Role, places: DocumentPlaces, place: Place): Setting {
  const row = rowOf('gatewell', role)
  const value = valueAt(root, path)
  const read = value === undefined ? null : row.unit === 'bytes' ? parseSize(value) : parseDuration(value)
  if (read === null || !read.ok) return defaultOf(row, place)
  return settingOf(row, row.unit === 'bytes' ? read.value : read.value / 1_000, places.of(path, 'value'))
}

/** Counts errors of one cause, in bounded memory. */
import { isCrawler } from '../../gateway/respond/crawler.ts'
import { ownCopy } from './line-part.ts'
import type { ErrorGroup, LogExample } from './log-report.ts'
import { timeText } from './log-report.ts'
import { routeOf } from './route.ts'
import type { LoggedError } from './sighting.ts'
import { TopCount } from './top-count.ts'

const TOP = 10
const EXAMPLES_MAX = 5
const TEXT_MAX = 500
const NAME_MAX = 120
const CRAWLER = /(?:^|[\s(;])([\w.-]*(?:bot|crawler|spider|slurp|preview|externalhit|archiver|whatsapp|feedfetcher)[\w.-]*)/i

export class ErrorTally {
  count = 0
  readonly said = new TopCount(50)
  #confidences = 0
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY
  readonly #statuses = new TopCount(100)
  readonly #hosts = new TopCount()
  readonly #routes = new TopCount()
  readonly #upstreams = new TopCount()
  readonly #clients = new TopCount(20_000)
  readonly #crawlers = new TopCount(200)
  readonly #servers = new TopCount(50)
  #examples: LogExample[] = []

  get confidence(): number {
    return this.count === 0 ? 0 : Math.round((this.#confidences / this.count) * 100) / 100
  }

  add(error: LoggedError): void {
    const { timeMs, entry, note, confidence } = error
    this.count++
    this.#confidences += confidence
    if (timeMs < this.#firstMs) this.#firstMs = timeMs
    if (timeMs > this.#lastMs) this.#lastMs = timeMs
    if (note !== '') this.said.add(note)
    if (entry.status !== undefined) this.#statuses.add(String(entry.status))
    if (entry.host !== undefined) this.#hosts.add(short(entry.host))
    const route = routeOf(entry.method, entry.target)
    if (route !== null) this.#routes.add(route)
    const upstream = entry.upstream ?? entry.pool
    if (upstream !== undefined) this.#upstreams.add(short(upstream))
    if (entry.client !== undefined) this.#clients.add(short(entry.client))
    const crawler = entry.agent === undefined ? null : crawlerOf(entry.agent)
    if (crawler !== null) this.#crawlers.add(crawler)
    this.#addServers(error)
    this.#show(error)
  }

  /** `pulse`: of the timeline. `all`: the errors of all causes. */
  report(pulse: readonly number[], all: number): ErrorGroup {
    return {
      count: this.count,
      share: all === 0 ? 0 : this.count / all,
      first: timeText(this.#firstMs),
      last: timeText(this.#lastMs),
      pulse,
      statuses: this.#statuses.top(TOP),
      hosts: this.#hosts.top(TOP),
      routes: this.#routes.top(TOP),
      upstreams: this.#upstreams.top(TOP),
      clients: this.#clients.top(TOP),
      clientCount: this.#clients.size,
      crawlers: this.#crawlers.top(TOP),
      servers: this.#servers.top(TOP),
      examples: this.#examples,
    }
  }

  #addServers({ entry: { dialect }, evidence }: LoggedError): void {
    this.#servers.add(dialect)
    if (evidence.length === 0) return
    for (const other of new Set(evidence.map((one) => one.dialect))) if (other !== dialect) this.#servers.add(other)
  }

  /** The first few, but those with evidence before those without. */
  #show({ place, timeMs, evidence }: LoggedError): void {
    const examples = this.#examples
    const isRich = evidence.length > 0
    if (examples.length >= EXAMPLES_MAX && !(isRich && examples.at(-1)?.evidence.length === 0)) return
    const example: LogExample = {
      file: place.file,
      line: place.line,
      text: place.text.slice(0, TEXT_MAX),
      time: timeText(timeMs),
      evidence: evidence.map(({ file, line, text, says }) => ({ file, line, text: text.slice(0, TEXT_MAX), says })),
    }
    const at = isRich ? examples.findIndex((other) => other.evidence.length === 0) : -1
    examples.splice(at < 0 ? examples.length : at, 0, example)
    this.#examples = examples.slice(0, EXAMPLES_MAX)
  }
}

const AGENTS_MAX = 1_000
const crawlers = new Map<string, string | null>()

/** Null for a client that is none. Few programs send most of the requests. */
function crawlerOf(agent: string): string | null {
  let crawler = crawlers.get(agent)
  if (crawler === undefined) {
    crawler = isCrawler(agent) ? short(CRAWLER.exec(agent)?.[1] ?? agent) : null
    if (crawlers.size >= AGENTS_MAX) crawlers.clear()
    crawlers.set(ownCopy(agent), crawler)
  }
  return crawler
}

function short(name: string): string {
  return name.length > NAME_MAX ? `${name.slice(0, NAME_MAX)}…` : name
}

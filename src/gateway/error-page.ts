/**
 * What an error answer of a server gives away about who made it and why: its fields, and the beginning of its page. Only what was
 * recognised is kept, never the page itself: it may hold secrets.
 */
import { type Evidence, evidence } from '../causes/failure.ts'
import { readPage } from '../causes/page-mark.ts'
import { fieldsOf, type ResponseHead } from '../http/message.ts'

const PAGE_BYTES = 4_096
const VALUE_MAX = 160

/** Fields that only one kind of hop sends. */
export const TELLING_FIELDS: ReadonlySet<string> = new Set([
  'akamai-grn',
  'cache-status',
  'cf-error-type',
  'cf-ray',
  'eo-log-uuid',
  'fly-request-id',
  'proxy-status',
  'server-timing',
  'via',
  'x-amz-cf-id',
  'x-amz-cf-pop',
  'x-azure-externalerror',
  'x-azure-ref',
  'x-cache',
  'x-envoy-overloaded',
  'x-envoy-upstream-service-time',
  'x-kong-proxy-latency',
  'x-kong-upstream-latency',
  'x-nf-request-id',
  'x-powered-by',
  'x-served-by',
  'x-squid-error',
  'x-varnish',
  'x-vercel-error',
  'x-vercel-id',
])

/** Words by which an app says that something it needs is not there, and what that is. */
const LACKS: readonly (readonly [RegExp, string])[] = [
  [
    /SQLSTATE\[HY000\] \[(?:2002|2003|2006|1040)\]|Can't connect to (?:local )?MySQL|Too many connections|MySQL server has gone away/,
    'mysql',
  ],
  [/Error establishing a database connection/, 'database'],
  [/SQLSTATE\[08006\]|remaining connection slots are reserved|could not connect to server: |PG::ConnectionBad/, 'postgres'],
  [/ECONNREFUSED[^\n<]{0,40}:5432|port 5432 failed/, 'postgres'],
  [/ECONNREFUSED[^\n<]{0,40}:3306/, 'mysql'],
  [/ECONNREFUSED[^\n<]{0,40}:6379|Redis::CannotConnectError|RedisException|redis\.exceptions\.ConnectionError/, 'redis'],
  [/HikariPool-\d+ - Connection is not available|QueuePool limit of size|ActiveRecord::ConnectionTimeoutError/, 'database-pool'],
  [/MongoServerSelectionError|ECONNREFUSED[^\n<]{0,40}:27017/, 'mongodb'],
  [/ECONNREFUSED/, 'service'],
  [/Allowed memory size of \d+ bytes exhausted|heap out of memory/, 'memory'],
  [/Maximum execution time of \d+ seconds? exceeded/, 'time'],
  [/No space left on device|ENOSPC/, 'disk'],
]

/** What the fields of an answer tell of the hops it came through. */
export function hopFacts({ fieldText }: ResponseHead): Readonly<Record<string, string>> {
  const facts: Record<string, string> = {}
  const fields = fieldsOf(fieldText)
  for (let i = 0; i < fields.length; i += 2) {
    const name = (fields[i] as string).toLowerCase()
    if (!TELLING_FIELDS.has(name)) continue
    const fact = name.replaceAll('-', '_')
    const former = facts[fact]
    facts[fact] = (former === undefined ? (fields[i + 1] as string) : `${former}, ${fields[i + 1]}`).slice(0, VALUE_MAX)
  }
  return facts
}

/**
 * What the first bytes of an error page tell: `page_of`, whose template it is, `page_says`, the cause that it names, and `lacks`, what
 * the app says it misses.
 */
export function pageFacts(bytes: Buffer): Evidence[] {
  const text = bytes.latin1Slice(0, Math.min(bytes.length, PAGE_BYTES))
  const page = readPage(text)
  return evidence({
    page_of: page?.maker,
    page_version: page?.version || undefined,
    page_says: page?.cause,
    lacks: LACKS.find(([pattern]) => pattern.test(text))?.[1],
  })
}

/** The rows of the taxonomy as text that people read and as data that every other table leans on. */
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ANSWER_CAUSES } from '../../src/causes/catalogue/answer.ts'
import { CLIENT_CAUSES } from '../../src/causes/catalogue/client.ts'
import { CONNECT_CAUSES } from '../../src/causes/catalogue/connect.ts'
import { EXCHANGE_CAUSES } from '../../src/causes/catalogue/exchange.ts'
import { GATEWAY_CAUSES } from '../../src/causes/catalogue/gateway.ts'
import { NAME_CAUSES } from '../../src/causes/catalogue/name.ts'
import { CAUSE_IDS, CAUSES, type CauseId } from '../../src/causes/catalogue.ts'
import type { Cause, ProxyErrorType, Remedy } from '../../src/causes/cause.ts'
import { ConfigSchema } from '../../src/config/schema.ts'

/** RFC 9209 §2.3: what the registry recommends; null where it leaves the status open or names a whole class. */
const RECOMMENDED: Readonly<Record<ProxyErrorType, number | null>> = {
  dns_timeout: 504,
  dns_error: 502,
  destination_not_found: 500,
  destination_unavailable: 503,
  destination_ip_prohibited: 502,
  destination_ip_unroutable: 502,
  connection_refused: 502,
  connection_terminated: 502,
  connection_timeout: 504,
  connection_read_timeout: 504,
  connection_write_timeout: 504,
  connection_limit_reached: 503,
  tls_protocol_error: 502,
  tls_certificate_error: 502,
  tls_alert_received: 502,
  http_request_error: null,
  http_request_denied: 403,
  http_response_incomplete: 502,
  http_response_header_section_size: 502,
  http_response_header_size: 502,
  http_response_body_size: 502,
  http_response_trailer_section_size: 502,
  http_response_trailer_size: 502,
  http_response_transfer_coding: 502,
  http_response_content_coding: 502,
  http_response_timeout: 504,
  http_upgrade_failed: 502,
  http_protocol_error: 502,
  proxy_internal_response: null,
  proxy_internal_error: 500,
  proxy_configuration_error: 500,
  proxy_loop_detected: 502,
}

/** Where Gatewell knows better than the recommendation. */
const OWN_STATUS: Partial<Record<CauseId, number>> = {
  // It is the visitor who asked for what is not there, not a fault of the gateway.
  'route-not-found': 404,
  // The server answered, so it is not "unavailable"; no registered type says "it answered with an error".
  'upstream-5xx': 502,
}

const rows: [CauseId, Cause][] = CAUSE_IDS.map((id) => [id, CAUSES[id]])

const CONFIG = parse('{ upstreams: { shop: { endpoints: ["http://127.0.0.1:3000"] } }, routes: [{ to: shop }] }')
const UPSTREAM_KEYS = ['timeouts', 'keepAlive', 'retry', 'health', 'hold', 'concurrency']

/** The whole configuration of which a remedy shows a part; null for other commands. */
function configOf(command: string): object | null {
  const key = /^([a-zA-Z]+): [{[]/.exec(command)?.[1]
  if (key === undefined) return null
  const part: object = parse(command)
  return UPSTREAM_KEYS.includes(key) ? { ...CONFIG, upstreams: { shop: { ...CONFIG.upstreams.shop, ...part } } } : { ...CONFIG, ...part }
}

describe('the catalogue of causes', () => {
  it('names every cause in short lower-case words', () => {
    for (const id of CAUSE_IDS) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+){1,4}$/)
  })

  it('loses no row to another of the same id', () => {
    const groups = [NAME_CAUSES, CONNECT_CAUSES, EXCHANGE_CAUSES, ANSWER_CAUSES, GATEWAY_CAUSES, CLIENT_CAUSES]
    expect(groups.flatMap((group) => Object.keys(group))).toEqual(CAUSE_IDS)
  })

  it('gives no two causes the same title or the same meaning', () => {
    expect(new Set(rows.map(([, cause]) => cause.title)).size).toBe(rows.length)
    expect(new Set(rows.map(([, cause]) => cause.meaning)).size).toBe(rows.length)
  })

  describe.each(rows)('%s', (id, cause) => {
    it('has a title of a few words', () => {
      expect(cause.title).toMatch(/^[A-Z].*[^.]$/)
      expect(cause.title.length).toBeLessThanOrEqual(60)
    })

    it('says in one sentence what it means, and more than the title does', () => {
      expect(cause.meaning).toMatch(/^[A-Z].*\.$/)
      expect(cause.meaning).not.toMatch(/[.!?] [A-Z]/)
      expect(cause.meaning.length).toBeLessThanOrEqual(160)
      expect(cause.meaning).not.toBe(`${cause.title}.`)
    })

    it('offers two to five remedies, each with a condition unless it is the first', () => {
      expect(cause.remedies.length).toBeGreaterThanOrEqual(2)
      expect(cause.remedies.length).toBeLessThanOrEqual(5)
      const remedies: readonly Remedy[] = cause.remedies
      for (const [index, remedy] of remedies.entries()) {
        expect(remedy.do).toMatch(/^[A-Z].*\.$/)
        if (index > 0) expect(remedy.when).not.toBe('')
        if (remedy.when !== '') expect(remedy.when).toMatch(/^(if|when|after) .*[^.]$/)
        expect(remedy.command).not.toBe('')
      }
    })

    it('shows settings of Gatewell only as its schema knows them', () => {
      const remedies: readonly Remedy[] = cause.remedies
      for (const { command } of remedies) {
        const config = command === undefined ? null : configOf(command)
        if (config !== null) expect(ConfigSchema.safeParse(config).error?.issues ?? [], command).toEqual([])
      }
    })

    it('has the status that its RFC 9209 error type recommends, or a noted reason for another', () => {
      const recommended = RECOMMENDED[cause.proxyStatus]
      expect(cause.status).toBe(OWN_STATUS[id] ?? recommended ?? cause.status)
    })

    it('blames the client exactly when its status does', () => {
      const isClientError = cause.proxyStatus === 'http_request_error'
      expect(cause.side === 'downstream').toBe(isClientError)
    })
  })
})

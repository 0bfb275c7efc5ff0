/** What a row of the taxonomy is. The rows are in `catalogue.ts`; RFC 9209 §2.3 defines the error types they refine. */

/** RFC 9209 §2.3, the registered proxy error types. */
export type ProxyErrorType =
  | 'dns_timeout'
  | 'dns_error'
  | 'destination_not_found'
  | 'destination_unavailable'
  | 'destination_ip_prohibited'
  | 'destination_ip_unroutable'
  | 'connection_refused'
  | 'connection_terminated'
  | 'connection_timeout'
  | 'connection_read_timeout'
  | 'connection_write_timeout'
  | 'connection_limit_reached'
  | 'tls_protocol_error'
  | 'tls_certificate_error'
  | 'tls_alert_received'
  | 'http_request_error'
  | 'http_request_denied'
  | 'http_response_incomplete'
  | 'http_response_header_section_size'
  | 'http_response_header_size'
  | 'http_response_body_size'
  | 'http_response_trailer_section_size'
  | 'http_response_trailer_size'
  | 'http_response_transfer_coding'
  | 'http_response_content_coding'
  | 'http_response_timeout'
  | 'http_upgrade_failed'
  | 'http_protocol_error'
  | 'proxy_internal_response'
  | 'proxy_internal_error'
  | 'proxy_configuration_error'
  | 'proxy_loop_detected'

export type CauseStatus = 400 | 403 | 404 | 405 | 408 | 413 | 414 | 417 | 421 | 429 | 431 | 499 | 500 | 501 | 502 | 503 | 504 | 505

export type Remedy = {
  /** What to do, one sentence in the imperative. */
  readonly do: string
  /** When this remedy fits, one clause; the likeliest remedy may leave it open with ''. */
  readonly when: string
  /** A command to run or a setting to change, ready to paste. */
  readonly command?: string
}

export type Cause = {
  /** A short name for people, a few words. */
  readonly title: string
  /** What the client gets when this cause ends its request. 499 is only ever logged: nobody is left to read it. */
  readonly status: CauseStatus
  readonly proxyStatus: ProxyErrorType
  /** Whose side it is on: the client, Gatewell, the network and server behind it, or the application there. */
  readonly side: 'downstream' | 'gateway' | 'upstream' | 'app'
  /** One plain sentence for the operator. */
  readonly meaning: string
  /** Likeliest first. */
  readonly remedies: readonly Remedy[]
}
